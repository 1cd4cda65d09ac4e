// What becomes of referrals, requests abroad and training, by hand.
#include "projections/contributors.h"
#include "projections/cross_border.h"
#include "projections/referrals.h"
#include "tests/support/figures.h"
#include "tests/support/stories_triage.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using namespace schema;

namespace {

constexpr Micros t0 = new_year_2024;

std::string said(const Log& log, const FigureQuery& query, std::string_view id, std::string_view group = {}, const Projection& of = referrals()) {
  return said_by(named(figures_then(of, log, query), id, group));
}
std::string micros(Micros time) { return std::to_string(time); }

// One referral in each standing, all made at t0 and due after two days.
Log seven_referrals() {
  Log log;
  const Made made{.ack_due = t0 + 2 * day};
  Referral(log, stream(1), at(t0), {.to = RecipientClass::international, .country = "FR", .ack_due = t0 + 9 * day});
  Referral(log, stream(2), at(t0), {.country = "FR"}).delivered(at(t0 + hour));
  Referral(log, stream(3), at(t0), made).delivered(at(t0 + 2 * hour));
  const auto answered = [&](unsigned number, ReferralResponse response, Micros after) {
    Referral one(log, stream(number), at(t0), made);
    one.delivered(at(t0 + 3 * hour));
    one.responded(response, at(t0 + after), response == ReferralResponse::declined ? "no_capacity" : "");
    return one;
  };
  answered(4, ReferralResponse::accepted, day);
  answered(5, ReferralResponse::declined, 3 * day);
  answered(6, ReferralResponse::transferred, day);
  Referral(log, stream(7), at(t0), made).revoked(at(t0 + day));
  return log;
}

}  // namespace

TEST_CASE("every referral stands in one place, and a due time that passes makes it lapse", "[referrals]") {
  const Log log = seven_referrals();
  const auto now = as_of(t0 + 5 * day);
  CHECK(said(log, now, "T8.referrals") == "7/- = 7");
  for (const char* place : {"on_its_way", "delivered", "lapsed", "accepted", "declined", "transferred", "revoked"})
    CHECK(said(log, now, std::string("T8.") + place).starts_with("1/7 = 0.142857"));
  // On the second day nothing had lapsed, and the one declined later still waited.
  CHECK(said(log, as_of(t0 + 2 * day), "T8.lapsed").starts_with("0/7 = "));
  CHECK(said(log, as_of(t0 + 2 * day), "T8.delivered").starts_with("3/7 = "));
  CHECK(said(log, as_of(t0 + 2 * day + 1), "T8.lapsed").starts_with("2/7 = "));
  CHECK(said(log, as_of(t0 + 10 * day), "T8.on_its_way").starts_with("0/7 = "));
  CHECK(said(log, now, "T8.declined_for") == "1/- = 1");
  CHECK(said(log, as_of(t0 + 5 * day, {"reason"}), "T8.declined_for", "no_capacity") == "no_capacity: 1/- = 1");
}

TEST_CASE("acknowledged in time: of those that answered or are overdue", "[referrals]") {
  const Log log = seven_referrals();
  CHECK(said(log, as_of(t0 + 5 * day), "T8.ack_in_due").starts_with("2/4 = "));
  CHECK(said(log, as_of(t0 + 12 * day), "T8.ack_in_due").starts_with("2/5 = "));
  CHECK(said(log, as_of(t0 + day), "T8.ack_in_due").starts_with("2/2 = "));
}

TEST_CASE("time to the first answer counts what still waits for one", "[referrals]") {
  const Log log = seven_referrals();
  // Answers after 1, 1 and 3 days; one revoked after 1, three wait. S(1 d) = 5/7; S(3 d) = 5/7 · 3/4 = 15/28.
  CHECK(said(log, as_of(t0 + 5 * day), "T8.response.p50") == "3/7 = - not_reached");
  // Delivered after 1, 2, 3, 3 and 3 hours, one on its way and one revoked: S(3 h) = 2/7.
  CHECK(said(log, as_of(t0 + 5 * day), "T8.delivery.p50") == "5/7 = " + micros(3 * hour));
  CHECK(said(log, as_of(t0 + 5 * day), "T8.delivery.p90") == "5/7 = - not_reached");
}

