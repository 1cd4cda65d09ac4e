// The period of a query as figures over exact times use it.
#pragma once

#include <algorithm>

#include "projections/figure.h"

namespace caseledger::projections {

// [from, to): the period, cut off behind the as-of.
struct Window {
  Micros from, to;
  bool holds(Micros at) const { return from <= at && at < to; }
};

inline Window window_of(const FigureQuery& query) {
  if (!query.period) return {INT64_MIN, query.as_of + 1};
  return {query.period->from, std::min(query.period->to, query.as_of + 1)};
}

}  // namespace caseledger::projections
