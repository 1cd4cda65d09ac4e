#include "projections/survival.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "ledger/core/result.h"

namespace caseledger::projections {

namespace {

__extension__ typedef __int128 Sum;  // of 64-bit counts in any order, without overflow

std::int64_t count(Sum sum) {
  ENSURE(sum >= 0 && sum <= std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(sum);
}

// One tally a time, in order, none of them empty.
std::vector<Tally> merged(std::vector<Tally> tallies) {
  std::ranges::sort(tallies, {}, &Tally::time);
  auto out = tallies.begin();
  for (auto next = tallies.begin(); next != tallies.end();) {
    const std::int64_t time = next->time;
    Sum events = 0;
    Sum censored = 0;
    for (; next != tallies.end() && next->time == time; ++next) {
      events += next->events;
      censored += next->censored;
    }
    if (events != 0 || censored != 0) *out++ = {.time = time, .events = count(events), .censored = count(censored)};
  }
  tallies.erase(out, tallies.end());
  return tallies;
}

}  // namespace

SurvivalCurve::SurvivalCurve(std::vector<Tally> tallies) {
  tallies = merged(std::move(tallies));
  Sum total = 0;
  for (const Tally& tally : tallies) total += Sum(tally.events) + tally.censored;
  start_ = {.time = std::numeric_limits<std::int64_t>::min(), .at_risk = count(total), .events = 0, .survival = 1, .greenwood_sum = 0};
  if (!tallies.empty()) last_time_ = tallies.back().time;
  steps_.reserve(static_cast<std::size_t>(std::ranges::count_if(tallies, [](const Tally& tally) { return tally.events > 0; })));

  SurvivalStep step = start_;
  std::int64_t at_risk = start_.at_risk;
  for (const Tally& tally : tallies) {
    if (tally.events > 0) {
      const std::int64_t rest = at_risk - tally.events;
      step.time = tally.time;
      step.at_risk = at_risk;
      step.events = tally.events;
      step.survival.scale(rest, at_risk);
      if (rest > 0) step.greenwood_sum += Decimal(tally.events).scale(1, at_risk).scale(1, rest);
      steps_.push_back(step);
      events_ += tally.events;
    }
    at_risk -= tally.events + tally.censored;
  }
  ENSURE(at_risk == 0);
}

const SurvivalStep& SurvivalCurve::at(std::int64_t time) const {
  const auto after = std::ranges::upper_bound(steps_, time, {}, &SurvivalStep::time);
  return after == steps_.begin() ? start_ : *std::prev(after);
}

std::optional<std::int64_t> SurvivalCurve::quantile(const Decimal& p) const {
  ENSURE(p > 0 && p < 1);
  const Decimal remaining = Decimal(1) - p;
  const auto reached = std::ranges::partition_point(steps_, [&](const SurvivalStep& step) { return step.survival > remaining; });
  if (reached == steps_.end()) return std::nullopt;
  return reached->time;
}

Decimal SurvivalStep::variance() const { return survival * survival * greenwood_sum; }

std::optional<Interval> SurvivalStep::interval() const {
  if (events == 0 || events == at_risk) return std::nullopt;
  const Decimal log_survival = ln(survival);
  const Decimal reach = z95() * sqrt(greenwood_sum) / log_survival;  // negative, as ln S is
  return Interval{.lower = exp(log_survival * exp(-reach)), .upper = exp(log_survival * exp(reach))};
}

}  // namespace caseledger::projections
