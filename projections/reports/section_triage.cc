#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& triage_section() {
  static const SectionPlan plan{
      .id = "T2",
      .title = "Triage latency",
      .clock = "an item counts in the period in which its report was received, a wait in the one in which the item entered the queue; the backlog is that of the as-of",
      .tables = {{{"T2"}},
                 {{"T2.scored", "T2.designated", "T2.reviewed", "T2.delivered", "T2.accepted", "T2.queue", "T2.in_due", "T2.backlog"}, {"priority"}},
                 {{"T2.designated", "T2.reviewed", "T2.delivered", "T2.accepted", "T2.in_due"}, {"priority", "item_type"}},
                 {{"T2.queue", "T2.in_due", "T2.backlog"}, {"queue"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
