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
