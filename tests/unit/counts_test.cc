// Counts by month: the small sorted list that long streams keep.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

#include "projections/counts.h"

using namespace caseledger;
using namespace caseledger::projections;

TEST_CASE("counts are what was added, in order of their keys, however it was added") {
  CHECK(rc::check("a list of counts is a map", [] {
    const auto added = *rc::gen::container<std::vector<std::pair<std::string, int>>>(
        rc::gen::pair(rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab"))), rc::gen::inRange(-2, 3)));
    std::map<std::string, std::int64_t> expected;
    std::string counts;
    for (const auto& [key, n] : added) {
      count(counts, key, n);
      if ((expected[key] += n) == 0) expected.erase(key);
    }
    std::vector<std::pair<std::string, std::int64_t>> told;
    Cells cells;
    add_counts(counts, Share({}, cells));
    for (const auto& [key, n] : cells.counts()) told.emplace_back(key, n);
    std::ranges::sort(told);
    const std::vector<std::pair<std::string, std::int64_t>> wanted(expected.begin(), expected.end());
    RC_ASSERT(told == wanted);
    RC_ASSERT(counts.empty() == expected.empty());
  }));
}

TEST_CASE("months begin at midnight UTC, before 1970 as well") {
  constexpr Micros day = 86'400'000'000;
  CHECK(month_of(0) == 0);
  CHECK(month_of(-1) == -1);
  CHECK(begin_of(-1) == -31 * day);
  CHECK(begin_of(1) == 31 * day);
  CHECK(month_of(31 * day - 1) == 0);
  CHECK(begin_of(12 * 54) == 1'704'067'200'000'000);  // 2024
  CHECK(month_of(begin_of(12 * 54 + 2)) == 12 * 54 + 2);
}

TEST_CASE("a period counts the months that begin in it, up to the as-of") {
  const FigureQuery january{.as_of = begin_of(12), .period = FigureQuery::Period{begin_of(0), begin_of(1)}, .by = {}};
  CHECK(counts_month(january, 0));
  CHECK_FALSE(counts_month(january, 1));
  CHECK_FALSE(counts_month({.as_of = begin_of(12), .period = FigureQuery::Period{begin_of(0) + 1, begin_of(1)}, .by = {}}, 0));
  CHECK(counts_month({.as_of = begin_of(12), .period = {}, .by = {}}, 12));
  CHECK_FALSE(counts_month({.as_of = begin_of(12) - 1, .period = {}, .by = {}}, 12));
}

TEST_CASE("magnitudes keep three digits") {
  CHECK(three_digits(0) == 0);
  CHECK(three_digits(999) == 999);
  CHECK(three_digits(1'009) == 1'000);
  CHECK(three_digits(83'345) == 83'300);
  CHECK(three_digits(4'294'967'295) == 4'290'000'000);
}
