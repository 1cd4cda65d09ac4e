// The state of a stream of which only counts are kept: a short sorted list key → n, and each key is a cell of the sums.
//
// For streams that go on for years, one reader's or one partner's: their keys hold the month and a few codes, so that the list grows with
// the months and not with the events. A period counts the months that begin in it.
#pragma once

#include "ledger/core/id.h"
#include "projections/cells.h"
#include "projections/figure.h"

namespace caseledger::projections {

// Adds n under the key; a count that comes to zero is gone. Keys have at most 65,535 bytes.
void count(std::string& counts, std::string_view key, std::int64_t n = 1);
void add_counts(std::string_view counts, const Share& add);

using Month = std::int32_t;  // since January 1970, UTC
Month month_of(Micros at);
Micros begin_of(Month month);

// Whether what was counted in a month is counted by the query.
bool counts_month(const FigureQuery& query, Month month);

// A magnitude to three leading digits, rounded down: few enough of them are different to keep a count of each.
std::uint32_t three_digits(std::uint32_t n);

}  // namespace caseledger::projections
