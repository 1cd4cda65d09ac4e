// The recovery figures, by hand.
#include <catch2/catch.hpp>

#include "projections/recovery.h"
#include "tests/support/figures.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using enum schema::CloseReason;
using schema::CaseType;
using schema::ChildOutcome;
using schema::ClockKind;
using schema::Precision;

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

TEST_CASE("27,033 of 29,568 episodes resolved is 0.914265, between 0.911020 and 0.917403") {
  Log log;
  for (unsigned i = 0; i < 29'568; ++i) {
    const Micros start = t0 + i * 17 * minute;
    Case one(log, stream(i), {}, at(start));
    if (i % 29'568 < 27'033) one.recovered(subject(i), at(start + 5 * hour), i % 100 == 0 ? ChildOutcome::deceased : ChildOutcome::safe);
  }
  const auto all = figures(log, in_period(t0, t0 + 366 * day, far_away));
  CHECK(said_by(named(all, "R1")) == "27033/29568 = 0.914265 (0.911020..0.917403)");
  CHECK(named(all, "R1").unit == "ratio");
  CHECK(said_by(named(all, "R1.alive")).starts_with("26762/29568 = "));
  CHECK(said_by(named(all, "R4.3h.mature")).starts_with("0/29568 = 0.000000"));
  CHECK(said_by(named(all, "R4.6h.mature")) == said_by(named(all, "R1")));
  CHECK(named(all, "R5").value == std::to_string(5 * hour));
  CHECK(named(all, "R8").value == "2535");
  CHECK(named(all, "R8.residual").value == "0");
}

TEST_CASE("without a case every figure says that it has no data") {
  for (const Figure& figure : figures(Log{}, as_of(far_away))) {
    CAPTURE(figure.id);
    if (figure.value) CHECK(*figure.value == "0");
    else CHECK(figure.flags == std::vector<std::string>{"no_data"});
    CHECK_FALSE(figure.interval);
  }
  CHECK(figures(Log{}, {.as_of = far_away, .period = {}, .by = {"case_type"}}).empty());
}

TEST_CASE("a period counts who began in it, who came back in it, and who was open when it began") {
  Log log;
  simple(log, 1, t0 - 10 * day, t0 - 9 * day);   // over before
  simple(log, 2, t0 - 10 * day, t0 + 2 * day);   // open at the start, back in it
  simple(log, 3, t0 - 10 * day);                 // open throughout
  simple(log, 4, t0, t0 + 1 * day);              // begun at the first moment, back in it
  simple(log, 5, t0 + 3 * day, t0 + 40 * day);   // begun in it, back after it
  simple(log, 6, t0 + 4 * day);                  // begun in it, still missing
  simple(log, 7, t0 + 31 * day, t0 + 32 * day);  // begins at the moment it ends
  const auto january = figures(log, in_period(t0, t0 + 31 * day, t0 + 60 * day));
  CHECK(said_by(named(january, "R1")).starts_with("2/3 = 0.666667"));
  CHECK(said_by(named(january, "R2")) == "2/3 = 0.666667");
  CHECK(said_by(named(january, "R3")).starts_with("2/5 = 0.400000"));
  CHECK(named(january, "R8").value == "2");

  // As known on 20 January number 5 was still missing.
  CHECK(said(log, in_period(t0, t0 + 31 * day, t0 + 20 * day), "R1").starts_with("1/3 = "));
  CHECK(value(log, in_period(t0, t0 + 31 * day, t0 + 20 * day), "R8") == "3");
  // More may come back than went missing.
  CHECK(said(log, in_period(t0 + 1 * day, t0 + 3 * day, far_away), "R2") == "2/0 = - no_data");
  CHECK(said(log, in_period(t0 + 31 * day, t0 + 60 * day, far_away), "R2") == "2/1 = 2.000000");
}

TEST_CASE("Kaplan-Meier with censoring agrees with the calculation by hand") {
  // Back after 2, 4, 4 and 8 hours; still missing after 5 and 10; withdrawn after 4, when six are at risk.
  Log log;
  const Micros now = t0 + 10 * hour;
  simple(log, 1, t0, t0 + 2 * hour);
  simple(log, 2, t0, t0 + 4 * hour);
  simple(log, 3, t0 + hour, t0 + 5 * hour);
  simple(log, 4, t0, t0 + 8 * hour);
  simple(log, 5, t0 + 5 * hour);
  simple(log, 6, t0);
  simple(log, 7, t0).closed(withdrawn, at(t0 + 4 * hour));
  const auto all = figures(log, as_of(now));
  // S(2) = 6/7; S(4) = 6/7 · 4/6 = 4/7; S(8) = 4/7 · 1/2 = 2/7.
  CHECK(named(all, "R4.3h.km").value == "0.142857");
  CHECK(named(all, "R4.6h.km").value == "0.428571");
  CHECK(said_by(named(all, "R4.12h.km")) == "4/7 = - not_observed");
  CHECK(named(all, "R5").value == std::to_string(8 * hour));
  CHECK(named(all, "R5.p25").value == std::to_string(4 * hour));
  CHECK(said_by(named(all, "R5.p75")) == "4/7 = - not_reached");
  CHECK(said_by(named(all, "R4.6h.mature")).starts_with("3/6 = "));  // number 5 began less than 6 hours ago
  // Greenwood at 6 h: 1/(7·6) + 2/(6·4); the bounds are those of S, turned round.
  CHECK(named(all, "R4.6h.km").interval == std::pair<std::string, std::string>("0.162917", "0.828134"));
}

