// Recovery by what is known of the children, with competing endings, by whom they are owed to, and the statutory counts.
#include <catch2/catch.hpp>

#include "projections/recovery.h"
#include "tests/support/told_cases.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

class Recoveries : public Cases {
 public:
  std::string figure(std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) const { return said(recovery(), id, query, group); }
};

}  // namespace

TEST_CASE("episodes split by age band, sex, race, care and the type they have now") {
  Recoveries log;
  log.opened(1, "@0h", {.state_care = true});
  log.child(1, "$1", "@0h", R"(,"age_years":14,"sex":"F","race_ethnicity":["B"])");
  log.opened(2, "@0h");
  log.child(2, "$2", "@0h", R"(,"age_years":15,"sex":"F","race_ethnicity":["B","W"])");
  log.opened(3, "@0h", {.type = "LIM"});
  log.child(3, "$3", "@0h");
  log.child(3, "$4", "@0h", R"(,"age_years":5,"sex":"M")");
  log.back(1, "$1", "@2d");
  log.back(3, "$4", "@3d");
  const auto by = [](const char* dimension) { return by_then("@90d", {dimension}); };
  CHECK(log.figure("R1", by("age_band"), "12-14") == "12-14: 1/1 = 1.000000");
  CHECK(log.figure("R1", by("age_band"), "15-17") == "15-17: 0/1 = 0.000000");
  CHECK(log.figure("R1", by("age_band"), "0-5") == "0-5: 1/1 = 1.000000");
  CHECK(log.figure("R1", by("age_band"), "unknown") == "unknown: 0/1 = 0.000000");
  CHECK(log.figure("R1", by("sex"), "F") == "F: 1/2 = 0.500000");
  CHECK(log.figure("R1", by("race_ethnicity"), "multiple") == "multiple: 0/1 = 0.000000");
  CHECK(log.figure("R1", by("race_ethnicity"), "B") == "B: 1/1 = 1.000000");
  CHECK(log.figure("R1", by("state_care"), "yes") == "yes: 1/1 = 1.000000");
  log.tell("case 3 CaseReclassified", "@4d", R"({"from":"LIM","to":"NFA","field":"case_type","reason_code":"new_facts"})");
  log.tell("case 3 CaseReclassified", "@5d", R"({"from":"EMJ","to":"EMI","field":"ncic_category","reason_code":"new_facts"})");
  CHECK(log.figure("R1", by("case_type"), "LIM") == "LIM: 1/2 = 0.500000");
  CHECK(log.figure("R1", by("case_type_current"), "NFA") == "NFA: 1/2 = 0.500000");
  // Who is named late changes groups without a move: the balance is told whole, or by case type and state.
  const Folds fold = fold_of(recovery(), log.facts());
  const auto split = fold.figures(by("sex"));
  CHECK(std::ranges::none_of(split, [](const Figure& f) { return f.id == "R8.residual"; }));
  CHECK(log.figure("R8.residual", by("case_type"), "LIM") == "LIM: 0/- = 0");
}

TEST_CASE("found dead and closed compete with recovered alive, withdrawn is censored") {
  Recoveries log;
  for (unsigned i = 1; i <= 5; ++i) log.missing(i, "@0h");
  log.back(1, "$1", "@1d");
  log.back(2, "$2", "@2d", "deceased");
  log.closed(3, "@3d", "withdrawn");
  log.back(4, "$4", "@4d");
  log.closed(5, "@5d", "aged_out_policy");
  CHECK(log.figure("R6.alive.24h") == "1/5 = 0.200000");
  CHECK(log.figure("R6.alive.72h") == "1/5 = 0.200000");
  CHECK(log.figure("R6.alive.7d") == "2/5 = 0.500000");  // 1/5 + 3/5 · 1/2
  CHECK(log.figure("R6.deceased.7d") == "1/5 = 0.200000");
  CHECK(log.figure("R6.closed.7d") == "1/5 = 0.300000");
  CHECK(log.figure("R6.alive.1y") == "2/5 = 0.500000");  // nobody is left to be watched
  CHECK(log.figure("R4.72h.km") == "2/5 = 0.400000");    // either of the two first
  const Folds fold = fold_of(recovery(), log.facts());
  const auto all = fold.figures(by_then("@90d"));
  CHECK(said_by(named(all, "R6.alive.24h")) == "1/5 = 0.200000 (0.008369..0.581853)");
  CHECK(log.figure("R6.alive.7d", by_then("@36h")) == "1/5 = - not_observed");
  CHECK(log.figure("R6.alive.7d", in_period(when("@30d"), when("@60d"), when("@90d"))) == "0/0 = - no_data");
}

