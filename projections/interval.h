// The Wilson score interval for a share: successes of trials, 95 %, without continuity correction.
//
// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927):
//   (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n),  z = 1.959963984540054.
// The bounds contain p̂ and lie in [0, 1]: exactly 0 below no successes, exactly 1 above nothing but successes.
// Counts that are not 0 ≤ successes ≤ trials are a bug and abort.
#pragma once

#include <cstdint>

#include "projections/decimal.h"

namespace caseledger::projections {

struct Interval {
  Decimal lower;
  Decimal upper;
  bool no_data = false;  // nothing was counted, and [0, 1] says only that
};

// The standard normal quantile of 0.975, as every interval here uses it.
Decimal z95();

Interval wilson(std::int64_t successes, std::int64_t trials);

// The interval of a ratio of two shares, (a of n) over (b of m), 95 %, on the logarithm: r exp(±z √(1/a − 1/n + 1/b − 1/m)).
// D. Katz et al., "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34 (1978), method C. 0 < a ≤ n, 0 < b ≤ m.
Interval katz(std::int64_t a, std::int64_t n, std::int64_t b, std::int64_t m);

}  // namespace caseledger::projections
