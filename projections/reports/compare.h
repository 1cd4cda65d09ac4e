// How two editions differ, figure by figure.
#pragma once

#include "projections/reports/edition.h"

namespace caseledger::reports {

// What a row tells, in a line: "0.914265 (27033 of 29568)", "12", "no_data". Empty: it is withheld.
std::string told_by(const Row& row);

// Every figure that the two do not tell alike, in the order of `now`; at the end what only `was` has. A figure is withheld in both: no change.
std::vector<Change> changes_between(const Edition& was, const Edition& now);

// The first figure that differs in anything at all, by name, or what else does: "R1 by case_type = ERU: the numerator is 3, not 4".
std::optional<std::string> first_difference(const Edition& told, const Edition& counted);

// "12 figures changed, after 3 late records, 40 later events, 1 corrections and 0 retractions".
std::string brought_by(const Restatement& restated);

// What keeps the figures of two editions from being compared as they stand: one sentence each.
std::vector<std::string> caveats(const Edition& a, const Edition& b);

}  // namespace caseledger::reports
