// JSON written in one way only (RFC 8785), so that what is signed or recomputed is the same bytes everywhere.
//
// Numbers are integers between −(2^53 − 1) and 2^53 − 1, which every reader of JSON holds exactly: nothing here needs others.
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "ledger/core/result.h"

namespace caseledger {

// Errors: value_out_of_range (a number that is no such integer).
Result<std::string> canonical_json(const boost::json::value& value);

// The value of a text that is canonical already. Errors: malformed, value_out_of_range.
Result<boost::json::value> parse_canonical_json(std::string_view text);

}  // namespace caseledger
