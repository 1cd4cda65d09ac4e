// Help on site and from afar, decided before any event is written. Published: 29 deployments on site and 28 virtual ones
// in a year (2020). Assumed: how many requests are declined or turned virtual, how long they take, what they contribute.
#pragma once

#include "api/simulate/case_plan.h"
#include "deployment_generated.h"

namespace caseledger::api::simulate {

struct DeploymentPlan {
  StreamId stream = {};
  std::uint32_t of_case = 0;
  schema::DeploymentMode requested = schema::DeploymentMode::unset;
  schema::DeploymentDecision decision = schema::DeploymentDecision::unset;
  schema::DeploymentContribution contribution = schema::DeploymentContribution::unset;
  Micros requested_at = 0, decided_at = 0, dispatched_at = 0, arrived_at = 0, ended_at = 0;  // the last three 0 when declined

  bool declined() const { return decision == schema::DeploymentDecision::declined; }
  bool on_site() const { return !declined() && requested == schema::DeploymentMode::on_site && decision == schema::DeploymentDecision::approved; }
};

// In order of the cases. Also notes in the cases which deployment is theirs and whether it led to the recovery.
std::vector<DeploymentPlan> plan_deployments(std::vector<CasePlan>& cases, std::uint64_t parts, std::uint64_t seed);

}  // namespace caseledger::api::simulate
