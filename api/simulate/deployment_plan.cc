#include "api/simulate/deployment_plan.h"

#include <algorithm>

namespace caseledger::api::simulate {

using namespace schema;

namespace {

struct Kind {
  DeploymentMode requested;
  DeploymentDecision decision;
  std::uint64_t a_year;
};
constexpr Kind kinds[] = {
    {DeploymentMode::on_site, DeploymentDecision::approved, 29},
    {DeploymentMode::virtual_, DeploymentDecision::approved, 22},
    {DeploymentMode::on_site, DeploymentDecision::converted_virtual, 6},
    {DeploymentMode::on_site, DeploymentDecision::declined, 9},
};

void decide_course(DeploymentPlan& plan, CasePlan& its_case, Chance& chance) {
  plan.requested_at = its_case.reported_at + chance.between(60, 360) * minute_us;
  plan.decided_at = plan.requested_at + chance.between(15, 120) * minute_us;
  plan.stream = chance.uuid(plan.requested_at);
  if (plan.declined()) return;
  plan.dispatched_at = plan.decided_at + chance.between(20, 60) * minute_us;
  plan.arrived_at = plan.dispatched_at + (plan.on_site() ? chance.between(180, 720) : chance.between(5, 30)) * minute_us;
  plan.ended_at = std::min(plan.arrived_at + chance.between(1, 6) * day_us, last_moment);
  if (its_case.recovered) plan.ended_at = std::min(plan.ended_at, its_case.recovered_at + 2 * hour_us);
  plan.ended_at = std::min(plan.ended_at, last_moment);
  const bool in_time = its_case.recovered && its_case.recovered_at <= plan.ended_at;
  const bool may_lead = in_time && its_case.alert == CasePlan::none && its_case.outcome != ChildOutcome::returned_self;
  if (may_lead && chance.permille(500)) {
    plan.contribution = DeploymentContribution::led_to_recovery;
    its_case.deployment_led = true;
  } else {
    constexpr std::uint32_t weights[] = {5, 3, 2};
    constexpr DeploymentContribution rest[] = {DeploymentContribution::assisted, DeploymentContribution::none, DeploymentContribution::unknown};
    plan.contribution = rest[chance.weighted(weights)];
  }
}

}  // namespace

std::vector<DeploymentPlan> plan_deployments(std::vector<CasePlan>& cases, std::uint64_t parts, std::uint64_t seed) {
  std::vector<std::uint64_t> weights;
  std::uint64_t total = 0;
  for (const Kind& kind : kinds) weights.push_back(kind.a_year), total += kind.a_year;
  std::vector<std::uint32_t> eligible;
  for (std::uint32_t i = 0; i < cases.size(); ++i)
    if (cases[i].type != CaseType::ERU && cases[i].missing_for(day_us)) eligible.push_back(i);
  const auto chosen = pick(std::move(eligible), round_half_up(total, parts), Chance(seed, Draw::choice, 2000));
  const Deal deal(apportion(chosen.size(), weights), seed, Draw::deployment);

  std::vector<DeploymentPlan> deployments;
  for (const std::uint32_t of_case : chosen) {
    Chance chance(seed, Draw::deployment, of_case);
    const Kind& kind = kinds[deal(deployments.size()).slot];
    DeploymentPlan plan{.of_case = of_case, .requested = kind.requested, .decision = kind.decision};
    decide_course(plan, cases[of_case], chance);
    cases[of_case].deployment = static_cast<std::uint32_t>(deployments.size());
    deployments.push_back(plan);
  }
  return deployments;
}

}  // namespace caseledger::api::simulate
