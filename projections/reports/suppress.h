// Withholding in an edition: its counts of persons and cases become the populations of disclosure.h, and what may not be told is taken out.
//
// A row is told only if whatever it counts is: a ratio, interval or median goes with its numerator and denominator. Rows of withheld figures
// stay, without numbers and flags, and say by which rule.
//
// Earlier editions of the same template are reckoned with where their period is the same, within this one, or around it; months and years are,
// periods that merely overlap are not.
#pragma once

#include <span>

#include "ledger/rules/suppression_policy.h"
#include "projections/reports/edition.h"

namespace caseledger::reports {

struct EarlierEdition {
  const Edition* told;   // as it was published
  const Edition* whole;  // the same report counted again now, with nothing withheld; of the same period, this edition itself
};

// Is one period the other, within it or around it?
inline bool bears_on(const Period& a, const Period& b) { return (a.from <= b.from && b.to <= a.to) || (b.from <= a.from && a.to <= b.to); }

// What the publisher sees before release.
struct Withholding {
  std::string figure;   // "R1 by jurisdiction = US-WY"
  std::string rule;     // of disclosure.h; "dependent": made from a withheld count
  std::string because;  // of a complementary one or a line: what it protects
};
struct SuppressionReport {
  std::vector<Withholding> withheld;
  std::vector<std::string> shortfalls;  // sentences: what exempt totals or earlier editions give away
};

// Errors: too_large (of disclosure.h).
Result<SuppressionReport> suppress(Edition& edition, const rules::SuppressionPolicy& policy, std::span<const EarlierEdition> earlier);

// Takes out what another edition withholds, by its rules: where the editions before it are not at hand, the rest can still be compared.
void withhold_alike(Edition& counted, const Edition& told);

}  // namespace caseledger::reports
