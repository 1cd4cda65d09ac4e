// What an edition is made of, read from a ledger.
#pragma once

#include "ledger/ledger.h"
#include "projections/reports/prefix.h"

namespace caseledger::api {

// As parse_period, with the one label that an edition of it has: FROM/TO with dates where both are midnights. Errors: malformed, value_out_of_range.
Result<reports::Period> parse_report_period(std::string_view text);
// The twelve months of a year, the three of a quarter. Errors: usage (it is no year and no quarter).
Result<std::vector<reports::Period>> months_of(const reports::Period& period);

// ── of a ledger that is served, as of a size no larger than the published one ──

// Errors: not_found (no entry yet), io.
Result<reports::AsOfCheckpoint> as_of_checkpoint(const Ledger& ledger, std::uint64_t size);
// Errors: overloaded, io.
Result<reports::Adopted> adopted(const Ledger& ledger, std::uint64_t size);

// ── of a folder that may be in use ──

// Errors: not_found, io.
Result<reports::AsOfCheckpoint> as_of_checkpoint(const store::Log& log, std::uint64_t size);

}  // namespace caseledger::api
