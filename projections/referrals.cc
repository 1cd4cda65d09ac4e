#include "projections/referrals.h"

#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/referral_row.h"

namespace caseledger::projections {

namespace {

using namespace schema;

void make(ReferralCell& referral, const ReferralMade& body, Micros at) {
  referral.at = at;
  referral.ack_due = body.ack_due_at().value_or(0);
  referral.recipient_class = body.recipient_class();
  referral.priority = body.priority();
  referral.designation = body.designation();
  referral.country = text_of(body.country());
}

void respond(ReferralCell& referral, const ReferralResponded& body) {
  if (referral.first_response == 0) referral.first_response = body.responded_at();
  referral.response = body.response();
  if (body.response() == ReferralResponse::declined) referral.decline_reason = text_of(body.reason_code());
}

void hear_back(ReferralCell& referral, const ReferralFeedbackReceived& body, Micros at) {
  if (referral.first_feedback == 0) referral.first_feedback = at;
  referral.status = body.case_status();
  referral.closed_for = body.case_status() == FeedbackStatus::closed ? body.closed_reason().value_or(FeedbackClosedReason::unset) : FeedbackClosedReason::unset;
  if (body.info_useful() && *body.info_useful() != Tri::unknown) {
    referral.useful_stated = true;
    referral.useful = *body.info_useful() == Tri::yes;
    referral.not_useful_for = referral.useful ? NotUsefulReason::unset : body.not_useful_reason().value_or(NotUsefulReason::unset);
  }
}

class Referrals final : public Projection {
 public:
  std::string_view id() const override { return "referrals"; }

  bool wants(Body type) const override {
    return is_among(type, {Body::ReferralMade, Body::ReferralDelivered, Body::ReferralResponded, Body::ReferralRevoked, Body::ReferralFeedbackReceived});
  }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    if (state.empty() && event.type != Body::ReferralMade) return;
    const Micros at = moment_of(event).at;
    auto referral = unpacked<ReferralCell>(state);
    on<ReferralMade>(event, [&](const auto& body) { make(referral, body, at); });
    on<ReferralDelivered>(event, [&](const auto& body) { referral.delivered = body.delivered_at(); });
    on<ReferralResponded>(event, [&](const auto& body) { respond(referral, body); });
    on<ReferralRevoked>(event, [&](const auto&) { referral.revoked = at; });
    on<ReferralFeedbackReceived>(event, [&](const auto& body) { hear_back(referral, body, at); });
    state = packed(referral);
  }

  void contribute(std::string_view state, const Share& add) const override {
    add(cell_key(unpacked<ReferralCell>(state)), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return referral_figures(cells, query); }
};

}  // namespace

const Projection& referrals() {
  static const Referrals projection;
  return projection;
}

}  // namespace caseledger::projections
