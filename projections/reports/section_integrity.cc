#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& integrity_section() {
  static const SectionPlan plan{
      .id = "T15",
      .title = "Integrity",
      .clock = "what was recorded, found or refused counts in the period in which its month begins",
      .tables = {{{"T15"}},
                 {{"T15.recorded", "T15.lag"}, {"kind"}},
                 {{"T15.lag"}, {"imported"}},
                 {{"T15.corrections", "T15.retractions"}, {"kind"}},
                 {{"T15.imported"}, {"source"}},
                 {{"T15.findings"}, {"finding"}},
                 {{"T15.refused", "T15.auth_failed", "T15.handshakes_refused"}, {"reason"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
