// What counts as an episode, and when it ends: the lives of cases in the recovery figures.
#include <catch2/catch.hpp>

#include "projections/recovery.h"
#include "tests/support/figures.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using enum schema::CloseReason;
using schema::CaseType;
using schema::ReopenReason;

namespace {

constexpr Micros t0 = new_year_2024, far_away = t0 + 3650 * day;

std::vector<Figure> figures(const Log& log, const FigureQuery& query) { return stories::figures(recovery(), log, query); }
std::string said(const Log& log, const FigureQuery& query, std::string_view id) { return said_by(named(figures(log, query), id)); }
std::string value(const Log& log, const FigureQuery& query, std::string_view id) { return named(figures(log, query), id).value.value_or("none"); }

// A case that opens at `start` and, if it is given, whose child is back at `end`.
Case simple(Log& log, unsigned number, Micros start, std::optional<Micros> end = {}, const Opening& opening = {}) {
  Case one(log, stream(number), opening, at(start));
  one.child(subject(number), at(start));
  if (end) one.recovered(subject(number), at(*end));
  return one;
}

}  // namespace

TEST_CASE("a case is what it was opened as, even when an import opens it again") {
  Log log;
  Case(log, stream(1), {.type = CaseType::EXPL}, at(t0));
  Case(log, stream(1), {.type = CaseType::ERU}, imported_at(t0 + day));
  CHECK(value(log, as_of(far_away), "R8") == "0");
  Case(log, stream(2), {.type = CaseType::ERU}, at(t0)).closed(withdrawn, at(t0 + hour));
  Case(log, stream(2), {.type = CaseType::EXPL}, imported_at(t0 + day));
  CHECK(value(log, as_of(t0 + 2 * day), "R8.oldest") == std::to_string(2 * day));
  CHECK(value(log, as_of(t0 + 2 * day), "R8.residual") == "0");
}

TEST_CASE("a case closes with the second, confirming event, or at once when it is imported") {
  Log log;
  Case one = simple(log, 1, t0);
  const Version proposed = one.closing(withdrawn, at(t0 + day, 1));
  CHECK(value(log, as_of(t0 + 5 * day), "R8") == "1");
  one.closing(withdrawn, at(t0 + 2 * day, 2));  // names nothing: another proposal
  CHECK(value(log, as_of(t0 + 5 * day), "R8") == "1");
  Said confirmed = at(t0 + 3 * day, 1);
  confirmed.names = proposed + 1;
  one.closing(withdrawn, confirmed);
  CHECK(value(log, as_of(t0 + 5 * day), "R8") == "0");
  CHECK(value(log, as_of(t0 + 5 * day), "R8.withdrawn") == "1");

  simple(log, 2, t0).closing(transferred, imported_at(t0 + day));
  CHECK(value(log, as_of(t0 + 5 * day), "R8") == "0");
  CHECK(value(log, as_of(t0 + 5 * day), "R8.transferred") == "1");
}

TEST_CASE("withdrawn, transferred and aged-out episodes stay in the cohort and are censored when closed") {
  Log log;
  simple(log, 1, t0).closed(withdrawn, at(t0 + 2 * day));
  simple(log, 2, t0).closed(transferred, at(t0 + 2 * day));
  simple(log, 3, t0).closed(aged_out_policy, at(t0 + 2 * day));
  simple(log, 4, t0, t0 + 7 * day);
  const auto all = figures(log, as_of(t0 + 30 * day));
  CHECK(said_by(named(all, "R1")).starts_with("1/4 = "));
  CHECK(named(all, "R4.7d.km").value == "1.000000");  // one at risk when it came back
  CHECK(named(all, "R4.72h.km").value == "0.000000");
  CHECK(said_by(named(all, "R4.7d.mature")).starts_with("1/4 = "));
  CHECK(named(all, "R8").value == "0");
  CHECK(named(all, "R8.closed_unresolved").value == "1");
}

TEST_CASE("unfounded, hoax and duplicate cases, merged ones and other types are no episodes") {
  Log log;
  simple(log, 1, t0).closed(unfounded, at(t0 + day));
  simple(log, 2, t0).closed(hoax, at(t0 + day));
  simple(log, 3, t0).closed(duplicate, at(t0 + day));
  simple(log, 4, t0).merged(stream(5), at(t0 + day));
  simple(log, 5, t0, t0 + day);  // what number 4 goes on in
  simple(log, 6, t0, t0 + day, {.type = CaseType::EXPL});
  simple(log, 7, t0, t0 + day, {.type = CaseType::ATTEMPT});
  const auto all = figures(log, as_of(far_away));
  CHECK(said_by(named(all, "R1")).starts_with("1/1 = "));
  CHECK(named(all, "R8.voided").value == "3");
  CHECK(named(all, "R8.merged").value == "1");
  CHECK(named(all, "R8.residual").value == "0");
}

TEST_CASE("a reopened case is missing again since its first start") {
  Log log;
  Case one = simple(log, 1, t0, t0 + day);
  CHECK(value(log, as_of(far_away), "R8") == "0");
  SECTION("when the close was an error") {
    const Version closed = one.closed(recovered, at(t0 + 2 * day));
    one.reopened(ReopenReason::erroneous_closure, closed, at(t0 + 3 * day));
  }
  SECTION("when the child is lost again before the close") { one.reopened(ReopenReason::lost_again, 3, at(t0 + 3 * day)); }
  CHECK(said(log, as_of(t0 + 4 * day), "R1").starts_with("0/1 = "));
  CHECK(value(log, as_of(t0 + 4 * day), "R8.oldest") == std::to_string(4 * day));
  CHECK(value(log, as_of(t0 + 4 * day), "R8.reopened") == "1");
  CHECK(value(log, as_of(t0 + 4 * day), "R8.residual") == "0");
  one.recovered(subject(1), at(t0 + 5 * day));
  CHECK(value(log, as_of(far_away), "R5") == std::to_string(5 * day));
  CHECK(value(log, as_of(far_away), "R8.recovered") == "2");
}

