// Vehicles on hot lists and the alerts of licence-plate readers, decided before any event is written.
//
// Assumed throughout; the mix of outcomes follows what audits of single agencies found: most alerts are wrong, misreads and wrong states
// above all, the same vehicle alerts again within minutes, and a fifth is never adjudicated.
#pragma once

#include "alert_generated.h"
#include "api/simulate/case_plan.h"

namespace caseledger::api::simulate {

using schema::AlertOutcome;

struct HotlistPlan {
  StreamId stream = {};
  std::uint32_t of_case = 0;
  Micros added_at = 0, propagated_at = 0;
  Micros removed_at = 0;  // 0: still listed at the year's end
};

struct AlertPlan {
  StreamId stream = {};
  std::uint32_t entry = 0;
  AlertOutcome outcome = AlertOutcome::unset;  // unset: never adjudicated
  bool led = false;                            // to the recovery of the entry's child
  bool acted = false;
  bool acted_first = false;                    // before anyone adjudicated it
  std::uint8_t vendor = 0;
  std::uint8_t state = 0;
  Micros observed_at = 0;
};

struct AlertYear {
  std::vector<HotlistPlan> entries;
  std::vector<AlertPlan> alerts;  // in order of observation
};

// Also notes in the cases which entry is theirs and which alert led to the recovery, and gives those cases a companion.
AlertYear plan_alerts(std::vector<CasePlan>& cases, std::uint64_t parts, std::uint64_t seed);

}  // namespace caseledger::api::simulate
