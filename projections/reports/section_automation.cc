#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& automation_section() {
  static const SectionPlan plan{
      .id = "T3",
      .title = "Automation",
      .clock = "a decision, score, review or override counts in the period in which it was made",
      .tables = {{{"T3"}},
                 {{"T3.decisions", "T3.basis", "T3.override_rate", "T3.overrides"}, {"decision"}},
                 {{"T3.decisions", "T3.basis", "T3.override_rate", "T3.overrides", "T3.scores"}, {"policy"}},
                 {{"T3.override_rate", "T3.overrides"}, {"basis"}},
                 {{"T3.overrides"}, {"reason"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
