// Editions of a simulated year as they are published, attacked on all their bytes together; and faults planted in them, which the attack has to find.
#include <catch2/catch.hpp>
#include <iostream>

#include "api/editions.h"
#include "api/simulate/national_year.h"
#include "projections/reports/publishable.h"
#include "tests/support/red_team.h"

using namespace caseledger;
using namespace caseledger::reports;
using samples::RedTeam;

namespace {

const SuppressionRules rules_in_force{{"built-in", "1", {}}, *rules::SuppressionPolicy::parse(rules::SuppressionPolicy::built_in())};
const rules::SuppressionPolicy& policy = rules_in_force.policy;

projections::Folds folds_of_a_year(std::uint64_t cases_scale, std::uint64_t seed) {
  const api::NationalYear year({.reports = 1'000'000, .cases = cases_scale}, seed);
  std::map<StreamId, std::vector<Buffer>> streams;
  api::SimulatedEvent event;
  for (std::size_t phase = 0; phase < api::phases; ++phase)
    for (auto events = year.events(static_cast<api::Phase>(phase)); events.next(event);) streams[view_event(event.event).stream].push_back(event.event);
  projections::Folds folds;
  std::uint64_t position = 0;
  for (const auto& [stream, events] : streams) {
    std::vector<projections::Fact> facts;
    for (const Buffer& bytes : events) {
      const EventView view = view_event(bytes);
      facts.push_back({view, {position}, {position}, view.fields->occurred_at(), {}});
      ++position;
    }
    folds.refold(stream, facts);
  }
  folds.settle();
  return folds;
}

struct Published {
  Edition whole, told;
  SuppressionReport report;
};

// Editions of one year that follow each other, all as of its end.
class Press {
 public:
  Press(std::uint64_t cases_scale, std::uint64_t seed) : folds_(folds_of_a_year(cases_scale, seed)) {}