TEST_CASE("feedback, what it says, and what it reverses", "[referrals]") {
  Log log;
  const auto accepted = [&](unsigned number, Micros made, const Made& how = {}) {
    Referral one(log, stream(number), at(made), how);
    one.delivered(at(made + hour));
    one.responded(ReferralResponse::accepted, at(made + 2 * hour));
    return one;
  };
  accepted(1, t0).feedback(FeedbackStatus::closed, at(t0 + 20 * day), Tri::yes, FeedbackClosedReason::no_crime);
  Referral two = accepted(2, t0);
  two.feedback(FeedbackStatus::ongoing, at(t0 + 20 * day), Tri::no);
  two.feedback(FeedbackStatus::arrest, at(t0 + 30 * day), Tri::unknown);
  accepted(3, t0);
  accepted(4, t0 + 100 * day).feedback(FeedbackStatus::conviction, at(t0 + 120 * day), Tri::yes);
  accepted(5, t0, {.designation = Designation::informational}).feedback(FeedbackStatus::closed, at(t0 + 20 * day), {}, FeedbackClosedReason::false_report);
  const auto now = as_of(t0 + 180 * day);
  CHECK(said(log, now, "T8.feedback").starts_with("3/4 = "));  // number 4 is too young
  CHECK(said(log, as_of(t0 + 180 * day - 1), "T8.feedback") == "0/0 = - no_data");
  CHECK(said(log, now, "T8.outcome.closed").starts_with("2/4 = "));
  CHECK(said(log, now, "T8.outcome.ongoing").starts_with("0/4 = "));
  CHECK(said(log, now, "T8.outcome.arrest").starts_with("1/4 = "));
  CHECK(said(log, now, "T8.useful").starts_with("2/3 = "));
  CHECK(said(log, now, "T8.stale").starts_with("1/3 = "));
  CHECK(said(log, as_of(t0 + 180 * day, {"reason"}), "T8.closed_for", "no_crime") == "no_crime: 1/- = 1");
  CHECK(said(log, now, "T3.reversal").starts_with("1/3 = "));
}

TEST_CASE("countries share all referrals among them", "[referrals]") {
  const Log log = seven_referrals();
  const auto by_country = as_of(t0 + 5 * day, {"country"});
  CHECK(said(log, by_country, "T9.share", "FR").starts_with("FR: 2/7 = "));
  CHECK(said(log, by_country, "T9.share", "US").starts_with("US: 5/7 = "));
  CHECK(said(log, by_country, "T9.international", "FR").starts_with("FR: 1/2 = "));
  CHECK(said(log, as_of(t0 + 5 * day, {"recipient_class"}), "T8.referrals", "icac") == "icac: 6/- = 6");
  CHECK(said(log, in_period(t0 + 1, t0 + day, t0 + day), "T8.referrals") == "0/- = 0 whole_days");
}

TEST_CASE("requests abroad: from sending to the first sign and to the answer", "[referrals]") {
  Log log;
  const StreamId partner = stream(1);
  for (unsigned i = 1; i <= 4; ++i) intl(log, partner, i, IntlAction::sent, at(t0), i == 4 ? "MX" : "FR", i == 4 ? Instrument::hague_1980 : Instrument::mlat);
  intl(log, partner, 1, IntlAction::acknowledged, at(t0 + 2 * day));
  intl(log, partner, 1, IntlAction::answered, at(t0 + 10 * day));
  intl(log, partner, 2, IntlAction::refused, at(t0 + 4 * day));
  intl(log, partner, 3, IntlAction::expired, at(t0 + 5 * day));
  const auto now = as_of(t0 + 30 * day);
  const auto told = [&](const FigureQuery& query, std::string_view id, std::string_view group = {}) { return said(log, query, id, group, cross_border()); };
  CHECK(told(now, "T9.requests") == "4/- = 4");
  CHECK(told(now, "T9.acknowledged").starts_with("2/4 = "));
  CHECK(told(now, "T9.answered").starts_with("1/4 = "));
  CHECK(told(now, "T9.refused").starts_with("1/4 = "));
  CHECK(told(now, "T9.expired").starts_with("1/4 = "));
  CHECK(told(now, "T9.acknowledgement.p50") == "2/4 = " + micros(4 * day));  // S(2 d) = 3/4, S(4 d) = 1/2
  CHECK(told(now, "T9.answer.p50") == "1/4 = " + micros(10 * day));          // two gone before: S(10 d) = 1/2
  CHECK(told(as_of(t0 + 3 * day), "T9.refused").starts_with("0/4 = "));
  CHECK(told(as_of(t0 + 30 * day, {"instrument"}), "T9.requests", "hague_1980") == "hague_1980: 1/- = 1");
  CHECK(told(as_of(t0 + 30 * day, {"country"}), "T9.answered", "MX").starts_with("MX: 0/1 = "));
}

