// Tables small enough to be read: what is withheld of them, and by which rule.
#include <catch2/catch.hpp>

#include "tests/support/attacker.h"
#include "tests/support/populations.h"

using namespace caseledger;
using namespace caseledger::reports::disclosure;
using namespace samples;

namespace {

const rules::SuppressionPolicy policy = *rules::SuppressionPolicy::parse(rules::SuppressionPolicy::built_in());

std::string drawn(const Population& population, const Verdict& verdict) {
  std::string out;
  for (std::size_t i = 0; i < population.cells.size(); ++i) {
    const Rule rule = verdict.decisions[i].rule;
    out += (i == 0 ? "" : " ") + (rule == Rule::told ? std::to_string(population.cells[i].value) : std::string(name(rule)));
  }
  return out;
}

std::string decided(const Population& population) {
  const auto verdict = withhold(population, policy);
  REQUIRE(verdict);
  CHECK(verdict->shortfalls.empty());
  for (const std::string& each : broken_promises(population, *verdict, policy, true)) FAIL_CHECK(each);
  return drawn(population, *verdict);
}

}  // namespace

TEST_CASE("small counts are withheld, zeros told, and as few others as keep the sum from giving one away", "[disclosure]") {
  CHECK(decided(one_way({40, 0, 25, 100})) == "165 40 0 25 100");
  CHECK(decided(one_way({40, 3, 25, 100})) == "168 40 primary complementary 100");
  CHECK(decided(one_way({40, 3, 8, 100})) == "151 40 primary primary 100");            // 3 + 8 leaves each of them 1..10
  CHECK(decided(one_way({40, 3, 5, 100})) == "148 complementary primary primary 100");  // 3 + 5 would leave no 9 and no 10
}

TEST_CASE("two small counts that are the whole of a sum are not left to each other", "[disclosure]") {
  CHECK(decided(one_way({1, 1, 30, 50})) == "82 primary primary complementary 50");  // both are 1, if zeros are told and the sum is 2
  CHECK(decided(one_way({10, 10, 30, 50})) == "100 primary primary complementary 50");
}

TEST_CASE("nothing is said of a whole line where its sum is told whatever it is and nothing large stands in it", "[disclosure]") {
  Population population = one_way(std::vector<std::int64_t>(12, 1));
  CHECK(decided(population).starts_with("complementary primary"));
  population.cells[0].exempt = true;
  CHECK(decided(population) == "12 line line line line line line line line line line line line");
}

TEST_CASE("what an exempt total gives away is a shortfall", "[disclosure]") {
  Population population = one_way({2, 3});
  population.cells[0].exempt = true;
  const auto verdict = withhold(population, policy);
  REQUIRE(verdict);
  CHECK(drawn(population, *verdict) == "5 line line");
  REQUIRE(verdict->shortfalls.size() == 2);
  CHECK(verdict->shortfalls[0].least == 1);
  CHECK(verdict->shortfalls[0].most == 5);
  for (const std::string& each : broken_promises(population, *verdict, policy, true)) FAIL_CHECK(each);
}

TEST_CASE("a sum that changed by little is withheld with the part that did, and what was withheld stays so", "[disclosure]") {
  Population population = one_way({43, 25, 100});
  for (Cell& cell : population.cells) cell.told_before = cell.value;
  population.cells[0].told_before = 165;
  population.cells[1].told_before = 40;
  CHECK(decided(population) == "difference difference 25 100");
  population.cells[3].told_before.reset();
  population.cells[3].before = Cell::Before::complementary;
  CHECK(decided(population) == "difference difference 25 complementary");
}

TEST_CASE("more combinations than are reckoned with are refused with a sentence", "[disclosure]") {
  Population population{.name = "R1", .dimensions = {{.name = "a"}, {.name = "b"}}, .cells = {}};
  for (Dimension& dimension : population.dimensions)
    for (int i = 0; i < 2048; ++i) dimension.add("x", 0);
  const auto verdict = withhold(population, policy);
  REQUIRE_FALSE(verdict);
  CHECK(verdict.error().sentence == "R1: its dimensions have more than 4194304 combinations");
}
