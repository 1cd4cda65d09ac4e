// One referral as its events leave it, which is the state of its stream and the key of its cell alike, and the figures of many.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

struct ReferralCell {
  static constexpr char sort = 'r';
  Micros at = 0;  // made
  Micros ack_due = 0, delivered = 0, first_response = 0, revoked = 0, first_feedback = 0;  // 0: none (yet)
  schema::RecipientClass recipient_class = schema::RecipientClass::unset;
  schema::Priority priority = schema::Priority::unset;
  schema::Designation designation = schema::Designation::unset;
  schema::ReferralResponse response = schema::ReferralResponse::unset;  // the last
  // Of the last feedback, or the last that said.
  schema::FeedbackStatus status = schema::FeedbackStatus::unset;
  schema::FeedbackClosedReason closed_for = schema::FeedbackClosedReason::unset;
  schema::NotUsefulReason not_useful_for = schema::NotUsefulReason::unset;
  bool useful_stated = false, useful = false;
  std::string country, decline_reason;
};

std::vector<Figure> referral_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
