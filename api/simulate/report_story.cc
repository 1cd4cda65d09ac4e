#include "api/simulate/report_story.h"

#include <algorithm>

#include "api/simulate/case_plan.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

// By priority, from P0: how many of a thousand people look at, and after how many minutes.
constexpr unsigned reviewed_permille[] = {1000, 1000, 600, 100, 10};
constexpr Quantile urgent[] = {{0, 4}, {500, 25}, {900, 55}, {1000, 240}};
constexpr Quantile soon[] = {{0, 20}, {500, 240}, {900, 700}, {1000, 2'900}};
constexpr Quantile in_days[] = {{0, 240}, {500, 1'900}, {900, 4'300}, {1000, 17'000}};
constexpr Quantile in_weeks[] = {{0, 1'000}, {500, 9'000}, {900, 20'000}, {1000, 60'000}};
constexpr Quantile whenever[] = {{0, 1'000}, {500, 30'000}, {900, 130'000}, {1000, 260'000}};
constexpr std::span<const Quantile> waits[] = {urgent, soon, in_days, in_weeks, whenever};

constexpr std::size_t rank(Priority priority) { return static_cast<std::size_t>(priority) - 1; }

constexpr Designation other(Designation designation) { return designation == Designation::referral ? Designation::informational : Designation::referral; }

}  // namespace

ReportStory::ReportStory(const Report& report, Designation referred_as, std::uint64_t seed) : report_(report), now_(report.received_at) {
  Chance chance(seed, Draw::report_story, report.number);
  verdict = report_triage().apply(features());
  add(ReportStep::received, now_);
  const bool comes_to_something = submitted(chance);
  settle(referred_as, chance);
  if (!comes_to_something) return;
  triaged(chance);
  if (looked_at_) reviewed(chance);
  left(chance);
}

void ReportStory::add(ReportStep what, Micros at) {
  now_ = std::max(now_, at);
  if (now_ <= last_moment) events_.at(count_++) = {what, now_};
}

Version ReportStory::version_of(ReportStep what) const {
  for (std::size_t i = 0; i < count_; ++i)
    if (events_[i].what == what) return static_cast<Version>(i + 1);
  return 0;
}

std::array<FeatureValue, 8> ReportStory::features() const {
  return {{{"bundled", report_.incidents},
           {"esp_escalated", report_.escalated},
           {"files", report_.files()},
           {"in_the_us", report_.in_the_us()},
           {"incident_type", static_cast<std::int64_t>(report_.type)},
           {"location_known", report_.where.location != UserLocation::unknown},
           {"sextortion", report_.sextortion},
           {"source_public", report_.source == providers().size()}}};
}

// Most come whole and say nothing of it. An open report is taken away after a day, unless more comes.
bool ReportStory::submitted(Chance& chance) {
  const std::uint64_t luck = chance.below(10'000);
  if (luck < 5) return add(ReportStep::rejected, now_ + second_us), false;
  if (luck < 20) return add(ReportStep::opened, now_ + second_us), add(ReportStep::expired, now_ + day_us), false;
  if (luck < 200) add(ReportStep::opened, now_ + second_us), add(ReportStep::finished, now_ + chance.between(2, 40) * minute_us);
  return true;
}

// The machine is corrected by one look in sixteen; what nobody looks at stays as it said.
void ReportStory::settle(Designation referred_as, Chance& chance) {
  const bool by_public = report_.source == providers().size();
  const bool nothing_in_it = chance.below(10'000) < (by_public ? 400u : 6u);
  settled = referred_as == Designation::unset ? Designation::informational : referred_as;
  if (nothing_in_it) settled = by_public ? Designation::unfounded : Designation::spam_test;
  const std::uint64_t luck = chance.below(1'000);
  if (report_.escalated && luck < 900) expedite_reason = ExpediteReason::imminent_danger;
  else if (report_.in_the_us() && luck < 2) expedite_reason = luck == 0 ? ExpediteReason::age_lt_12 : ExpediteReason::leo_request;
  else if (by_public && luck < 8) expedite_reason = luck < 4 ? ExpediteReason::media : luck < 6 ? ExpediteReason::family_request : ExpediteReason::executive;
  looked_at_ = expedite_reason != ExpediteReason::unset || nothing_in_it || chance.permille(reviewed_permille[rank(verdict.priority)]);
  corrected_ = looked_at_ && (nothing_in_it || chance.permille(62));
  by_machine = corrected_ ? (nothing_in_it ? Designation::informational : other(settled)) : settled;
  goes_out_ = referred_as != Designation::unset && !nothing_in_it;
}

void ReportStory::triaged(Chance& chance) {
  if (report_.in_the_us() || chance.permille(20)) add(ReportStep::determined, now_ + second_us);
  if (report_.number > 0 && chance.permille(30)) add(ReportStep::duplicate, now_ + second_us);
  add(ReportStep::queued, now_ + second_us);
  add(ReportStep::scored, now_ + chance.between(40, 900) * 1000);
  add(ReportStep::prioritised, now_);
  add(ReportStep::designated, now_);
}

void ReportStory::reviewed(Chance& chance) {
  if (expedite_reason != ExpediteReason::unset) add(ReportStep::expedited, now_ + chance.between(1, 20) * minute_us);
  const bool granted = clause_for(expedite_reason) != "none";
  review_began = now_ + draw(granted ? std::span<const Quantile>(urgent) : waits[rank(verdict.priority)], chance) * minute_us;
  add(ReportStep::reviewed, review_began + chance.between(2, 45) * minute_us);
  if (chance.permille(60)) {
    const bool up = verdict.priority == Priority::P4 || (verdict.priority != Priority::P0 && chance.permille(650));
    overridden_to = static_cast<Priority>(static_cast<int>(verdict.priority) + (up ? -1 : 1));
    add(ReportStep::overridden, now_ + second_us);
  }
  if (corrected_) add(ReportStep::redesignated, now_ + second_us);
  if (!chance.permille(30)) return;
  second_review_began = now_ + chance.between(1, 60) * minute_us;
  add(ReportStep::reviewed_again, second_review_began + chance.between(2, 30) * minute_us);
}

void ReportStory::left(Chance& chance) {
  add(ReportStep::exited, now_ + (looked_at_ ? chance.between(30, 900) : chance.between(1, 60)) * second_us);
  left_at_ = now_;
  const std::uint64_t luck = chance.below(10'000);
  if (luck < 80) add(ReportStep::supplemented, now_ + chance.between(1, 240) * hour_us);
  else if (report_.in_the_us() && luck < 90) add(ReportStep::joined, now_ + chance.between(1, 48) * hour_us);
  else if (goes_out_ && luck >= 9'980) add(ReportStep::retracted, now_ + chance.between(1, 72) * hour_us);
}

}  // namespace caseledger::api::simulate
