// What a publisher sees before release: the edition, what is withheld of it and why, and what could be computed all the same.
//
// One value for a folder, a server and a verifier; one form in bytes, canonical JSON, for what a server answers:
//   {"edition":{…},"shortfalls":["…"],"withheld":[{"because":"…","figure":"…","rule":"…"}]}
#pragma once

#include "projections/reports/suppress.h"

namespace caseledger::reports {

struct Preview {
  Edition edition;
  SuppressionReport suppression;
};

// Errors: those of edition_json.
Result<std::string> preview_json(const Preview& preview);
// Errors: malformed, too_large.
Result<Preview> parse_preview(std::string_view json);

}  // namespace caseledger::reports