TEST_CASE("what happens at the very edge of a period or a horizon is within it at its beginning") {
  Log log;
  simple(log, 1, t0 - day, t0);
  CHECK(said(log, in_period(t0, t0 + day, far_away), "R3").starts_with("1/1 = "));
  CHECK(said(log, in_period(t0 - 2 * day, t0, far_away), "R3").starts_with("0/1 = "));
  CHECK(said(log, as_of(t0 + 2 * hour), "R4.24h.mature").starts_with("1/1 = "));
  CHECK(said(log, as_of(t0), "R4.24h.mature").starts_with("1/1 = "));
  CHECK(said(log, as_of(t0 - 1), "R4.24h.mature") == "0/0 = - no_data");
}

TEST_CASE("who is found dead is resolved, but not alive") {
  Log log;
  Case one = simple(log, 1, t0);
  one.recovered(subject(1), at(t0 + day), ChildOutcome::deceased);
  one.closed(located_deceased, at(t0 + 2 * day));
  CHECK(said(log, as_of(far_away), "R1").starts_with("1/1 = "));
  CHECK(said(log, as_of(far_away), "R1.alive").starts_with("0/1 = "));
}

TEST_CASE("the clock starts when we were told, or else law enforcement, or with the last contact, or with the event") {
  const KnownClock contact{ClockKind::last_contact, t0 - 9 * hour};
  const KnownClock le{ClockKind::reported_le, t0 - 5 * hour}, us{ClockKind::reported_us, t0 - 2 * hour};
  const auto age = [](std::vector<KnownClock> clocks) {
    Log log;
    Case(log, stream(1), {.clocks = std::move(clocks)}, at(t0));
    return value(log, as_of(t0), "R8.oldest");
  };
  CHECK(age({contact, le, us}) == std::to_string(2 * hour));
  CHECK(age({le, contact}) == std::to_string(5 * hour));
  CHECK(age({contact}) == std::to_string(9 * hour));
}

TEST_CASE("a time known to the day or the month is put in its middle, and the median says what that may hide") {
  Log log;
  simple(log, 1, t0, t0 + 2 * day, {.clocks = {{ClockKind::reported_us, t0, Precision::day}}});
  const auto all = figures(log, as_of(far_away));
  CHECK(named(all, "R5").value == std::to_string(2 * day - 12 * hour));
  CHECK(named(all, "R5").flags == std::vector<std::string>{"coarse_starts"});
  CHECK(named(all, "R5.earliest_starts").value == std::to_string(2 * day));
  CHECK(named(all, "R5.latest_starts").value == std::to_string(1 * day));

  Log leap;  // February 2024 has 29 days
  simple(leap, 1, t0, t0 + 60 * day, {.clocks = {{ClockKind::reported_us, t0 + 31 * day, Precision::month}}});
  CHECK(value(leap, as_of(far_away), "R5") == std::to_string(29 * day - 29 * day / 2));

  Log span;
  simple(span, 1, t0, t0 + 2 * day, {.clocks = {{ClockKind::reported_us, t0, Precision::us, t0 + 10 * hour}}});
  CHECK(value(span, as_of(far_away), "R5") == std::to_string(2 * day - 5 * hour));

  Log backwards;  // back at ten, on a day whose middle is noon
  simple(backwards, 1, t0, t0 + 10 * hour, {.clocks = {{ClockKind::reported_us, t0, Precision::day}}});
  CHECK(said(backwards, as_of(far_away), "R5") == "1/1 = 0 coarse_starts resolved_before_start");
}

TEST_CASE("figures split by the type at intake and by the state") {
  Log log;
  Case one = simple(log, 1, t0, t0 + day, {.type = CaseType::FA, .state = "US-IN"});
  one.reclassified(schema::ReclassifiedField::case_type, "FA", "NFA", at(t0 + 2 * day));
  simple(log, 2, t0, {}, {.type = CaseType::ERU, .state = "US-IN"});
  simple(log, 3, t0, t0 + day, {.type = CaseType::ERU, .state = "US-TX"});
  CHECK(said_by(named(figures(log, as_of(far_away, {"case_type"})), "R1", "FA")).starts_with("FA: 1/1 = "));
  CHECK(said_by(named(figures(log, as_of(far_away, {"case_type"})), "R1", "ERU")).starts_with("ERU: 1/2 = "));
  CHECK(said_by(named(figures(log, as_of(far_away, {"jurisdiction"})), "R1", "US-IN")).starts_with("US-IN: 1/2 = "));
  const auto both = figures(log, as_of(far_away, {"jurisdiction", "case_type"}));
  CHECK(both.front().group == std::vector<std::pair<std::string, std::string>>{{"case_type", "ERU"}, {"jurisdiction", "US-IN"}});
  CHECK(std::ranges::count(both, "R1", &Figure::id) == 3);
}
