#include "api/simulate/totals.h"

#include <set>

#include "api/simulate/casework.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

namespace {

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

void count_cases(Totals& totals, const std::vector<CasePlan>& cases) {
  std::set<SubjectId> children;
  for (const CasePlan& plan : cases) {
    count_case(totals, plan);
    children.insert(plan.child);
  }
  totals.children = children.size();
}

void count_alerts(Totals& totals, const AlertYear& lpr) {
  totals.hotlist_entries = lpr.entries.size();
  totals.alerts = lpr.alerts.size();
  for (const AlertPlan& alert : lpr.alerts) {
    ++totals.alerts_by_outcome[alert.outcome];
    totals.acted_unverified += alert.acted_first;
  }
}

void count_deployments(Totals& totals, const std::vector<DeploymentPlan>& deployments) {
  totals.deployments_requested = deployments.size();
  for (const DeploymentPlan& each : deployments)
    ++(each.declined() ? totals.deployments_declined : each.on_site() ? totals.deployments_on_site : totals.deployments_virtual);
}

}  // namespace

Totals count(const YearPlan& year) {
  Totals totals;
  count_cases(totals, year.cases);
  totals.other_cases = count_other_cases(year);
  count_alerts(totals, year.lpr);
  count_deployments(totals, year.deployments);
  return totals;
}

}  // namespace caseledger::api::simulate
