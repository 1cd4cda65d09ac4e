// Suppression policies as data: which parameters are taken, and what is said of the others.
#include <catch2/catch.hpp>

#include "ledger/rules/suppression_policy.h"

using namespace caseledger;
using rules::SuppressionPolicy;

namespace {

// The built-in parameters with one part written otherwise.
std::string with(std::string_view part, std::string_view instead) {
  std::string text(SuppressionPolicy::built_in());
  const auto at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, part.size(), instead);
}

std::string refusal(const std::string& parameters) {
  const auto policy = SuppressionPolicy::parse(parameters);
  return policy ? "none" : policy.error().sentence;
}

}  // namespace

TEST_CASE("the built-in suppression policy withholds 1 to 10 and tells the statutory totals", "[disclosure]") {
  const auto policy = SuppressionPolicy::parse(SuppressionPolicy::built_in());
  REQUIRE(policy);
  CHECK(policy->k == 11);
  CHECK(policy->zero_allowed);
  CHECK(policy->protection == 5);
  CHECK(policy->exempts("R11.4"));
  CHECK_FALSE(policy->exempts("R1"));
  CHECK_FALSE(policy->exempts("R110"));
  CHECK(policy->applies_to("R1.alive"));
  CHECK(policy->applies_to("R11.4"));
  CHECK_FALSE(policy->applies_to("T1.reports"));
  CHECK_FALSE(policy->applies_to("R15"));
}

TEST_CASE("a suppression policy that is not understood in full is refused with its place", "[disclosure]") {
  CHECK(refusal(with(R"("k":11)", R"("k":2)")) == "suppression policy: k: wanted an integer from 3 to 1000");
  CHECK(refusal(with(R"("k":11)", R"("k":"11")")) == "suppression policy: k: wanted an integer from 3 to 1000");
  CHECK(refusal(with(R"("protection":5)", R"("protection":11)")) == "suppression policy: protection: wanted an integer from 2 to 10");
  CHECK(refusal(with(R"("zero_allowed":true)", R"("zero_allowed":1)")) == "suppression policy: zero_allowed: wanted true or false");
  CHECK(refusal(with(R"("zero_allowed":true)", R"("zero_permitted":true)")) == "suppression policy: parameters: there is no \"zero_permitted\"");
  CHECK(refusal(with(R"("cases"])", R"("R1"])")) == "suppression policy: subject[19]: is there already");
  CHECK(refusal(with(R"("levels":["county","state","region"])", R"("levels":[])")) == "suppression policy: hierarchy[0].levels: wanted at least one");
  CHECK(refusal(with(R"("coarsen_percent":50)", R"("coarsen_percent": 50)")) != "none");  // not canonical
  CHECK(refusal("{}") == "suppression policy: k: wanted an integer from 3 to 1000");
  CHECK(refusal("") != "none");
}
