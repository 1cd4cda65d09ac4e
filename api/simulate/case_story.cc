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
  const auto by_time = [](const Step& a, const Step& b) { return a.at < b.at; };
  const auto at = [this](std::size_t place) { return steps_.begin() + static_cast<std::ptrdiff_t>(place); };
  const std::size_t opening = count_;
  std::stable_sort(at(plan.companion.is_nil() ? 2 : 3), at(opening), by_time);
  long_way(plan, clocks, chance);
  std::stable_sort(at(opening), at(count_), by_time);
  decided(plan);
}

void CaseStory::first_hours(const CasePlan& plan, Chance& chance) {
  const auto if_still_missing = [&](CaseStep what, Micros after) {
    if (plan.reported_at + after < plan.first_news()) add(what, plan.reported_at + after);
  };
  queue(plan, chance);
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

// Within half an hour: scored by machine, looked at by a person where it is urgent.
void CaseStory::queue(const CasePlan& plan, Chance& chance) {
  const Micros queued = plan.reported_at + second_us, scored = queued + second_us, left = scored + chance.between(4, 25) * minute_us;
  add(CaseStep::determined, plan.reported_at);
  add(CaseStep::queued, queued);
  add(CaseStep::scored, scored);
  add(CaseStep::prioritised, scored);
  if (plan.type != CaseType::ERU || chance.permille(150)) add(CaseStep::looked_at, left - minute_us);
  add(CaseStep::left_queue, left);
}

void CaseStory::long_way(const CasePlan& plan, const Clocks& clocks, Chance& chance) {
  if (plan.episode > 1) add(CaseStep::linked, std::min(plan.reported_at + 31 * hour_us, plan.end()));
  // What takes days happens while the child is missing, and not all of it anywhere.
  const auto meanwhile = [&](CaseStep what, unsigned permille, Micros after) {
    if (plan.reported_at + after < plan.first_news() && chance.permille(permille)) return add(what, plan.reported_at + after), true;
    return false;
  };
  meanwhile(CaseStep::reclassified, 15, 40 * hour_us);
  meanwhile(CaseStep::agency_numbered, 250, 31 * hour_us);
  meanwhile(CaseStep::deconflicted, 60, 50 * hour_us);
  if (meanwhile(CaseStep::process_served, 70, 60 * hour_us)) meanwhile(CaseStep::process_returned, 800, 21 * day_us);
  if (meanwhile(CaseStep::service_offered, 500, 35 * hour_us)) meanwhile(CaseStep::service_answered, 700, 80 * hour_us);
  if (clocks.ncic_verified < plan.first_news()) add(CaseStep::ncic_verified, clocks.ncic_verified);
  if (plan.suspended_at != 0) {
    add(CaseStep::suspended, plan.suspended_at);
    add(CaseStep::reviewed, plan.suspended_at + 30 * day_us - 2);
    if (chance.permille(200)) add(CaseStep::aged, plan.suspended_at + 30 * day_us - 1);
    if (plan.suspended_at + 51 * day_us < plan.end() && chance.permille(150)) {
      add(CaseStep::relisted, plan.suspended_at + 30 * day_us);
      add(CaseStep::suspended, plan.suspended_at + 50 * day_us);
    }
  }
  if (plan.located_at != 0) add(CaseStep::located, plan.located_at);
  if (plan.recovered) found(plan, chance);
  else still_missing(plan, chance);
}

void CaseStory::found(const CasePlan& plan, Chance& chance) {
  if (plan.amber == Amber::activated) add(CaseStep::amber_cancelled, plan.recovered_at);
  add(CaseStep::ncic_located, plan.recovered_at);
  add(CaseStep::recovered, plan.recovered_at);
  const auto before_the_close = [&](CaseStep what, unsigned permille, Micros after) {
    const Micros at = plan.recovered_at + after;
    if (chance.permille(permille) && at <= last_moment) add(what, at);
  };
  before_the_close(CaseStep::correction_asked, 12, 2 * hour_us);
  before_the_close(CaseStep::reunified, plan.outcome == ChildOutcome::deceased ? 0 : 90, 3 * hour_us);
  before_the_close(CaseStep::outcome_recorded, 60, 5 * hour_us);
  if (plan.close_proposed_at != 0) add(CaseStep::close_proposed, plan.close_proposed_at);
}

// A few are taken for found who are not, and a few are closed that must not be.
void CaseStory::still_missing(const CasePlan& plan, Chance& chance) {
  const std::uint64_t luck = chance.below(1'000);
  if (plan.located_at != 0 || plan.suspended_at != 0 || !plan.missing_for(60 * day_us)) return;
  if (luck < 30) {
    add(CaseStep::mistaken_recovery, last_moment - 20 * day_us);
    add(CaseStep::retraction_asked, last_moment - 19 * day_us);
  } else if (luck < 60) {
    add(CaseStep::close_proposed, last_moment - 15 * day_us);
  }
}

// What a second pair of eyes says, after everything that the first wrote.
void CaseStory::decided(const CasePlan& plan) {
  const Micros after = steps_[count_ - 1].at;
  const auto later = [&](Micros wait) { return std::min(after + wait, last_moment); };
  if (version_of(CaseStep::correction_asked) != 0) add(CaseStep::correction_decided, later(hour_us));
  if (version_of(CaseStep::retraction_asked) != 0) add(CaseStep::retraction_decided, later(2 * day_us));
  if (version_of(CaseStep::close_proposed) == 0) return;
  add(CaseStep::close_approved, plan.recovered ? std::max(plan.close_approved_at, steps_[count_ - 1].at) : later(day_us));
  if (!plan.recovered) add(CaseStep::reopened, later(4 * day_us));
}

Version CaseStory::version_of(CaseStep what) const {
  for (std::size_t i = 0; i < count_; ++i)
    if (steps_[i].what == what) return static_cast<Version>(i + 1);
  return 0;
}

Clocks clocks_of(const CasePlan& plan, std::uint32_t number, std::uint64_t seed) {
  // Law enforcement told within the day, sometimes after days; the NCIC entry is due within two hours of it, its
  // verification within thirty days: assumed.
  static constexpr Quantile told_minutes[] = {{0, 20}, {500, 240}, {900, 1440}, {1000, 5760}};
  static constexpr Quantile entry_minutes[] = {{0, 5}, {500, 45}, {920, 120}, {1000, 900}};
  static constexpr Quantile unnoticed_minutes[] = {{0, 10}, {500, 360}, {900, 1440}, {1000, 10080}};
  static constexpr Quantile verified_minutes[] = {{0, 24 * 1440}, {900, 30 * 1440}, {1000, 40 * 1440}};
  Chance chance(seed, Draw::case_events, (std::uint64_t{1} << 32) + number);
  Clocks clocks;
  clocks.reported_le = plan.reported_at - draw(told_minutes, chance) * minute_us;
  clocks.last_contact = clocks.reported_le - draw(unnoticed_minutes, chance) * minute_us;
  clocks.ncic_entered = std::min(clocks.reported_le + draw(entry_minutes, chance) * minute_us, plan.first_news());
  clocks.ncic_verified = std::max(clocks.ncic_entered, plan.reported_at) + draw(verified_minutes, chance) * minute_us;
  return clocks;
}

}  // namespace caseledger::api::simulate
