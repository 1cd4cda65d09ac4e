#include "api/simulate/totals.h"

#include <numeric>
#include <set>

#include "api/simulate/case_story.h"
#include "api/simulate/reports.h"
#include "api/simulate/words.h"

namespace caseledger::api {

std::uint64_t Totals::all_events() const { return std::accumulate(events.begin(), events.end(), std::uint64_t{0}); }

namespace simulate {

namespace {

std::uint64_t& events_of(Totals& totals, Phase phase) { return totals.events[static_cast<std::size_t>(phase)]; }

void count_case(Totals& totals, const CasePlan& plan) {
  const auto add = [&](CaseCount& count) { ++count.cases, count.recovered += plan.recovered; };
  add(totals.cases);
  add(totals.by_type[plan.type]);
  add(totals.by_state[us(states()[plan.state])]);
  if (plan.state_care) add(totals.in_state_care);
  totals.in_state_care_and_trafficked += plan.state_care && plan.trafficking;
  totals.deceased += plan.outcome == ChildOutcome::deceased;
  totals.closed += plan.close_approved_at != 0;
  totals.located += !plan.recovered && plan.located_at != 0;
  totals.long_term += !plan.recovered && plan.suspended_at != 0;
  totals.amber_alerts += plan.amber == Amber::activated;
  totals.recoveries_by_alert += plan.alert != CasePlan::none;
  totals.recoveries_by_deployment += plan.deployment_led;
}

void count_cases(Totals& totals, const YearPlan& year) {
  std::set<SubjectId> children;
  for (std::uint32_t i = 0; i < year.cases.size(); ++i) {
    count_case(totals, year.cases[i]);
    children.insert(year.cases[i].child);
    const CaseStory story(year.cases[i], i, year.seed);
    for (const Step& step : story.steps()) ++events_of(totals, phase_of(step.what));
  }
  totals.children = children.size();
}

void count_alerts(Totals& totals, const AlertYear& lpr) {
  totals.hotlist_entries = events_of(totals, Phase::hotlist_added) = lpr.entries.size();
  for (const HotlistPlan& entry : lpr.entries) events_of(totals, Phase::hotlist_removed) += entry.removed_at != 0;
  totals.alerts = events_of(totals, Phase::alerts_raised) = lpr.alerts.size();
  for (const AlertPlan& alert : lpr.alerts) {
    ++totals.alerts_by_outcome[alert.outcome];
    totals.acted_unverified += alert.acted_first;
    events_of(totals, Phase::alerts_answered) += (alert.outcome != AlertOutcome::unset) + alert.acted;
  }
}

void count_deployments(Totals& totals, const std::vector<DeploymentPlan>& deployments) {
  totals.deployments_requested = deployments.size();
  events_of(totals, Phase::deployments_requested) = events_of(totals, Phase::deployments_decided) = deployments.size();
  for (const DeploymentPlan& each : deployments) {
    ++(each.declined() ? totals.deployments_declined : each.on_site() ? totals.deployments_on_site : totals.deployments_virtual);
    if (!each.declined()) events_of(totals, Phase::deployments_worked) += 4;
  }
}

void count_reports(Totals& totals, const Reports& reports) {
  totals.reports = events_of(totals, Phase::reports) = reports.count();
  totals.incidents = reports.incidents();
  totals.images = reports.images();
  totals.videos = reports.videos();
  totals.other_files = reports.other_files();
  for (std::size_t i = 0; i < countries().size(); ++i) totals.reports_by_country[std::string(countries()[i].alpha2)] = reports.by_country()[i];
  for (std::size_t i = 0; i < incident_types().size(); ++i) totals.reports_by_type[incident_types()[i].type] = reports.by_type()[i];
  for (std::size_t i = 0; i < providers().size(); ++i) totals.reports_by_provider[std::string(providers()[i].name)] = reports.by_provider()[i];
}

}  // namespace

Totals count(const YearPlan& year, const Reports& reports) {
  Totals totals;
  events_of(totals, Phase::policy) = 1;
  count_cases(totals, year);
  count_alerts(totals, year.lpr);
  count_deployments(totals, year.deployments);
  count_reports(totals, reports);
  return totals;
}

}  // namespace simulate

}  // namespace caseledger::api
