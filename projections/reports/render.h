// Everything an edition is published as beside its JSON: the page, the table, and the table's two descriptions.
#pragma once

#include <array>

#include "projections/reports/edition.h"

namespace caseledger::reports {

struct Rendering {
  std::string_view suffix;  // ".html", ".csv", ".csv-metadata.json", ".datapackage.json", behind the edition's name
  std::string_view content_type;
  std::string bytes;
};

// `name`: what the files are called before their suffix; the descriptions name the table by it.
std::array<Rendering, 4> renderings(const Edition& edition, const Hash& digest, std::string_view name);

}  // namespace caseledger::reports
