#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& cybertipline_section() {
  static const SectionPlan plan{
      .id = "CT",
      .title = "CyberTipline reports, as they are published",
      .clock = "a report counts in the month in which it was received, a referral in the one in which it was made, feedback in the one in which it first came",
      .tables = {{{"CT"}},
                 {{"CT.reports"}, {"source"}},
                 {{"CT.user_location"}, {"user_location"}},
                 {{"CT.incident_type"}, {"incident_type"}},
                 {{"CT.files"}, {"file_type"}},
                 {{"CT.referrals"}, {"recipient_class", "detail"}},
                 {{"CT.feedback"}, {"recipient_class"}},
                 {{"CT.country"}, {"country"}},
                 {{"CT.state"}, {"state"}}},
      .sums = {{"CT.located", "CT.reports", {"CT.user_location"}}, {"CT.typed", "CT.reports", {"CT.incident_type"}}, {"CT.listed", "CT.reports", {"CT.country"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
