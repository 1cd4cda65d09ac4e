// What is counted by days, and how long waits took in the slots of a day.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "projections/waits.h"

using namespace caseledger;
using namespace caseledger::projections;

namespace {
constexpr Micros second = 1'000'000, minute = 60 * second, hour = 60 * minute, t0 = 1'704'067'200 * second;  // 2024
FigureQuery period(Micros from, Micros to) { return {.as_of = t0 + 1'000 * day_us, .period = FigureQuery::Period{from, to}, .by = {}}; }
Waited after(Micros lasted) { return waited(wait_slot(t0, t0 + lasted, 0)); }
}  // namespace

TEST_CASE("days begin at midnight UTC, before 1970 as well") {
  CHECK(day_of(0) == 0);
  CHECK(day_of(day_us - 1) == 0);
  CHECK(day_of(-1) == -1);
  CHECK(day_of(-day_us) == -1);
  CHECK(day_of(-day_us - 1) == -2);
  CHECK(begin_of_day(day_of(t0)) == t0);
}

TEST_CASE("a period counts the days that begin in it, up to the as-of, and says when it was rounded") {
  const Day day = day_of(t0);
  CHECK(counts_day(period(t0, t0 + 1), day));
  CHECK_FALSE(counts_day(period(t0 + 1, t0 + day_us), day));
  CHECK_FALSE(counts_day(period(t0 - day_us, t0), day));
  CHECK(counts_day({.as_of = t0, .period = {}, .by = {}}, day));
  CHECK_FALSE(counts_day({.as_of = t0 - 1, .period = {}, .by = {}}, day));
  const auto flags = [](const FigureQuery& query) {
    std::vector<Figure> figures(1);
    define_by_days(query, figures);
    CHECK(figures[0].definition == 2);
    return figures[0].flags;
  };
  CHECK(flags(period(t0, t0 + 31 * day_us)).empty());
  CHECK(flags({.as_of = t0 + 1, .period = {}, .by = {}}).empty());
  CHECK(flags(period(t0 + 1, t0 + 31 * day_us)) == std::vector<std::string>{"whole_days"});
  CHECK(flags(period(t0, t0 + 1)) == std::vector<std::string>{"whole_days"});
}

TEST_CASE("waits are kept in seconds to three leading digits") {
  CHECK(after(0).lasted == 0);
  CHECK(after(second - 1).lasted == 0);
  CHECK(after(999 * second).lasted == 999 * second);
  CHECK(after(1'009 * second).lasted == 1'000 * second);
  CHECK(after(2 * hour).lasted == 2 * hour);
  CHECK(after(-hour).lasted == 0);
  CHECK(after(hour).as == Waited::As::reached);
  CHECK(waited(wait_slot(t0, 0, t0 + hour)).as == Waited::As::gone);
  CHECK(waited(wait_slot(t0, t0 + minute, t0 + hour)).lasted == minute);
  const Waited waiting = waited(wait_slot(t0 + 3 * hour + 14 * minute, 0, 0));
  CHECK(waiting.as == Waited::As::waiting);
  CHECK(waiting.lasted == 3 * hour);
  CHECK(rc::check("no wait is rounded by one part in a hundred, nor out of its slots", [] {
    const Micros lasted = *rc::gen::inRange<Micros>(0, 1ll << *rc::gen::inRange(1, 62));
    const auto slot = wait_slot(t0, t0 + lasted, 0);
    RC_ASSERT(slot < wait_slots);
    const Micros kept = waited(slot).lasted, seconds = lasted / second * second;
    RC_ASSERT(kept <= lasted);
    RC_ASSERT(seconds - kept <= seconds / 100);
  }));
}

TEST_CASE("what falls due later is over when its quarter of an hour is") {
  const Day day = day_of(t0);
  CHECK(after_quarters(day, quarters_until(day, t0 + hour)) == t0 + hour);
  CHECK(after_quarters(day, quarters_until(day, t0 + hour + 1)) == t0 + hour + 15 * minute);
  CHECK(quarters_until(day, t0 - hour) == 0);
}

TEST_CASE("binned waits give the quantiles of exact ones, rounded") {
  CHECK(rc::check("quantiles", [] {
    const Micros as_of = t0 + 40 * day_us;
    Waits exact(as_of), binned(as_of, Waits::Grain::binned);
    for (unsigned n = *rc::gen::inRange(1u, 60u); n > 0; --n) {
      const Micros begun = t0 + *rc::gen::inRange(0, 96) * 15 * minute, reached = *rc::gen::inRange(0, 3) == 0 ? 0 : begun + *rc::gen::inRange<Micros>(0, 30 * day_us);
      exact.add(begun, reached, 0, 1);
      binned.add(day_of(begun), wait_slot(begun, reached, 0), 1);
    }
    for (const int percent : {10, 50, 90}) {
      const auto a = exact.curve().quantile(Decimal::scaled(percent, 2)), b = binned.curve().quantile(Decimal::scaled(percent, 2));
      RC_ASSERT(a.has_value() == b.has_value());
      if (a) RC_ASSERT(*b <= *a && *a - *b <= *a / 100 + second);
    }
  }));
}
