#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& intake_section() {
  static const SectionPlan plan{
      .id = "T1",
      .title = "Intake",
      .clock = "a report counts in the period in which it was received",
      .tables = {{{"T1"}},
                 {{"T1.reports", "T1.incidents"}, {"channel"}},
                 {{"T1.reports", "T1.incidents"}, {"item_type"}},
                 {{"T1.reports", "T1.incidents"}, {"country"}},
                 {{"T1.reports", "T1.incidents", "T1.files", "T1.quality", "T1.escalated"}, {"esp"}},
                 {{"T1.referral", "T1.informational", "T1.unfounded", "T1.spam_test", "T1.undesignated"}, {"item_type"}}},
      .sums = {{"T1.received", "T1.reports", {"T1.referral", "T1.informational", "T1.unfounded", "T1.spam_test", "T1.undesignated"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
