// The page that leads to all others: which editions a ledger released, the newest first, and how to check one of them.
#pragma once

#include <span>

#include "projections/reports/release.h"

namespace caseledger::reports {

// entries: how many the log has, the last of which was recorded then. releases: in the order of the log. Addresses are those of docs/formats.md.
std::string render_front(std::string_view origin, std::uint64_t entries, Micros recorded_at, std::span<const Release> releases);

}  // namespace caseledger::reports