TEST_CASE("a child who is missing twice is one child and two episodes") {
  Recoveries log;
  log.missing(1, "@0h");
  log.back(1, "$1", "@1d");
  log.opened(2, "@40d");
  log.child(2, "$1", "@40d");
  log.missing(3, "@0h");
  log.opened(4, "@0h");  // nobody is named
  CHECK(log.figure("R9.episodes") == "4/- = 4");
  CHECK(log.figure("R9.children") == "2/- = 2");
  CHECK(log.figure("R9.repeat") == "1/2 = 0.500000");
  CHECK(log.figure("R9.repeat", in_period(when("@0h"), when("@31d"), when("@90d"))) == "0/2 = 0.000000");
}

TEST_CASE("recoveries are owed to sources, directly or by weight, or to nothing on record") {
  Recoveries log;
  for (unsigned i = 1; i <= 4; ++i) log.missing(i, "@0h");
  log.back(1, "$1", "@1d", "safe", R"([{"source":"tip","weight_millionths":600000,"direct":true},{"source":"alert","weight_millionths":400000,"direct":true}])");
  log.back(2, "$2", "@1d", "deceased", R"([{"source":"tip","weight_millionths":250000,"direct":false}])");
  log.back(3, "$3", "@40d");
  CHECK(log.figure("R10.unattributed") == "1/3 = 0.333333");
  CHECK(log.figure("R10.direct") == "1/3 = 0.333333");
  CHECK(log.figure("R10.direct.tip") == "1/3 = 0.333333");
  CHECK(log.figure("R10.direct.alert") == "1/3 = 0.333333");
  CHECK(log.figure("R10.weight.tip") == "850000/1000000 = 0.850000");
  CHECK(log.figure("R10.unattributed", in_period(when("@0h"), when("@31d"), when("@90d"))) == "0/2 = 0.000000");
  log.tell("case 1 CaseReopened", "@50d", R"({"reason_code":"lost_again","prior_close_event_id":{"stream":"#1","version":3}})");
  CHECK(log.figure("R10.direct") == "0/2 = 0.000000");
}

TEST_CASE("the seven counts of the statute") {
  Recoveries log;
  log.missing(1, "@0h", {.type = "NFA"});
  log.opened(2, "@0h", {.type = "FA"});
  log.child(2, "$2", "@0h");
  log.child(2, "$3", "@0h");
  log.opened(3, "@0h", {.state_care = true, .trafficking = true});
  log.child(3, "$4", "@0h");
  log.opened(4, "@40d", {.state_care = true});
  log.child(4, "$5", "@40d");
  log.opened(5, "@0h", {.state_care = true});
  log.closed(5, "@1d", "hoax");
  log.back(2, "$2", "@2d");
  log.back(3, "$4", "@41d");
  const auto all = [&](const FigureQuery& query) {
    std::string out;
    for (const char* id : {"R11.1", "R11.2", "R11.3", "R11.4", "R11.5", "R11.6", "R11.7"}) {
      const std::string line = log.figure(id, query);
      out += line.substr(line.rfind(' ') + 1);
    }
    return out;
  };
  CHECK(all(by_then("@90d")) == "5122211");
  CHECK(all(in_period(when("@0h"), when("@31d"), when("@90d"))) == "4121101");
  CHECK(all(in_period(when("@31d"), when("@60d"), when("@90d"))) == "1001110");
}
