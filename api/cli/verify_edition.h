// An edition checked offline: that it was released, and, with a bundle, that the ledger says what it says.
#pragma once

#include "api/cli/asked.h"
#include "ledger/core/receipt.h"
#include "projections/reports/suppress.h"

namespace caseledger::api {

struct EditionVerdict {
  std::string said;                      // what holds, in a sentence
  std::vector<std::string> not_checked;  // what could not be checked, and why
  reports::SuppressionReport suppression;  // with a bundle: what withholding came to, counted again
};

// The release event and its receipt lie beside the file (edition.json, edition.event, edition.tlog-proof), or in the bundle, whose every entry
// and event is then held to the signed checkpoint. With a bundle every figure is counted again.
// Errors: verification_failed (naming the first figure that differs), not_found (no proof of its release), malformed, io.
Result<EditionVerdict> verify_edition(const path& file, const std::string& json, const Policy& policy, const path& bundle);

}  // namespace caseledger::api
