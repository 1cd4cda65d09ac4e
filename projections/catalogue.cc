#include "projections/catalogue.h"

#include "projections/automation.h"
#include "projections/cases.h"
#include "projections/coverage.h"
#include "projections/cross_border.h"
#include "projections/expedited.h"
#include "projections/intake.h"
#include "projections/recovery.h"
#include "projections/referrals.h"
#include "projections/triage.h"
#include "projections/worklist.h"

namespace caseledger::projections {

std::span<const Projection* const> catalogue() {
  static const Projection* const all[] = {
      &cases(),
      &coverage(),
      &recovery(),
      &intake(),
      &triage(),
      &queues(),
      &automation(),
      &expedited(),
      &referrals(),
      &cross_border(),
      &training(),
  };
  return all;
}

}  // namespace caseledger::projections
