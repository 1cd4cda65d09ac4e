#include "projections/interval.h"

#include "ledger/core/result.h"

namespace caseledger::projections {

Decimal z95() { return Decimal::scaled(1'959'963'984'540'054, 15); }

Interval wilson(std::int64_t successes, std::int64_t trials) {
  ENSURE(0 <= successes && successes <= trials);
  if (trials == 0) return {.lower = 0, .upper = 1, .no_data = true};

  // The formula multiplied through by 2n, which leaves one division.
  const Decimal z = z95();
  const Decimal z_squared = z * z;
  const Decimal spread = (Decimal(4) * successes).scale(trials - successes, trials);
  const Decimal half = z * sqrt(z_squared + spread);
  const Decimal centre = Decimal(2) * successes + z_squared;
  const Decimal whole = Decimal(2) * (z_squared + trials);
  return {.lower = successes == 0 ? Decimal(0) : (centre - half) / whole,
          .upper = successes == trials ? Decimal(1) : (centre + half) / whole};
}

Interval katz(std::int64_t a, std::int64_t n, std::int64_t b, std::int64_t m) {
  ENSURE(0 < a && a <= n && 0 < b && b <= m);
  const Decimal ratio = Decimal(a) / n * m / b;
  const Decimal reach = z95() * sqrt(Decimal(1) / a - Decimal(1) / n + Decimal(1) / b - Decimal(1) / m);
  return {.lower = ratio * exp(-reach), .upper = ratio * exp(reach)};
}

}  // namespace caseledger::projections
