#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& recovery_section() {
  static const SectionPlan plan{
      .id = "R",
      .title = "Recovery of missing children",
      .clock = "an episode, one missing child of one case, counts in the period in which it began; R2, R3 and R10 count endings in the period in which they came, R8 what is open at the as-of; by clock, it began when that clock says",
      .tables = {{{"cases", "R1", "R2", "R3", "R4", "R5", "R6", "R8", "R9", "R10"}},
                 {{"cases"}, {"phase"}},
                 {{"R1", "R4.24h", "R4.30d", "R5"}, {"clock"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9"}, {"case_type"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9"}, {"case_type_current"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9"}, {"jurisdiction"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9.episodes"}, {"region"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9"}, {"age_band"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9"}, {"sex"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9"}, {"race_ethnicity"}},
                 {{"R1", "R4.24h", "R4.30d", "R5", "R8", "R9"}, {"state_care"}}},
      .sums = {{"R8.balance", "R8.residual", {}}},
      .unsummed = {"R5.earliest_starts", "R5.latest_starts", "R9"},
  };
  return plan;
}

}  // namespace caseledger::reports
