// Rate limits, with a clock that is set.
#include <catch2/catch.hpp>

#include "api/rate_limit.h"

using namespace caseledger;
using namespace caseledger::api;

namespace {
constexpr Micros second = 1'000'000;
}

TEST_CASE("a burst is let in at once, and then as many as come again with time") {
  RateLimit limit({.per_second = 4, .burst = 10});
  Micros now = 1000 * second;
  for (int i = 0; i < 10; ++i) CHECK_FALSE(limit.take("a", now));
  CHECK(limit.take("a", now) == 1u);
  CHECK(limit.look("a", now) == 1u);
  CHECK_FALSE(limit.take("b", now));  // another caller has a burst of its own
  now += second / 4 - 1;
  CHECK(limit.take("a", now) == 1u);
  now += 1;
  CHECK_FALSE(limit.look("a", now));
  CHECK_FALSE(limit.take("a", now));
  CHECK(limit.take("a", now) == 1u);
  now += 3600 * second;  // and never more than a burst
  for (int i = 0; i < 10; ++i) CHECK_FALSE(limit.take("a", now));
  CHECK(limit.take("a", now));
}

TEST_CASE("a clock that stands or goes back gives nothing away") {
  RateLimit limit({.per_second = 1, .burst = 1});
  CHECK_FALSE(limit.take("a", 100 * second));
  CHECK(limit.take("a", 50 * second) == 1u);
  CHECK(limit.take("a", 100 * second) == 1u);
  CHECK_FALSE(limit.take("a", 101 * second));
}

TEST_CASE("past the greatest number of callers those who are new share one bucket, until others have been away long enough") {
  RateLimit limit({.per_second = 1, .burst = 2, .callers_max = 3});
  Micros now = 10 * second;
  for (const char* caller : {"a", "b", "c"}) CHECK_FALSE(limit.take(caller, now));
  CHECK_FALSE(limit.take("d", now));
  CHECK_FALSE(limit.take("e", now));
  CHECK(limit.take("f", now));
  CHECK_FALSE(limit.take("a", now));  // who was there keeps its own
  now += 2 * second;
  CHECK_FALSE(limit.take("f", now));
  CHECK_FALSE(limit.take("f", now));
  CHECK(limit.take("f", now));
  CHECK_FALSE(limit.take("g", now));
}
