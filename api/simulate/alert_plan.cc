#include "api/simulate/alert_plan.h"

#include <algorithm>
#include <numeric>

namespace caseledger::api::simulate {

namespace {

constexpr std::uint64_t alerts_a_year = 5'000, recoveries_by_alert = 1'150;

struct OutcomeShare {
  AlertOutcome outcome;
  std::uint64_t permille;
};
constexpr OutcomeShare mix_of_outcomes[] = {
    {AlertOutcome::true_match, 290}, {AlertOutcome::unset, 200},     {AlertOutcome::misread, 190},
    {AlertOutcome::wrong_state, 130}, {AlertOutcome::stale_list, 60}, {AlertOutcome::wrong_vehicle_or_person, 45},
    {AlertOutcome::unverifiable, 25}, {AlertOutcome::duplicate, 60},  // last: a duplicate repeats one before it
};

constexpr std::uint32_t vendor_weights[] = {70, 20, 10};

unsigned vehicle_known_permille(CaseType type) {
  if (type == CaseType::FA) return 600;
  if (type == CaseType::NFA) return 700;
  return 80;
}

std::vector<HotlistPlan> list_vehicles(std::vector<CasePlan>& cases, std::uint64_t seed) {
  std::vector<HotlistPlan> entries;
  for (std::uint32_t i = 0; i < cases.size(); ++i) {
    CasePlan& plan = cases[i];
    Chance chance(seed, Draw::hotlist, i);
    const bool known = plan.amber == Amber::activated || chance.permille(vehicle_known_permille(plan.type));
    if (!known || !plan.missing_for(day_us)) continue;
    plan.hotlist = static_cast<std::uint32_t>(entries.size());
    plan.companion = chance.uuid(plan.reported_at);
    HotlistPlan entry{.of_case = i};
    entry.added_at = plan.reported_at + chance.between(30, 360) * minute_us;
    entry.propagated_at = entry.added_at + chance.between(1, 720) * minute_us;  // lists go out to the readers twice a day
    entry.stream = chance.uuid(entry.added_at);
    const Micros removed = plan.recovered_at + chance.between(10, 1440) * minute_us;
    if (plan.recovered && removed <= last_moment) entry.removed_at = removed;
    entries.push_back(entry);
  }
  return entries;
}

// Which recoveries are owed to an alert: of children found alive whose vehicle was listed.
std::vector<std::uint32_t> found_by_alert(const std::vector<CasePlan>& cases, const std::vector<HotlistPlan>& entries, std::uint64_t count,
                                          std::uint64_t seed) {
  std::vector<std::uint32_t> eligible;
  for (std::uint32_t e = 0; e < entries.size(); ++e) {
    const CasePlan& plan = cases[entries[e].of_case];
    if (plan.recovered && plan.outcome != ChildOutcome::deceased && plan.outcome != ChildOutcome::returned_self) eligible.push_back(e);
  }
  return pick(std::move(eligible), count, Chance(seed, Draw::choice, 1000));
}

// When a reader might see the vehicle, or one like it. A stale entry alerts after the child is back and before it is gone everywhere.
void place(AlertPlan& alert, const std::vector<CasePlan>& cases, const std::vector<HotlistPlan>& entries, Chance& chance) {
  const HotlistPlan* entry = nullptr;
  for (int tries = 0; tries < 64 && (!entry || (alert.outcome == AlertOutcome::stale_list && entry->removed_at == 0)); ++tries) {
    alert.entry = static_cast<std::uint32_t>(chance.below(entries.size()));
    entry = &entries[alert.entry];
  }
  const CasePlan& plan = cases[entry->of_case];
  if (alert.outcome == AlertOutcome::stale_list && entry->removed_at != 0)
    alert.observed_at = plan.recovered_at + chance.between(0, entry->removed_at - plan.recovered_at);
  else
    alert.observed_at = entry->propagated_at + chance.between(0, std::min(plan.end() - hour_us - entry->propagated_at, 90 * day_us));
}

std::vector<AlertPlan> raise(const std::vector<CasePlan>& cases, const std::vector<HotlistPlan>& entries, std::uint64_t count, std::uint64_t led,
                             std::uint64_t seed) {
  std::vector<AlertPlan> alerts;
  std::vector<std::uint64_t> weights;
  for (const auto& share : mix_of_outcomes) weights.push_back(share.permille);
  const auto shares = apportion(count, weights);
  const auto leading = found_by_alert(cases, entries, std::min(led, shares[0]), seed);
  for (std::size_t s = 0; s < shares.size(); ++s)
    for (std::uint64_t n = 0; n < shares[s]; ++n) {
      Chance chance(seed, Draw::alert, alerts.size());
      AlertPlan alert{.outcome = mix_of_outcomes[s].outcome};
      alert.vendor = static_cast<std::uint8_t>(chance.weighted(vendor_weights));
      if (alert.outcome == AlertOutcome::duplicate && !alerts.empty()) {
        const AlertPlan& first = alerts[chance.below(alerts.size())];
        alert.entry = first.entry;
        alert.vendor = first.vendor;
        alert.observed_at = first.observed_at + chance.between(2, 10) * minute_us;
      } else if (s == 0 && n < leading.size()) {
        alert.entry = leading[n];
        alert.led = alert.acted = true;
        alert.observed_at = cases[entries[alert.entry].of_case].recovered_at - chance.between(60, 240) * minute_us;
      } else {
        place(alert, cases, entries, chance);
        alert.acted = alert.outcome == AlertOutcome::true_match;
        alert.acted_first = alert.outcome == AlertOutcome::wrong_vehicle_or_person && chance.permille(100);
        alert.acted = alert.acted || alert.acted_first;
      }
      const CasePlan& plan = cases[entries[alert.entry].of_case];
      alert.observed_at = std::min(alert.observed_at, last_moment - 4 * hour_us);
      alert.state = chance.permille(850) ? plan.state : static_cast<std::uint8_t>(chance.below(states().size()));
      alert.stream = chance.uuid(alert.observed_at);
      alerts.push_back(alert);
    }
  std::ranges::stable_sort(alerts, {}, &AlertPlan::observed_at);
  return alerts;
}

}  // namespace

AlertYear plan_alerts(std::vector<CasePlan>& cases, std::uint64_t parts, std::uint64_t seed) {
  AlertYear year{list_vehicles(cases, seed), {}};
  if (year.entries.empty()) return year;
  year.alerts = raise(cases, year.entries, round_half_up(alerts_a_year, parts), round_half_up(recoveries_by_alert, parts), seed);
  for (std::uint32_t a = 0; a < year.alerts.size(); ++a)
    if (year.alerts[a].led) cases[year.entries[year.alerts[a].entry].of_case].alert = a;
  return year;
}

}  // namespace caseledger::api::simulate
