#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& statutory_section() {
  static const SectionPlan plan{
      .id = "R11",
      .title = "The seven counts of 34 U.S.C. 11295a",
      .clock = "an episode counts in the period in which it began, a recovery in the one in which it came",
      .tables = {{{"R11"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
