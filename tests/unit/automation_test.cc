// Who decides in triage and who overrides whom, and who asks to be put first, by hand.
#include "projections/automation.h"
#include "projections/expedited.h"
#include "tests/support/figures.h"
#include "tests/support/stories_triage.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using namespace schema;

namespace {

constexpr Micros t0 = new_year_2024;

std::string said(const Log& log, std::string_view id, std::vector<std::string> by = {}, std::string_view group = {}) {
  return said_by(named(figures(automation(), log, as_of(log.clock(), std::move(by))), id, group));
}

Triaged received(Log& log, unsigned number) { return Triaged::report(log, stream(number), at(t0)); }

}  // namespace

TEST_CASE("decisions by rule, model, person and assertion", "[automation]") {
  Log log;
  Triaged one = received(log, 1);
  one.designated(Designation::referral, DesignationBasis::rule, at(t0));
  one.prioritised(Priority::P1, at(t0), 0, PriorityBasis::model);
  one.prioritised(Priority::P0, at(t0), 0, PriorityBasis::imminent_danger);
  one.designated(Designation::informational, DesignationBasis::human, at(t0));
  CHECK(said(log, "T3.decisions") == "4/- = 4");
  for (const char* basis : {"rule", "model", "human", "assertion"}) CHECK(said(log, std::string("T3.basis.") + basis).starts_with("1/4 = 0.250000"));
  CHECK(said(log, "T3.decisions", {"decision"}, "designation") == "designation: 2/- = 2");
  CHECK(said(log, "T3.basis.model", {"decision"}, "priority").starts_with("priority: 1/2 = "));
  CHECK(said(log, "T3.decisions", {"policy"}).starts_with("018c0200-0000-7000-8000-000000000384/1: 4/- = "));
}

TEST_CASE("a model's decision is opaque unless the score before it can be computed again", "[automation]") {
  Log log;
  Triaged one = received(log, 1), two = received(log, 2), three = received(log, 3);
  one.scored(at(t0), false);
  one.scored(at(t0), true);
  one.designated(Designation::referral, DesignationBasis::model, at(t0));
  two.scored(at(t0), false);
  two.designated(Designation::referral, DesignationBasis::model, at(t0));
  two.prioritised(Priority::P1, at(t0), 0, PriorityBasis::rule);
  three.designated(Designation::referral, DesignationBasis::model, at(t0));  // no score at all
  CHECK(said(log, "T3.opaque").starts_with("2/4 = "));
  CHECK(said(log, "T3.scores") == "3/- = 3");
  CHECK(said(log, "T3.scores.recomputable").starts_with("1/3 = "));
}

TEST_CASE("overrides of automated decisions, of all and of those a person has looked at", "[automation]") {
  Log log;
  Triaged one = received(log, 1), two = received(log, 2), three = received(log, 3), four = received(log, 4);
  const Version first = one.prioritised(Priority::P3, at(t0), 0, PriorityBasis::model);
  one.overridden(first, Priority::P0, OverrideDirection::up, at(t0 + hour), "called_in");
  one.overridden(first, Priority::P1, OverrideDirection::down, at(t0 + 2 * hour), "calmer");  // the same decision again
  two.designated(Designation::informational, DesignationBasis::rule, at(t0));
  two.reviewed(Designation::informational, at(t0 + hour));
  three.designated(Designation::informational, DesignationBasis::rule, at(t0));
  const Version by_hand = four.designated(Designation::informational, DesignationBasis::human, at(t0));
  four.overridden(by_hand, Designation::referral, OverrideDirection::up, at(t0 + hour));
  CHECK(said(log, "T3.override_rate").starts_with("1/3 = "));
  CHECK(said(log, "T3.override_rate.looked_at").starts_with("1/2 = "));
  CHECK(said(log, "T3.overrides") == "3/- = 3");
  CHECK(said(log, "T3.overrides.up").starts_with("2/3 = "));
  CHECK(said(log, "T3.overrides.down").starts_with("1/3 = "));
  CHECK(said(log, "T3.overrides", {"reason"}, "calmer") == "calmer: 1/- = 1");
  // The designations of two, three and four stand; only three's was never seen by anyone.
  CHECK(said(log, "T3.solely").starts_with("1/3 = "));
  three.designated(Designation::unfounded, DesignationBasis::human, at(t0 + day));
  CHECK(said(log, "T3.solely").starts_with("0/3 = "));
}

