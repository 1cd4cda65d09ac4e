// One referral as its events leave it, the cells it counts in, and the figures of many.
#pragma once

#include "projections/days.h"
#include "projections/projection.h"

namespace caseledger::projections {

struct Referral {
  StreamKind kind = StreamKind::referral;
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

// Referrals that are alike and were made on one day.
struct ReferralCell {
  static constexpr char sort = 'r';
  Day made = 0;
  schema::RecipientClass recipient_class = schema::RecipientClass::unset;
  schema::Priority priority = schema::Priority::unset;
  std::string country;
};

// What is counted of them, each in its slot. Whoever has answered, or was taken back, does not lapse; of the others it depends on the as-of.
enum class ReferralCount : Slot {
  referrals, answered, answered_in_due, revoked_past_due, revoked,
  heard, useful_stated, useful, stale, reversed, referred_heard,
  responses = 16,                 // and one for each last response of those that stand by it
  statuses = 32,                  // and one for each status of those with feedback
  closed_for = 64,                // and one for each reason of those closed
  unanswered = 128,               // without a due time: undelivered, delivered
  delivery = 1 * wait_slots,
  response = 2 * wait_slots,
  undelivered_until = 1u << 30,   // unanswered: and one for each quarter of an hour until which it has not lapsed
  delivered_until = 1u << 31
};

// Of those declined, by the reason, which is a code of the recipient.
struct ReasonCell {
  static constexpr char sort = 'd';
  ReferralCell of;
  std::string reason;
};

// A training held in a country: before and after it, referrals to there are compared.
struct TrainingCell {
  static constexpr char sort = 't';
  Day held = 0;
  std::string country;
};

// A partner's stream, of which the trainings are kept. Its state begins with its kind, as a referral's does.
struct Trainings {
  StreamKind kind = StreamKind::partner;
  std::vector<TrainingCell> held;
};

std::vector<Figure> referral_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
