// Whom a figure counts: the same count told under two names is one measure, and a measure may be part of another.
//
// Withholding a count is in vain while it can be read under another name, or computed from what it is part of.
#pragma once

#include <string>
#include <string_view>

namespace caseledger::reports {

struct Counted {
  std::string numerator, denominator;  // the measures
};

// Of a metric that is not listed, each counts something of its own, and the numerator is part of the denominator wherever it is never larger.
Counted counted_by(std::string_view metric);

// "alive" is part of "resolved"; empty: not of anything known here.
std::string_view part_of(std::string_view measure);

// Measures of a family can be computed from each other, or nearly: in one group they are told together or not at all. Empty: of none.
std::string_view family_of(std::string_view measure);

// What a period counts is the sum of what its parts count; what is open at an as-of is not.
bool adds_up_over_time(std::string_view measure);

}  // namespace caseledger::reports
