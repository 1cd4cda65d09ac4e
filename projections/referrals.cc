#include "projections/referrals.h"

#include <boost/container/static_vector.hpp>

#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/referral_row.h"

namespace caseledger::projections {

namespace {

using namespace schema;

void make(Referral& referral, const ReferralMade& body, Micros at) {
  referral.at = at;
  referral.ack_due = body.ack_due_at().value_or(0);
  referral.recipient_class = body.recipient_class();
  referral.priority = body.priority();
  referral.designation = body.designation();
  referral.country = text_of(body.country());
}

void respond(Referral& referral, const ReferralResponded& body) {
  if (referral.first_response == 0) referral.first_response = body.responded_at();
  referral.response = body.response();
  if (body.response() == ReferralResponse::declined) referral.decline_reason = text_of(body.reason_code());
}

void hear_back(Referral& referral, const ReferralFeedbackReceived& body, Micros at) {
  if (referral.first_feedback == 0) referral.first_feedback = at;
  referral.status = body.case_status();
  referral.closed_for = body.case_status() == FeedbackStatus::closed ? body.closed_reason().value_or(FeedbackClosedReason::unset) : FeedbackClosedReason::unset;
  if (body.info_useful() && *body.info_useful() != Tri::unknown) {
    referral.useful_stated = true;
    referral.useful = *body.info_useful() == Tri::yes;
    referral.not_useful_for = referral.useful ? NotUsefulReason::unset : body.not_useful_reason().value_or(NotUsefulReason::unset);
  }
}

// Where it stands, and whether it was acknowledged in time. What was taken back unanswered before it was due is neither in time nor late.
template <class Count>
void count_standing(const Referral& r, Day made, Count count) {
  const bool answered = r.first_response != 0;
  if (r.revoked != 0) count(ReferralCount::revoked);
  else if (answered && r.response != ReferralResponse::unset) count(ReferralCount::responses, static_cast<Slot>(r.response));
  else if (r.ack_due == 0 || answered) count(ReferralCount::unanswered, r.delivered != 0);
  else count(r.delivered != 0 ? ReferralCount::delivered_until : ReferralCount::undelivered_until, quarters_until(made, r.ack_due));
  if (r.ack_due == 0) return;
  if (answered) count(r.first_response <= r.ack_due ? ReferralCount::answered_in_due : ReferralCount::answered);
  else if (r.revoked > r.ack_due) count(ReferralCount::revoked_past_due);
}

template <class Count>
void count_feedback(const Referral& r, Count count) {
  count(ReferralCount::heard);
  count(ReferralCount::statuses, static_cast<Slot>(r.status));
  if (r.status == FeedbackStatus::closed) count(ReferralCount::closed_for, static_cast<Slot>(r.closed_for));
  if (r.useful_stated) count(ReferralCount::useful_stated);
  if (r.useful) count(ReferralCount::useful);
  if (r.not_useful_for == NotUsefulReason::stale) count(ReferralCount::stale);
  if (r.designation != Designation::referral) return;
  count(ReferralCount::referred_heard);
  if (r.closed_for == FeedbackClosedReason::no_crime || r.closed_for == FeedbackClosedReason::false_report) count(ReferralCount::reversed);
}

void train(std::string& state, const EventView& event) {
  if (!state.empty() && !is_of(state, StreamKind::partner)) return;
  auto trainings = unpacked<Trainings>(state);
  trainings.held.push_back({.held = day_of(moment_of(event).at), .country = std::string(text_of(event.body<TrainingDelivered>().country()))});
  pack(state, trainings);
}

class Referrals final : public Projection {
 public:
  std::string_view id() const override { return "referrals"; }
  unsigned version() const override { return 2; }

  bool wants(Body type) const override {
    return is_among(type, {Body::ReferralMade, Body::ReferralDelivered, Body::ReferralResponded, Body::ReferralRevoked, Body::ReferralFeedbackReceived,
                           Body::TrainingDelivered});
  }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    if (event.type == Body::TrainingDelivered) return train(state, event);
    if (is_of(state, StreamKind::partner) || (state.empty() && event.type != Body::ReferralMade)) return;
    const Micros at = moment_of(event).at;
    auto referral = unpacked<Referral>(state);
    on<ReferralMade>(event, [&](const auto& body) { make(referral, body, at); });
    on<ReferralDelivered>(event, [&](const auto& body) { referral.delivered = body.delivered_at(); });
    on<ReferralResponded>(event, [&](const auto& body) { respond(referral, body); });
    on<ReferralRevoked>(event, [&](const auto&) { referral.revoked = at; });
    on<ReferralFeedbackReceived>(event, [&](const auto& body) { hear_back(referral, body, at); });
    pack(state, referral);
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (is_of(state, StreamKind::partner)) {
      for (const TrainingCell& each : unpacked<Trainings>(state).held) add(cell_key(each), 1);
      return;
    }
    const auto referral = unpacked<Referral>(state);
    const ReferralCell cell{day_of(referral.at), referral.recipient_class, referral.priority, referral.country};
    boost::container::static_vector<Number, 20> numbers;
    const auto count = [&](ReferralCount what, std::uint32_t which = 0) { numbers.push_back({static_cast<Slot>(what) + which, 1}); };
    count(ReferralCount::referrals);
    count(ReferralCount::delivery, wait_slot(referral.at, referral.delivered, referral.revoked));
    count(ReferralCount::response, wait_slot(referral.at, referral.first_response, referral.revoked));
    count_standing(referral, cell.made, count);
    if (referral.first_feedback != 0) count_feedback(referral, count);
    add(cell_key(cell), numbers);
    if (referral.revoked == 0 && referral.response == ReferralResponse::declined) add(cell_key(ReasonCell{cell, referral.decline_reason}), 1);
  }

  bool joins(std::string_view cell) const override { return cell[0] == TrainingCell::sort; }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return referral_figures(cells, query); }
};

}  // namespace

const Projection& referrals() {
  static const Referrals projection;
  return projection;
}

}  // namespace caseledger::projections
