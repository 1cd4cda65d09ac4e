#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& expedited_section() {
  static const SectionPlan plan{
      .id = "T4",
      .title = "Expedited attention",
      .clock = "a request counts in the period in which it was made, an item in the one in which its report was received",
      .tables = {{{"T4"}},
                 {{"T4.requests", "T4.granted"}, {"reason"}},
                 {{"T4.requests", "T4.granted"}, {"requester_class"}},
                 {{"T4.requests", "T4.granted"}, {"clause"}},
                 {{"T4.expedited", "T4.disparity"}, {"jurisdiction"}},
                 {{"T4.expedited", "T4.disparity"}, {"age_band"}},
                 {{"T4.expedited", "T4.disparity"}, {"race_ethnicity"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
