#include "projections/reports/render.h"

#include "projections/reports/render_csv.h"
#include "projections/reports/render_html.h"

namespace caseledger::reports {

std::array<Rendering, 4> renderings(const Edition& edition, const Hash& digest, std::string_view name) {
  const std::string csv_name = std::string(name) + ".csv";
  std::string csv = render_csv(edition), package = render_datapackage(edition, digest, csv, csv_name);
  return {Rendering{".html", "text/html; charset=utf-8", render_html(edition, digest)},
          {".csv", "text/csv; charset=utf-8; header=present", std::move(csv)},
          {".csv-metadata.json", "application/csvm+json", render_csvw(edition, csv_name)},
          {".datapackage.json", "application/json", std::move(package)}};
}

}  // namespace caseledger::reports
