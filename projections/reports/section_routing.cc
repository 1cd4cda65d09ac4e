#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& routing_section() {
  static const SectionPlan plan{
      .id = "T8",
      .title = "Routing and feedback",
      .clock = "a referral counts in the period in which it was made",
      .tables = {{{"T8"}},
                 {{"T8.referrals", "T8.accepted", "T8.declined", "T8.ack_in_due", "T8.response", "T8.feedback", "T8.outcome"}, {"recipient_class"}},
                 {{"T8.referrals", "T8.accepted", "T8.ack_in_due", "T8.feedback"}, {"country"}},
                 {{"T8.referrals", "T8.ack_in_due", "T8.response"}, {"priority"}}},
      .sums = {{"T8.standings", "T8.referrals", {"T8.on_its_way", "T8.delivered", "T8.lapsed", "T8.accepted", "T8.declined", "T8.transferred", "T8.revoked"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
