// Everything that is decided about a year before its events are written.
#pragma once

#include "api/simulate/alert_plan.h"
#include "api/simulate/deployment_plan.h"

namespace caseledger::api::simulate {

struct YearPlan {
  std::uint64_t seed = 0, parts = 1;  // 1:parts of the cases
  std::vector<CasePlan> cases;
  AlertYear lpr;
  std::vector<DeploymentPlan> deployments;
};

}  // namespace caseledger::api::simulate
