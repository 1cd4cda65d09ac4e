#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& policy_section() {
  static const SectionPlan plan{
      .id = "T14",
      .title = "Policies and resources",
      .clock = "an allocation counts as far as the time it is given for lies in the period, money where that time begins in it, an item in the one in which it entered a queue, a case in the one in which it was assigned",
      .tables = {{{"T14"}},
                 {{"T14.allocations", "T14.unplaced", "T14.posts", "T14.budget"}, {"unit"}},
                 {{"T14.allocations", "T14.unplaced", "T14.posts", "T14.budget"}, {"unit", "unit_name"}},
                 {{"T14.queue"}, {"queue"}},
                 {{"T14.team"}, {"team"}}},
      .unsummed = {"T14.queue.items.share", "T14.team.assignments.share"},
  };
  return plan;
}

}  // namespace caseledger::reports
