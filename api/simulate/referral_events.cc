#include <algorithm>

#include "api/simulate/referrals.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

constexpr RecipientClass classes[] = {RecipientClass::icac, RecipientClass::local, RecipientClass::federal, RecipientClass::international};
constexpr std::string_view prefixes[] = {"icac-", "police-", "federal-", "police-"};

// Assumed: by class, how many of a thousand recipients of actionable referrals answer, and within how many hours.
constexpr unsigned answer_permille[] = {820, 700, 600, 280};
constexpr unsigned informational_answer_permille = 60;
constexpr Quantile answer_hours[] = {{0, 1}, {500, 60}, {900, 480}, {1000, 1'400}};
constexpr Quantile feedback_hours[] = {{0, 48}, {500, 1'100}, {900, 3'200}, {1000, 5'000}};

// The form's questions follow from its first answer.
flatbuffers::Offset<ReferralFeedbackReceived> feedback(flatbuffers::FlatBufferBuilder& fbb, Chance& chance) {
  static constexpr std::uint32_t status_weights[] = {30, 110, 420, 180, 260}, closed_weights[] = {18, 20, 8, 22, 5, 10, 3, 6, 1, 7};
  const auto status = static_cast<FeedbackStatus>(1 + chance.weighted(status_weights));
  const auto closed = static_cast<FeedbackClosedReason>(1 + chance.weighted(closed_weights));
  const std::uint64_t luck = chance.next();
  const bool useful = luck % 8 != 0;
  ReferralFeedbackReceivedBuilder body(fbb);
  body.add_case_status(status);
  if (status == FeedbackStatus::arrest || status == FeedbackStatus::conviction) {
    body.add_victim_identified(luck >> 8 & 1 ? Tri::yes : Tri::no);
    if ((luck >> 9) % 16 == 0) body.add_additional_victims(static_cast<std::uint16_t>(1 + (luck >> 16) % 5));
  }
  if (status == FeedbackStatus::closed) {
    body.add_closed_reason(closed);
    body.add_self_production((luck >> 24) % 4 == 0 ? Tri::yes : Tri::no);
  }
  body.add_info_useful(useful ? Tri::yes : Tri::no);
  if (!useful) body.add_not_useful_reason(static_cast<NotUsefulReason>(1 + (luck >> 32) % 3));
  return body.Finish();
}

}  // namespace

ReferralCourse published_course(const Referral& referral, Micros received_at, Micros at_latest) {
  const auto within = [&](Micros after) { return std::min(received_at + after, at_latest); };
  ReferralCourse course{.made_at = within(hour_us)};
  if (!referral.answered) return course;
  course.delivered_at = within(2 * hour_us);
  course.responded_at = within(2 * day_us);
  course.feedback_at = within(60 * day_us);
  course.response = ReferralResponse::accepted;
  return course;
}

ReferralCourse likely_course(const Referral& referral, Micros made_at, Chance& chance) {
  ReferralCourse course{.made_at = made_at};
  if (!referral.answered && chance.below(2'000) == 0) {
    course.revoked_at = made_at + chance.between(1, 48) * hour_us;
    return course;
  }
  course.delivered_at = made_at + chance.between(1, 90) * minute_us;
  const unsigned permille = referral.detail == actionable ? answer_permille[referral.recipient] : informational_answer_permille;
  if (!referral.answered && !chance.permille(permille)) return course;
  course.responded_at = course.delivered_at + draw(answer_hours, chance) * hour_us;
  static constexpr std::uint32_t weights[] = {860, 90, 50};
  course.response = static_cast<ReferralResponse>(1 + (referral.answered ? 0 : chance.weighted(weights)));
  if (referral.answered) course.feedback_at = course.responded_at + draw(feedback_hours, chance) * hour_us;
  return course;
}

void write_referral(const Reports& reports, const Report& report, const Referral& referral, const ReferralCourse& course, const ReferralTerms& terms,
                    std::uint64_t seed, EventWriter& writer, Group& out) {
  Chance chance(seed, Draw::referral, referral.number);
  const bool abroad = referral.recipient == recipient_classes - 1;
  const std::string place = abroad ? std::string(reports.country_abroad(report)) : reports.jurisdiction(report);
  const bool in_a_state = !abroad && place.size() > 2;
  const std::string unit = abroad || referral.recipient == 2 || !in_a_state ? numbered("", chance.below(abroad ? 3 : 40), 2)
                                                                            : ori(states()[report.state], chance.below(400));
  const std::string recipient = std::string(prefixes[referral.recipient]) + (abroad ? place + '-' : "") + unit;
  Envelope envelope{.kind = StreamKind::referral, .stream = chance.uuid(course.made_at), .operator_code = "router", .purpose = "exploitation",
                    .handling = Handling::law_enforcement};
  envelope.system = "router 2";
  envelope.jurisdiction = place;
  Pen pen(writer, out, envelope, chance);

  const Ref item = ref_to(report.stream, 0);
  const auto org = pen.text(recipient), country = pen.text(abroad ? place : "US");
  const auto state = in_a_state && referral.recipient < 2 ? pen.text(place) : TextOffset();
  const auto purpose = pen.text("exploitation"), basis = pen.text("18-USC-2258A-c");
  ReferralMadeBuilder body(pen.fbb());
  body.add_item_ref(&item);
  body.add_recipient_org(org);
  body.add_recipient_class(classes[referral.recipient]);
  body.add_country(country);
  body.add_state(state);
  body.add_designation(referral.detail == actionable ? Designation::referral : Designation::informational);
  body.add_purpose(purpose);
  body.add_legal_basis(basis);
  body.add_consent(ReferralConsent::not_required);
  if (terms.ack_due_at != 0) body.add_ack_due_at(terms.ack_due_at);
  body.add_priority(terms.priority);
  pen.write(course.made_at, body.Finish());

  if (course.delivered_at != 0 && course.delivered_at <= reports.last_moment()) {
    pen.write(course.delivered_at, CreateReferralDelivered(pen.fbb(), pen.text("le_portal"), course.delivered_at));
  }
  pen.envelope.operator_code = "desk-le";
  pen.envelope.system = {};
  if (course.revoked_at != 0 && course.revoked_at <= reports.last_moment()) pen.write(course.revoked_at, CreateReferralRevoked(pen.fbb(), pen.text("sent_in_error")));
  if (course.responded_at == 0 || course.responded_at > reports.last_moment()) return;
  const auto reason = course.response == ReferralResponse::declined ? pen.text("outside_jurisdiction") : TextOffset();
  pen.write(course.responded_at, CreateReferralResponded(pen.fbb(), course.response, reason, course.responded_at));
  if (course.feedback_at == 0 || course.feedback_at > reports.last_moment()) return;
  pen.envelope.handling = Handling::child_sensitive;
  pen.write(course.feedback_at, feedback(pen.fbb(), pen.chance));
}

}  // namespace caseledger::api::simulate
