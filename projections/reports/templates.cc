#include <algorithm>

#include "ledger/core/bytes.h"
#include "projections/reports/template.h"

namespace caseledger::reports {

std::span<const Template* const> templates() {
  static const Template* const all[] = {
      &transparency(),
      &statutory_11295a(),
      &cybertipline_annual(),
  };
  return all;
}

Result<const Template*> find_template(std::string_view id) {
  const auto found = std::ranges::find(templates(), id, [](const Template* each) { return each->id; });
  if (found != templates().end()) return *found;
  std::string known;
  for (const Template* each : templates()) known += (known.empty() ? "" : ", ") + std::string(each->id);
  return fail(Errc::not_found, "there is no template " + quote(id) + "; there are " + known);
}

}  // namespace caseledger::reports