TEST_CASE("each missing child of a case is an episode") {
  Log log;
  Case one(log, stream(1), {}, at(t0));
  CHECK(value(log, as_of(far_away), "R8") == "1");  // nobody named yet
  one.child(subject(1), at(t0));
  CHECK(value(log, as_of(far_away), "R8") == "1");
  one.child(subject(2), at(t0 + hour));
  one.child(subject(2), at(t0 + hour));  // said twice
  one.child(subject(3), at(t0 + hour), schema::SubjectRole::companion);
  CHECK(value(log, as_of(far_away), "R8") == "2");
  one.recovered(subject(2), at(t0 + day));
  CHECK(said(log, as_of(far_away), "R1").starts_with("1/2 = "));
  SECTION("closing it leaves what was recovered recovered") {
    one.closed(transferred, at(t0 + 2 * day));
    CHECK(said(log, as_of(far_away), "R1").starts_with("1/2 = "));
    CHECK(value(log, as_of(far_away), "R8.transferred") == "1");
  }
  SECTION("all are back when the last is") {
    one.recovered(subject(1), at(t0 + 4 * day));
    CHECK(said(log, as_of(far_away), "R1").starts_with("2/2 = "));
    CHECK(value(log, as_of(far_away), "R5") == std::to_string(day));
  }
  SECTION("a reopening that names one's return makes that one missing") {
    one.recovered(subject(1), at(t0 + 4 * day));
    one.reopened(ReopenReason::lost_again, 7, at(t0 + 5 * day));
    CHECK(value(log, as_of(far_away), "R8") == "1");
    CHECK(value(log, as_of(far_away), "R8.reopened") == "1");
    CHECK(said(log, as_of(far_away), "R1").starts_with("1/2 = "));
    one.recovered(subject(1), at(t0 + 6 * day));
    CHECK(said(log, as_of(far_away), "R1").starts_with("2/2 = "));
    CHECK(value(log, as_of(far_away), "R8") == "0");
  }
  SECTION("a reopening of a case closed with one still missing leaves the other recovered") {
    const Version closed = one.closed(withdrawn, at(t0 + 4 * day));
    one.reopened(ReopenReason::erroneous_closure, closed, at(t0 + 5 * day));
    CHECK(value(log, as_of(far_away), "R8") == "1");
    CHECK(said(log, as_of(far_away), "R1").starts_with("1/2 = "));
  }
  SECTION("a reopening of a case closed with all of them back makes all of them missing") {
    one.recovered(subject(1), at(t0 + 4 * day));
    const Version closed = one.closed(recovered, at(t0 + 4 * day));
    one.reopened(ReopenReason::erroneous_closure, closed, at(t0 + 5 * day));
    CHECK(value(log, as_of(far_away), "R8") == "2");
    CHECK(value(log, as_of(far_away), "R8.reopened") == "2");
  }
  CHECK(value(log, as_of(far_away), "R8.opened") == "2");
  CHECK(value(log, as_of(far_away), "R8.residual") == "0");
}

TEST_CASE("a recovery told late counts from when it happened, in the period it belongs to") {
  Log log;
  Case one = simple(log, 1, t0);
  const FigureQuery january = in_period(t0, t0 + 31 * day, t0 + 90 * day);
  CHECK(said(log, january, "R2") == "0/1 = 0.000000");
  Said late = at(t0 + 10 * day);
  late.recorded_at = t0 + 80 * day;
  one.recovered(subject(1), late);
  CHECK(said(log, january, "R2") == "1/1 = 1.000000");
  CHECK(value(log, january, "R5") == std::to_string(10 * day));
  // The balance goes by when it was recorded: in January the child was missing.
  CHECK(value(log, january, "R8.recovered") == "0");
  CHECK(value(log, january, "R8.after") == "1");
  CHECK(value(log, in_period(t0 + 31 * day, t0 + 85 * day, t0 + 90 * day), "R8.recovered") == "1");
  CHECK(value(log, in_period(t0 + 31 * day, t0 + 85 * day, t0 + 90 * day), "R8.before") == "1");
}

TEST_CASE("open stock: how many, how old, how many set aside") {
  Log log;
  for (unsigned i = 1; i <= 10; ++i) simple(log, i, t0 + (10 - i) * day).suspended(at(t0 + 10 * day));
  Case(log, stream(1), nullptr).relisted(at(t0 + 11 * day));
  Case(log, stream(2), nullptr).located(subject(2), at(t0 + 11 * day));  // known where, not back
  const auto all = figures(log, as_of(t0 + 20 * day));
  CHECK(named(all, "R8").value == "10");
  CHECK(named(all, "R8.age_p50").value == std::to_string(15 * day));
  CHECK(named(all, "R8.age_p90").value == std::to_string(19 * day));
  CHECK(named(all, "R8.oldest").value == std::to_string(20 * day));
  CHECK(named(all, "R8.long_term").value == "8");
}

