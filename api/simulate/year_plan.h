// Everything that is decided about a year before its events are written, and the phases they are written in.
#pragma once

#include "api/simulate/alert_plan.h"
#include "api/simulate/deployment_plan.h"
#include "api/simulate/simulated_event.h"

namespace caseledger::api {

// Phases follow each other: what an event refers to stands in an earlier phase, or before it in its own group.
enum class Phase : std::uint8_t {
  policy,                 // the rules that deployments are decided by
  cases_opened,           // a child is reported missing, and what happens in the first hours
  hotlist_added,          // vehicles on hot lists
  alerts_raised,          // readers see one
  alerts_answered,        // people say whether they were right, and act
  deployments_requested,
  deployments_decided,
  deployments_worked,
  cases_worked,           // the long way: located, suspended, recovered; closing proposed
  cases_closed,           // by a second pair of eyes
  hotlist_removed,
  reports,                // CyberTipline
};
inline constexpr std::size_t phases = 12;

}  // namespace caseledger::api

namespace caseledger::api::simulate {

struct YearPlan {
  std::uint64_t seed = 0;
  schema::Ref deployment_policy;
  std::vector<CasePlan> cases;
  AlertYear lpr;
  std::vector<DeploymentPlan> deployments;
};

}  // namespace caseledger::api::simulate