TEST_CASE("training: sessions, participants, and what assessments say before and after", "[referrals]") {
  Log log;
  trained(log, stream(1), at(t0), {.sessions = 2, .participants = 10, .minutes = 120, .before = 40, .after = 70});
  trained(log, stream(1), at(t0 + day), {.country = "MX", .sessions = 1, .participants = 30, .minutes = 45, .before = 60, .after = 80});
  trained(log, stream(2), at(t0 + day), {.programme = "other", .sessions = 1, .participants = 7, .minutes = 30, .before = 90});
  const auto told = [&](const FigureQuery& query, std::string_view id, std::string_view group = {}) { return said(log, query, id, group, training()); };
  const auto now = as_of(t0 + 30 * day);
  CHECK(told(now, "T9.training") == "3/- = 3");
  CHECK(told(now, "T9.training.sessions") == "4/- = 4");
  CHECK(told(now, "T9.training.participants") == "47/- = 47");
  CHECK(told(now, "T9.training.minutes") == "195/- = 195");
  CHECK(told(now, "T9.training.before") == "2200/40 = 55.000000");
  CHECK(told(now, "T9.training.after") == "3100/40 = 77.500000");
  CHECK(told(as_of(t0 + 30 * day, {"country"}), "T9.training.participants", "FR") == "FR: 17/- = 17");
  CHECK(told(as_of(t0 + 30 * day, {"programme"}), "T9.training.before", "other") == "other: 0/0 = - no_data");
}

TEST_CASE("in a country that was trained, acknowledgements before the first training stand beside those after it", "[referrals]") {
  Log log;
  const auto referred = [&](unsigned number, const char* country, Micros made, bool in_time) {
    Referral one(log, stream(number), at(made), {.to = RecipientClass::international, .country = country, .ack_due = made + 2 * day});
    one.delivered(at(made + hour));
    one.responded(ReferralResponse::accepted, at(made + (in_time ? 1 : 3) * day), "");
  };
  const auto trained = [&](unsigned number, Micros held) {
    log.append<TrainingDelivered>(StreamKind::partner, stream(number), at(held), [](auto& builder) { return CreateTrainingDeliveredDirect(builder, "p", "police-1", "KE", 1, 10, 60); });
  };
  referred(1, "KE", t0, false);
  referred(2, "KE", t0 + day, true);
  referred(3, "KE", t0 + 2 * day, false);
  referred(4, "FR", t0, true);
  trained(20, t0 + 10 * day);
  referred(5, "KE", t0 + 10 * day + hour, true);  // on the day itself
  referred(6, "KE", t0 + 11 * day, true);
  referred(7, "KE", t0 + 12 * day, true);
  trained(21, t0 + 20 * day);                      // again
  const auto all = figures(referrals(), log, as_of(t0 + 30 * day));
  CHECK(said_by(named(all, "T9.trained.before")).starts_with("KE: 1/3 = 0.333333"));
  CHECK(said_by(named(all, "T9.trained.after")).starts_with("KE: 2/2 = 1.000000"));
  CHECK(std::ranges::count(all, "T9.trained.after", &Figure::id) == 1);  // nobody was trained in France
  CHECK(named(all, "T9.trained.after").definition == 2);
  Folds folds;  // of each referral alone, when the first training was is known all the same
  for (const Fact& fact : log.facts()) REQUIRE(folds.apply(fact));
  folds.settle();
  const auto found = contributors(folds, "T9.trained.after", as_of(t0 + 30 * day), {}, 100);
  REQUIRE(found);
  REQUIRE(found->first.size() == 2);
  CHECK(found->first[0].stream == stream(6));
  CHECK(found->first[1].stream == stream(7));
}
