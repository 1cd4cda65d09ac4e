// How long things stay open when some still are: the Kaplan–Meier curve of grouped counts.
//
// E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958):
//   S(t) = ∏ (1 − dᵢ/nᵢ) over event times tᵢ ≤ t, where nᵢ observations had not ended before tᵢ and dᵢ had the event at it.
// At one time events come before censorings: what is censored at tᵢ still counts in nᵢ.
// Variance: Greenwood's S² Σ dᵢ/(nᵢ(nᵢ−dᵢ)). Interval: 95 %, log-log, S^exp(±z √Σ / ln S) (J. D. Kalbfleisch and R. L. Prentice,
// "The Statistical Analysis of Failure Time Data", 1980), the one that stays in (0, 1).
//
// Times are whole numbers of any one unit, durations in microseconds as a rule. Building costs O(n log n) and about 150 bytes for each
// distinct event time; a query costs O(log n), and logarithms are taken only for the intervals asked for. S steps at its event times
// (right-continuous) and stays flat after the last: what is asked beyond `last_time()` was not observed, and the caller says so.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "projections/decimal.h"
#include "projections/interval.h"

namespace caseledger::projections {

// Observations that ended at one time: `events` with what was waited for, `censored` without.
struct Tally {
  std::int64_t time;
  std::int64_t events;
  std::int64_t censored;
};

// The curve from one event time up to the next.
struct SurvivalStep {
  std::int64_t time;
  std::int64_t at_risk;
  std::int64_t events;
  Decimal survival;       // S
  Decimal greenwood_sum;  // Σ d/(n(n−d)) up to here, without the last step to S = 0, where it has no value

  // 0 where S = 0, the limit of the formula.
  Decimal variance() const;
  // None where S is 0 or 1: the formula has no value there, and an interval of no width would claim certainty.
  std::optional<Interval> interval() const;
};

class SurvivalCurve {
 public:
  // In any order; tallies of one time add up, so those of two groups are joined by concatenating, and a correction is a tally of
  // −old and one of +new. A sum below zero, or a total beyond 2^63 − 1, is a bug and aborts.
  explicit SurvivalCurve(std::vector<Tally> tallies);

  std::int64_t observations() const { return start_.at_risk; }
  std::int64_t events() const { return events_; }
  std::int64_t last_time() const { return last_time_; }  // of any observation, 0 without one

  // One step for each distinct event time, in order.
  std::span<const SurvivalStep> steps() const { return steps_; }
  // The step that holds at a time; before the first event one of S = 1 and no events.
  const SurvivalStep& at(std::int64_t time) const;

  // S(t), and the share that had the event within a horizon: 1 − S(h).
  Decimal survival(std::int64_t time) const { return at(time).survival; }
  Decimal within(std::int64_t horizon) const { return Decimal(1) - at(horizon).survival; }

  // The first time by which at least a share p had the event: min{t: S(t) ≤ 1 − p}, 0 < p < 1; none when that is not reached.
  // Nothing censored, it is the nearest-rank quantile. Where S = 1 − p along a whole step, R's survfit reports its middle; this, its start.
  std::optional<std::int64_t> quantile(const Decimal& p) const;
  std::optional<std::int64_t> median() const { return quantile(Decimal::scaled(5, 1)); }

 private:
  SurvivalStep start_{};
  std::vector<SurvivalStep> steps_;
  std::int64_t events_ = 0;
  std::int64_t last_time_ = 0;
};

}  // namespace caseledger::projections
