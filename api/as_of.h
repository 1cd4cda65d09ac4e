// Points of the log and spans of time, as requests name them.
//
// An as-of is a checkpoint size: the first `size` entries. A position means the smallest size that contains it, "entries:<n>" that size, and
// an RFC 3339 time the largest size whose last recorded_at is not later. Its clock is the recorded_at of its last entry.
#pragma once

#include <boost/json/object.hpp>

#include "ledger/ledger.h"
#include "projections/figure.h"

namespace caseledger::api {

struct AsOf {
  std::uint64_t size = 0;
  Position next;                      // events before it are in
  std::optional<Micros> recorded_at;  // of the last entry; none where there is none
};

AsOf as_of_head(const Head& head);

// The as-of of a size no larger than the head's. Errors: io.
Result<AsOf> as_of_size(const store::Log& log, std::uint64_t size);

// Errors: malformed, not_found (beyond the head), io.
Result<AsOf> parse_as_of(const store::Log& log, const AsOf& head, std::string_view text);

// The largest size whose last entry was recorded no later than a time. Errors: io.
Result<AsOf> as_of_time(const store::Log& log, const AsOf& head, Micros time);

// {"size", "next_position", "recorded_at", "root"}. Errors: io.
Result<boost::json::object> as_of_json(const Ledger& ledger, const AsOf& as_of);

// A year (2024), a quarter (2024-Q3), a month (2024-03), in UTC; or FROM/TO, each a date or an RFC 3339 time. It ends before TO.
// Errors: malformed, value_out_of_range.
Result<projections::FigureQuery::Period> parse_period(std::string_view text);

// A number up to 2^53 − 1, what any reader of JSON can hold, and a decimal string beyond.
boost::json::value exact_number(std::uint64_t number);

}  // namespace caseledger::api