  Published counted(const std::string& label) const {
    const auto period = api::parse_report_period(label);
    REQUIRE(period);
    const Terms terms{.origin = "ledger.example.org/l/1", .period = *period, .as_of = {.size = 7, .root = {}, .recorded_at = 1'767'225'600'000'000}, .definition_changes = {}};
    auto whole = make_edition(folds_, transparency(), terms);
    REQUIRE(whole);
    return {*whole, *whole, {}};
  }

  const Published& publish(const std::string& label, bool forgetful = false) {
    Published next = counted(label);
    const Terms terms{.origin = next.told.origin, .period = next.told.period, .as_of = next.told.as_of, .definition_changes = {}};
    std::vector<Edition> earlier;
    if (!forgetful)
      for (const Published& each : published) earlier.push_back(each.told);
    auto report = make_publishable(next.told, folds_, transparency(), terms, rules_in_force, earlier);
    REQUIRE(report);
    for (const auto& sentence : report->shortfalls) FAIL_CHECK(label << ": " << sentence);
    CHECK(may_be_released(next.told, *report));
    next.report = std::move(*report);
    published.push_back(std::move(next));
    return published.back();
  }

  std::vector<std::string> attacked(std::size_t every, std::size_t most = SIZE_MAX) const {
    RedTeam team(policy);
    for (const Published& each : published) read(team, each);
    auto broken = team.broken(every, most);
    CHECK(team.attacked > 0);
    return broken;
  }

  static void read(RedTeam& team, const Published& each) {
    const auto json = edition_json(each.told);
    REQUIRE(json);
    team.read(*json, each.whole);
  }

  std::vector<Published> published;

 private:
  projections::Folds folds_;
};

std::size_t share_withheld(const Edition& told) {
  std::size_t rows = 0, withheld = 0;
  for (const Section& section : told.sections)
    for (const Table& table : section.tables)
      if (policy.applies_to(table.id))
        for (const Row& row : table.rows) ++rows, withheld += !row.withheld.empty();
  return withheld * 100 / rows;
}

Row& row_of(Edition& edition, const std::string& metric, const std::vector<std::string>& group = {}) {
  for (Section& section : edition.sections)
    for (Table& table : section.tables)
      if (table.id == metric)
        for (Row& row : table.rows)
          if (row.group == group) return row;
  throw std::logic_error("no such row");
}

}  // namespace

TEST_CASE("editions of a whole year, and its months and quarter after each other, withstand the attack on all their bytes", "[disclosure]") {
  for (const std::uint64_t scale : {6u, 40u}) {
    Press year(scale, 2024);
    const auto& told = year.publish("2024").told;
    for (const auto& each : year.attacked(11)) FAIL_CHECK("1:" << scale << " " << each);
    std::cout << "cases 1:" << scale << ", a year: " << share_withheld(told) << " % of what is subject to suppression is withheld\n";
    CHECK(share_withheld(told) < 90);
  }
  Press quarter(20, 2024);
  for (const std::string label : {"2024-01", "2024-02", "2024-03", "2024-Q1"}) {
    quarter.publish(label);
    std::cout << "cases 1:20, " << label << ": " << share_withheld(quarter.published.back().told) << " %\n";
  }
  for (const auto& each : quarter.attacked(13)) FAIL_CHECK(each);
}

TEST_CASE("planted faults are found: what kills each of them is the attack on published bytes", "[disclosure]") {
  Press press(20, 2024);
  const Published good = press.publish("2024");
  const auto found = [&](const Published& bad) {
    RedTeam team(policy);
    Press::read(team, bad);
    return team.broken(1, 1);
  };

  {
    INFO("no complementary withholding: small counts follow from rows and their sum");
    Published bad = good;
    for (std::size_t s = 0; s < bad.told.sections.size(); ++s)
      for (std::size_t t = 0; t < bad.told.sections[s].tables.size(); ++t)
        for (std::size_t r = 0; r < bad.told.sections[s].tables[t].rows.size(); ++r)
          if (Row& row = bad.told.sections[s].tables[t].rows[r]; row.withheld == "complementary") row = bad.whole.sections[s].tables[t].rows[r];
    CHECK_FALSE(found(bad).empty());
  }
  {
    INFO("a ratio is left that discloses: of those found within 3 hours, the ones alive tell the dead");
    Published bad = good;
    REQUIRE_FALSE(row_of(bad.told, "R6.alive.3h").withheld.empty());
    row_of(bad.told, "R6.alive.3h") = row_of(bad.whole, "R6.alive.3h");
    CHECK_FALSE(found(bad).empty());
  }
  {
    INFO("zeros of withheld groups are told: what is left for the others is less");
    Published bad = good;
    for (std::size_t s = 0; s < bad.told.sections.size(); ++s)
      for (std::size_t t = 0; t < bad.told.sections[s].tables.size(); ++t)
        for (std::size_t r = 0; r < bad.told.sections[s].tables[t].rows.size(); ++r) {
          const Row& whole = bad.whole.sections[s].tables[t].rows[r];
          if (whole.numerator && (*whole.numerator == 0 || whole.numerator == whole.denominator)) bad.told.sections[s].tables[t].rows[r] = whole;
        }
    CHECK_FALSE(found(bad).empty());
  }
}

TEST_CASE("a quarter made as if its months had not been published gives them away, and the attack finds it", "[disclosure]") {
  Press press(20, 2024);
  for (const std::string label : {"2024-01", "2024-02", "2024-03"}) press.publish(label);
  press.publish("2024-Q1", true);
  CHECK_FALSE(press.attacked(1, 1).empty());
}

TEST_CASE("an edition in which a withheld count can be computed is not released, and the sentence names it", "[disclosure]") {
  const auto refused = may_be_released({}, {.withheld = {}, .shortfalls = {"resolved by jurisdiction = US-WY: only 3 to 5 stay possible"}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::illegal_transition);
  CHECK(refused.error().sentence == "the edition is not releasable: resolved by jurisdiction = US-WY: only 3 to 5 stay possible");
}
