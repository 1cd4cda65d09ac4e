#include "projections/catalogue.h"

#include "projections/alerts.h"
#include "projections/analyses.h"
#include "projections/automation.h"
#include "projections/cases.h"
#include "projections/coverage.h"
#include "projections/cross_border.h"
#include "projections/cybertipline.h"
#include "projections/deployments.h"
#include "projections/disclosures.h"
#include "projections/expedited.h"
#include "projections/families.h"
#include "projections/forensics.h"
#include "projections/hotlist.h"
#include "projections/imports.h"
#include "projections/intake.h"
#include "projections/models.h"
#include "projections/oversight.h"
#include "projections/privacy.h"
#include "projections/recording.h"
#include "projections/recovery.h"
#include "projections/referrals.h"
#include "projections/resources.h"
#include "projections/searches.h"
#include "projections/teams.h"
#include "projections/timeliness.h"
#include "projections/tips.h"
#include "projections/triage.h"
#include "projections/worklist.h"

namespace caseledger::projections {

std::span<const Projection* const> catalogue() {
  static const Projection* const all[] = {
      &cases(),
      &coverage(),
      &recovery(),
      &timeliness(),
      &intake(),
      &cybertipline(),
      &triage(),
      &queues(),
      &automation(),
      &models(),
      &expedited(),
      &referrals(),
      &cross_border(),
      &training(),
      &alerts(),
      &hotlist(),
      &searches(),
      &deployments(),
      &forensics(),
      &tips(),
      &analyses(),
      &families(),
      &resources(),
      &teams(),
      &recording(),
      &imports(),
      &oversight(),
      &disclosures(),
      &privacy(),
  };
  return all;
}

}  // namespace caseledger::projections
