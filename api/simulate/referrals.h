// One referral of a report, which is a stream of its own.
#pragma once

#include "api/simulate/reports.h"
#include "referral_generated.h"

namespace caseledger::api::simulate {

// When what happens to it; 0: never.
struct ReferralCourse {
  Micros made_at = 0, delivered_at = 0, responded_at = 0, revoked_at = 0, feedback_at = 0;
  schema::ReferralResponse response = schema::ReferralResponse::unset;
};
// Of which no more is told than is published: made, and whether law enforcement gave feedback on it.
ReferralCourse published_course(const Referral& referral, Micros received_at, Micros at_latest);
// As it may well go, within the year: assumed.
ReferralCourse likely_course(const Referral& referral, Micros made_at, Chance& chance);

struct ReferralTerms {
  schema::Priority priority = schema::Priority::unset;
  Micros ack_due_at = 0;  // 0: not agreed
};
void write_referral(const Reports& reports, const Report& report, const Referral& referral, const ReferralCourse& course, const ReferralTerms& terms,
                    std::uint64_t seed, EventWriter& writer, Group& out);

}  // namespace caseledger::api::simulate
