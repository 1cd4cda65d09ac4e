// The nearest-rank percentile of counted values: the ⌈p·n/100⌉-th smallest of n, always one that occurs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "ledger/core/result.h"

namespace caseledger::projections {

struct Counted {
  std::int64_t value;
  std::int64_t count;
};

inline std::int64_t total(const std::vector<Counted>& values) {
  std::int64_t sum = 0;
  for (const Counted& each : values) sum += each.count;
  return sum;
}

// 0 < percent ≤ 100, and there is something to rank.
inline std::int64_t nearest_rank(std::vector<Counted> values, int percent) {
  std::ranges::sort(values, {}, &Counted::value);
  const std::int64_t n = total(values);
  ENSURE(n > 0 && 0 < percent && percent <= 100);
  const std::int64_t rank = n / 100 * percent + (n % 100 * percent + 99) / 100;
  std::int64_t seen = 0;
  for (const Counted& each : values)
    if ((seen += each.count) >= rank) return each.value;
  return values.back().value;
}

}  // namespace caseledger::projections
