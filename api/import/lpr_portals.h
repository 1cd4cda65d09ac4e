// Licence-plate-reader transparency portals, as published in one CSV row each: coverage snapshots for the ledger.
//
// Every value that can be read is taken; every one that cannot is told by row, column and reason, never guessed. The same
// file, imported with the same key, gives the same events, byte for byte, so importing it twice records it once.
#pragma once

#include "api/import/import_secret.h"
#include "api/json.h"

namespace caseledger::api {

struct ImportProblem {
  std::size_t row;  // 1 is the first row behind the header
  std::string column, reason;
};

struct LprImport {
  std::vector<Draft> events;  // one CoverageSnapshotTaken for each row
  std::vector<ImportProblem> problems;
  std::vector<std::pair<std::string, std::size_t>> not_stated;  // column → rows that say NA
  std::size_t rows = 0;
};

// Errors: malformed (no CSV, or other columns).
Result<LprImport> import_lpr_portals(std::string_view csv, const ImportSecret& secret);

}  // namespace caseledger::api
