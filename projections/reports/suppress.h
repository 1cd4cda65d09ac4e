// Withholding in an edition: its counts of persons and cases become the populations of disclosure.h, and what may not be told is taken out.
//
// A row is told only if whatever it counts is: a ratio, interval or median goes with its numerator and denominator. Rows of withheld figures
// stay, without numbers and flags, and say by which rule.
//
// Coarser first: where more states of a region than the policy allows would be withheld, their rows are withheld as `coarsened` and the region's
// stands for them, in a table by region that has no others.
//
// There is always an edition that may be released: what nothing less protects is withheld as a line, then as a figure, and in the end with all that has to
// do with it. What earlier editions tell by themselves remains a shortfall.
//
// Earlier editions of the same template are reckoned with where their period shares time with this one, or with one that does, and so on: what a
// quarter tells and two of its months do is told of the third.
#pragma once

#include <span>

#include "ledger/rules/suppression_policy.h"
#include "projections/reports/edition.h"

namespace caseledger::reports {

struct EarlierEdition {
  const Edition* told;   // as it was published
  const Edition* whole;  // the same report counted again now, with nothing withheld; of the same period, this edition itself
};

// Of these periods, those that share time with `period`, or with another that does, and so on.
std::vector<bool> bearing_on(const Period& period, std::span<const Period> others);

// What the publisher sees before release.
struct Withholding {
  std::string figure;   // "R1 by jurisdiction = US-WY"
  std::string rule;     // of disclosure.h; "dependent": made from a withheld count
  std::string because;  // of a complementary one or a line: what it protects
};
struct SuppressionReport {
  std::vector<Withholding> withheld;
  std::vector<std::string> shortfalls;  // sentences: what earlier editions give away
};

// earlier: those that bear on it. Errors: too_large (of disclosure.h).
Result<SuppressionReport> suppress(Edition& edition, const rules::SuppressionPolicy& policy, std::span<const EarlierEdition> earlier);

}  // namespace caseledger::reports