TEST_CASE("a review looks only at the decisions before it", "[automation]") {
  Log log;
  Triaged one = received(log, 1);
  one.reviewed(Designation::referral, at(t0));
  one.prioritised(Priority::P3, at(t0 + hour), 0, PriorityBasis::model);
  CHECK(said(log, "T3.override_rate").starts_with("0/1 = "));
  CHECK(said(log, "T3.override_rate.looked_at") == "0/0 = - no_data");
}

TEST_CASE("reviews by people, and whether they viewed the content", "[automation]") {
  Log log;
  Triaged one = received(log, 1);
  one.reviewed(Designation::referral, at(t0), "a", ContentViewed::yes);
  one.reviewed(Designation::referral, at(t0), "a", ContentViewed::no);
  one.reviewed(Designation::referral, at(t0), "a", ContentViewed::na);
  one.reviewed(Designation::referral, at(t0), "m", ContentViewed::yes, false);
  CHECK(said(log, "T3.reviews") == "4/- = 4");
  CHECK(said(log, "T3.reviews.human").starts_with("3/4 = "));
  CHECK(said(log, "T3.reviews.content_viewed").starts_with("1/2 = "));
  CHECK(said(log, "T3.kappa") == "0/0 = - no_data");  // nobody but a has looked
}

TEST_CASE("kappa takes off the agreement that chance would give", "[automation]") {
  // Fifty proposals read by two: both for 20, both against 15, only the first 5, only the second 10. Observed 0.7, by chance 0.5: 0.4.
  Log log;
  unsigned number = 0;
  const auto twice = [&](unsigned times, Designation one, Designation other) {
    for (; times > 0; --times) {
      Triaged item = received(log, ++number);
      item.reviewed(one, at(t0), "a");
      item.reviewed(one, at(t0), "a");  // the same person again
      item.reviewed(other, at(t0), "b");
      item.reviewed(Designation::spam_test, at(t0), "c");
    }
  };
  twice(20, Designation::referral, Designation::referral);
  CHECK(said(log, "T3.kappa") == "20/20 = - not_defined");
  twice(15, Designation::informational, Designation::informational);
  twice(5, Designation::referral, Designation::informational);
  twice(10, Designation::informational, Designation::referral);
  CHECK(said(log, "T3.kappa") == "35/50 = 0.400000");
}

TEST_CASE("requests to be put first, by who asks, why and by which clause", "[automation]") {
  Log log;
  Triaged one = received(log, 1);
  one.expedited(ExpediteReason::abduction, RequesterClass::le, true, at(t0));
  one.expedited(ExpediteReason::media, RequesterClass::media, true, at(t0 + day));
  one.expedited(ExpediteReason::executive, RequesterClass::executive, false, at(t0 + day));
  const auto asked = [&](std::string_view id, const FigureQuery& query, std::string_view group = {}) { return said_by(named(figures(expedited(), log, query), id, group)); };
  const auto now = as_of(log.clock());
  CHECK(asked("T4.requests", now) == "3/- = 3");
  CHECK(asked("T4.granted", now).starts_with("2/3 = "));
  CHECK(asked("T4.non_policy", now).starts_with("1/2 = "));
  CHECK(asked("T4.granted", as_of(log.clock(), {"requester_class"}), "executive").starts_with("executive: 0/1 = "));
  CHECK(asked("T4.requests", as_of(log.clock(), {"reason"}), "abduction") == "abduction: 1/- = 1");
  CHECK(asked("T4.requests", as_of(log.clock(), {"clause"}), "4.2") == "4.2: 3/- = 3");
  CHECK(asked("T4.requests", in_period(t0, t0 + day, log.clock())) == "1/- = 1");
}
