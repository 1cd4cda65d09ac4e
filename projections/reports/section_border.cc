#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& border_section() {
  static const SectionPlan plan{
      .id = "T9",
      .title = "Across borders",
      .clock = "a request or referral counts in the period in which it was sent, a training in the one in which it was held",
      .tables = {{{"T9"}},
                 {{"T9.requests", "T9.acknowledged", "T9.answered", "T9.answer"}, {"instrument"}},
                 {{"T9.requests", "T9.acknowledged", "T9.answered", "T9.share"}, {"country"}},
                 {{"T9.training"}, {"programme"}},
                 {{"T9.training"}, {"country"}}},
      .unsummed = {"T9.share"},
  };
  return plan;
}

}  // namespace caseledger::reports
