#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& timeliness_section() {
  static const SectionPlan plan{
      .id = "M",
      .title = "Timeliness",
      .clock = "a case of a missing child counts in the period in which it was opened",
      .tables = {{{"M1", "M2", "M3", "M4", "M5"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
