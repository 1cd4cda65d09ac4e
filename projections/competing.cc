#include "projections/competing.h"

#include <algorithm>

#include "ledger/core/result.h"

namespace caseledger::projections {

namespace {

// One of each time, in order.
std::vector<Endings> merged(std::vector<Endings> endings) {
  std::ranges::sort(endings, {}, &Endings::time);
  std::vector<Endings> out;
  for (const Endings& each : endings) {
    if (out.empty() || out.back().time != each.time) out.push_back({each.time, 0, 0, 0});
    out.back().events += each.events;
    out.back().others += each.others;
    out.back().censored += each.censored;
  }
  for (const Endings& each : out) ENSURE(each.events >= 0 && each.others >= 0 && each.censored >= 0);
  return out;
}

// The sums that F and its variance are made of. With Fᵢ = F(tᵢ), and S, n, d as in the header, D the endings of every kind:
//   Var F(t) = Σ (F(t)−Fᵢ)² Dᵢ/(nᵢ(nᵢ−Dᵢ)) + Σ S(tᵢ⁻)² dᵢ(nᵢ−dᵢ)/nᵢ³ − 2 Σ (F(t)−Fᵢ) S(tᵢ⁻) dᵢ/nᵢ²
// where F(t) is taken out of the sums, so that one pass serves every t.
struct Sums {
  std::int64_t at_risk = 0, events = 0;
  Decimal survival = 1, incidence = 0;
  Decimal hazard, hazard_f, hazard_ff;  // Σ D/(n(n−D)), the same times F, and times F²
  Decimal own;                          // Σ S² d(n−d)/n³
  Decimal mixed, mixed_f;               // Σ S d/n², and times F

  void pass(const Endings& at) {
    const std::int64_t n = at_risk, d = at.events, all = d + at.others;
    if (d > 0) {
      const Decimal share = Decimal(survival).scale(d, n);
      const Decimal cross = Decimal(share).scale(1, n);
      own += (share * survival).scale(n - d, n).scale(1, n);
      incidence += share;
      mixed += cross;
      mixed_f += cross * incidence;
    }
    if (all > 0 && all < n) {  // where all of them end, F stays as it is from there on
      const Decimal step = Decimal(all).scale(1, n).scale(1, n - all);
      hazard += step;
      hazard_f += step * incidence;
      hazard_ff += step * incidence * incidence;
    }
    if (all > 0) survival.scale(n - all, n);
    events += d;
    at_risk -= all + at.censored;
  }

  Decimal variance() const {
    const Decimal& f = incidence;
    return f * f * hazard - Decimal(2) * f * hazard_f + hazard_ff + own - Decimal(2) * (f * mixed - mixed_f);
  }
};

}  // namespace

std::vector<Incidence> cumulative_incidence(std::vector<Endings> endings, std::span<const std::int64_t> times) {
  ENSURE(std::ranges::is_sorted(times));
  endings = merged(std::move(endings));
  Sums sums;
  for (const Endings& each : endings) sums.at_risk += each.events + each.others + each.censored;
  const std::int64_t observations = sums.at_risk;

  std::vector<Incidence> out;
  auto next = endings.begin();
  for (const std::int64_t time : times) {
    for (; next != endings.end() && next->time <= time; ++next) sums.pass(*next);
    const bool watched = !endings.empty() && endings.back().time >= time;
    out.push_back({.observations = observations,
                   .events = sums.events,
                   .observed = watched || (observations > 0 && sums.survival == 0),
                   .value = sums.incidence,
                   .variance = sums.variance()});
  }
  return out;
}

std::optional<Interval> Incidence::interval() const {
  if (!(value > 0 && value < 1 && variance > 0)) return std::nullopt;
  const Decimal log_value = ln(value);
  const Decimal reach = z95() * sqrt(variance) / (value * log_value);  // negative, as ln F is
  return Interval{.lower = exp(log_value * exp(-reach)), .upper = exp(log_value * exp(reach))};
}

}  // namespace caseledger::projections
