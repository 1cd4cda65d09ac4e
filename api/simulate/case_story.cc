#include "api/simulate/case_story.h"

#include <algorithm>

namespace caseledger::api::simulate {

CaseStory::CaseStory(const CasePlan& plan, std::uint32_t number, std::uint64_t seed) {
  Chance chance(seed, Draw::case_events, number);
  const Clocks clocks = clocks_of(plan, number, seed);
  add(CaseStep::opened, plan.reported_at);
  add(CaseStep::child_added, plan.reported_at);
  if (!plan.companion.is_nil()) add(CaseStep::companion_added, plan.reported_at);
  add(CaseStep::ncic_entered, std::max(clocks.ncic_entered, plan.reported_at));
  add(CaseStep::assigned, plan.reported_at + chance.between(1, 15) * minute_us);
  first_hours(plan, chance);
  const auto opening = static_cast<std::ptrdiff_t>(count_);
  const auto earlier = [](const Step& a, const Step& b) { return a.at < b.at; };
  std::stable_sort(steps_.begin() + (plan.companion.is_nil() ? 2 : 3), steps_.begin() + opening, earlier);
  long_way(plan);
  std::stable_sort(steps_.begin() + opening, steps_.begin() + static_cast<std::ptrdiff_t>(count_), earlier);
}

void CaseStory::first_hours(const CasePlan& plan, Chance& chance) {
  const auto if_still_missing = [&](CaseStep what, Micros after) {
    if (plan.reported_at + after < plan.first_news()) add(what, plan.reported_at + after);
  };
  const Micros requested = chance.between(20, 90) * minute_us, decided = requested + chance.between(10, 90) * minute_us;
  if (plan.amber != Amber::none) add(CaseStep::amber_requested, plan.reported_at + requested);
  if (plan.amber == Amber::declined) add(CaseStep::amber_declined, plan.reported_at + decided);
  if (plan.amber == Amber::activated) {
    add(CaseStep::amber_approved, plan.reported_at + decided);
    add(CaseStep::amber_activated, plan.reported_at + decided + chance.between(5, 60) * minute_us);
  }
  const Micros poster = chance.between(3, 30) * hour_us, contact = chance.between(1, 30) * hour_us, note = chance.between(2, 20) * hour_us;
  if (plan.poster) if_still_missing(CaseStep::poster_activated, poster);
  if (chance.permille(850)) if_still_missing(CaseStep::family_contacted, contact);
  if (chance.permille(100)) if_still_missing(CaseStep::noted, note);
}

void CaseStory::long_way(const CasePlan& plan) {
  if (plan.episode > 1) add(CaseStep::linked, std::min(plan.reported_at + 31 * hour_us, plan.end()));
  if (plan.missing_for(30 * day_us)) add(CaseStep::ncic_verified, plan.reported_at + 30 * day_us);
  if (plan.suspended_at != 0) {
    add(CaseStep::suspended, plan.suspended_at);
    add(CaseStep::reviewed, plan.suspended_at + 30 * day_us);
  }
  if (plan.located_at != 0) add(CaseStep::located, plan.located_at);
  if (!plan.recovered) return;
  if (plan.amber == Amber::activated) add(CaseStep::amber_cancelled, plan.recovered_at);
  add(CaseStep::ncic_located, plan.recovered_at);
  add(CaseStep::recovered, plan.recovered_at);
  if (plan.close_proposed_at == 0) return;
  add(CaseStep::close_proposed, plan.close_proposed_at);
  add(CaseStep::close_approved, plan.close_approved_at);
}

Version CaseStory::version_of(CaseStep what) const {
  for (std::size_t i = 0; i < count_; ++i)
    if (steps_[i].what == what) return static_cast<Version>(i + 1);
  return 0;
}

Clocks clocks_of(const CasePlan& plan, std::uint32_t number, std::uint64_t seed) {
  // Law enforcement told within the day, sometimes after days; the NCIC entry is due within two hours of it: assumed.
  static constexpr Quantile told_minutes[] = {{0, 20}, {500, 240}, {900, 1440}, {1000, 5760}};
  static constexpr Quantile entry_minutes[] = {{0, 5}, {500, 45}, {920, 120}, {1000, 900}};
  static constexpr Quantile unnoticed_minutes[] = {{0, 10}, {500, 360}, {900, 1440}, {1000, 10080}};
  Chance chance(seed, Draw::case_events, (std::uint64_t{1} << 32) + number);
  Clocks clocks;
  clocks.reported_le = plan.reported_at - draw(told_minutes, chance) * minute_us;
  clocks.last_contact = clocks.reported_le - draw(unnoticed_minutes, chance) * minute_us;
  clocks.ncic_entered = std::min(clocks.reported_le + draw(entry_minutes, chance) * minute_us, plan.first_news());
  return clocks;
}

}  // namespace caseledger::api::simulate
