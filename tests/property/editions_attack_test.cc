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

const SuppressionRules rules_in_force{{"built-in", "2", {}}, *rules::SuppressionPolicy::parse(rules::SuppressionPolicy::built_in())};
const rules::SuppressionPolicy& policy = rules_in_force.policy;

// without_entry: every so many cases, one that was never entered into NCIC; 0: all were.
projections::Folds folds_of_a_year(std::uint64_t cases_scale, std::uint64_t seed, std::uint64_t without_entry) {
  const api::NationalYear year({.reports = 1'000'000, .cases = cases_scale}, seed);
  std::map<StreamId, std::vector<Buffer>> streams;
  api::SimulatedEvent event;
  for (std::size_t phase = 0; phase < api::phases; ++phase)
    for (auto events = year.events(static_cast<api::Phase>(phase)); events.next(event);) streams[view_event(event.event).stream].push_back(event.event);
  if (without_entry != 0) {
    std::uint64_t number = 0;
    for (auto& [stream, events] : streams)
      if (view_event(events.front()).type == schema::Body::CaseOpened && ++number % without_entry == 0)
        std::erase_if(events, [](const Buffer& bytes) { return view_event(bytes).type == schema::Body::CaseNcicEntryRecorded; });
  }
  projections::Folds folds;
  std::uint64_t position = 0;
  for (const auto& [stream, events] : streams) {
    std::vector<projections::Fact> facts;
    for (const Buffer& bytes : events) {
      const EventView view = view_event(bytes);
      facts.push_back({view, {position}, {position}, view.fields->occurred_at(), {}});
      ++position;
    }
    folds.refold(stream, projections::Standing(facts));
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
  Press(std::uint64_t cases_scale, std::uint64_t seed, std::uint64_t without_entry = 0) : folds_(folds_of_a_year(cases_scale, seed, without_entry)) {}

  Published counted(const std::string& label) const {
    const auto period = api::parse_report_period(label);
    REQUIRE(period);
    const Terms terms{.origin = "ledger.example.org/l/1", .period = *period, .as_of = {.size = 7, .root = {}, .recorded_at = 1'767'225'600'000'000}, .governed = {}};
    auto whole = make_edition(folds_, transparency(), terms);
    REQUIRE(whole);
    return {*whole, *whole, {}};
  }

  // forgetful: as if none had been published before.
  const Published& publish(const std::string& label, bool forgetful = false) {
    Published next = counted(label);
    const Terms terms{.origin = next.told.origin, .period = next.told.period, .as_of = next.told.as_of, .governed = {}};
    std::vector<Edition> earlier;
    if (!forgetful)
      for (const Published& each : published) earlier.push_back(each.told);
    auto report = make_publishable(next.told, folds_, transparency(), terms, rules_in_force, earlier);
    REQUIRE(report);
    next.report = std::move(*report);
    for (const auto& sentence : next.report.shortfalls) FAIL_CHECK(label << ": " << sentence);
    CHECK(may_be_released(next.told, next.report));
    published.push_back(std::move(next));
    return published.back();
  }

  std::vector<std::string> attacked(std::size_t most = SIZE_MAX) const {
    RedTeam team(policy);
    for (const Published& each : published) read(team, each);
    auto broken = team.broken(most);
    CHECK(team.attacked > 0);
    std::cout << team.attacked << " small counts attacked\n";
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

// Of the figures that are subject to suppression, those withheld in percent; a state that is told as part of its region is not. And of the
// episodes, those whose state or region says how many of them were resolved.
struct Utility {
  std::size_t withheld = 0;
  std::int64_t seen = 0;

  Utility(const Edition& told, const Edition& whole) {
    std::size_t rows = 0, untold = 0;
    std::int64_t shown = 0, all = 0;
    for (const Section& section : told.sections)
      for (const Table& table : section.tables)
        if (policy.applies_to(table.id))
          for (const Row& row : table.rows) {
            rows += row.withheld != "coarsened";
            untold += !row.withheld.empty() && row.withheld != "coarsened";
            if (table.id == "R1" && (table.by == std::vector<std::string>{"jurisdiction"} || table.by == std::vector<std::string>{"region"})) shown += row.denominator.value_or(0);
          }
    for (const Table& table : whole.sections[0].tables)
      if (name_of(table) == "R1") all = *table.rows[0].denominator;
    withheld = untold * 100 / rows;
    seen = shown * 100 / all;
  }
};

// What a reader has of it, printed; the share withheld.
std::size_t report(const std::string& what, const Published& published) {
  const Utility utility(published.told, published.whole);
  std::cout << what << ": " << utility.withheld << " % of what is subject to suppression is withheld, R1 is told of " << utility.seen << " % of the episodes by state or region\n";
  return utility.withheld;
}

Row& row_of(Edition& edition, const std::string& metric, const std::vector<std::string>& group = {}) {
  for (Section& section : edition.sections)
    for (Table& table : section.tables)
      if (table.id == metric)
        for (Row& row : table.rows)
          if (row.group == group) return row;
  throw std::logic_error("no such row");
}

// Each row that is told or withheld, with what was counted. How many rows are withheld is told of the edition alone.
void each_row(Published& published, const std::function<void(Row& told, const Row& whole)>& visit) {
  std::map<std::string, const Row*> wholes;
  for (const Section& section : published.whole.sections)
    for (const Table& table : section.tables)
      for (const Row& row : table.rows) wholes[name_of(table, row)] = &row;
  for (Section& section : published.told.sections)
    for (Table& table : section.tables)
      for (Row& row : table.rows)
        if (table.id != "T16.withheld") visit(row, *wholes.at(name_of(table, row)));
}

}  // namespace

TEST_CASE("editions of a whole year, and its months and quarter after each other, withstand the attack on all their bytes", "[disclosure]") {
  for (const auto& [scale, most_withheld] : {std::pair(1u, 25u), {6u, 40u}, {40u, 60u}}) {
    const std::string cases = "cases 1:" + std::to_string(scale) + ", ";
    Press year(scale, 2024);
    CHECK(report(cases + "2024", year.publish("2024")) < most_withheld);
    for (const auto& each : year.attacked()) FAIL_CHECK(cases << each);
  }
  for (const auto& [scale, most_withheld] : {std::pair(1u, 45u), {6u, 75u}, {20u, 85u}}) {
    const std::string cases = "cases 1:" + std::to_string(scale) + ", ";
    Press quarter(scale, 2024);
    for (const std::string label : {"2024-01", "2024-02", "2024-03", "2024-Q1"}) CHECK(report(cases + label, quarter.publish(label)) < most_withheld);
    for (const auto& each : quarter.attacked()) FAIL_CHECK(cases << each);
  }
}

TEST_CASE("editions of a year in which few cases, or many, were never entered into NCIC withstand the attack, and to tell of how few they are is found out", "[disclosure]") {
  for (const std::uint64_t without_entry : {900u, 40u, 3u}) {
    Press year(6, 2024, without_entry);
    for (const std::string label : {"2024-01", "2024-02", "2024"}) year.publish(label);
    for (const auto& each : year.attacked()) FAIL_CHECK("one in " << without_entry << ": " << each);
  }
  Press year(6, 2024, 900);
  Published careless = year.publish("2024");  // five children lack the entry
  REQUIRE(row_of(careless.told, "R1.clock", {"ncic_entry"}).withheld == "difference");
  row_of(careless.told, "R1.clock", {"ncic_entry"}) = row_of(careless.whole, "R1.clock", {"ncic_entry"});
  RedTeam team(policy);
  Press::read(team, careless);
  CHECK_FALSE(team.broken(1).empty());
}

TEST_CASE("planted faults are found: what kills each of them is the attack on published bytes", "[disclosure]") {
  Press press(20, 2024);
  const Published good = press.publish("2024");
  const auto found = [&](const Published& bad) {
    RedTeam team(policy);
    Press::read(team, bad);
    return team.broken(1);
  };

  {
    INFO("no complementary withholding: small counts follow from rows and their sum");
    Published bad = good;
    each_row(bad, [](Row& told, const Row& whole) {
      if (told.withheld == "complementary") told = whole;
    });
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
    each_row(bad, [](Row& told, const Row& whole) {
      if (whole.numerator && (*whole.numerator == 0 || whole.numerator == whole.denominator)) told = whole;
    });
    CHECK_FALSE(found(bad).empty());
  }
}

TEST_CASE("a quarter made as if its months had not been published gives them away, and the attack finds it", "[disclosure]") {
  Press press(6, 2024);
  for (const std::string label : {"2024-01", "2024-02", "2024-03"}) press.publish(label);
  press.publish("2024-Q1", true);
  CHECK_FALSE(press.attacked(1).empty());
}

TEST_CASE("two months and the quarter around them do not give the third month away", "[disclosure]") {
  Press press(6, 2024);
  for (const std::string label : {"2024-01", "2024-02", "2024-Q1", "2024-03"}) press.publish(label);
  for (const auto& each : press.attacked()) FAIL_CHECK(each);
}

TEST_CASE("of periods that overlap without one being within the other, nothing is given away and none is refused", "[disclosure]") {
  Press press(6, 2024);
  for (const std::string label : {"2024-Q1", "2024-02-01/2024-05-01", "2024-03"}) press.publish(label);
  for (const auto& each : press.attacked()) FAIL_CHECK(each);
}

TEST_CASE("a month made as if the quarter and its other months had not been published is given away by them, and the attack finds it", "[disclosure]") {
  bool found = false;  // in one of these: it is by chance that something lies between
  for (const std::uint64_t scale : {1u, 20u}) {
    if (found) break;
    Press press(scale, 2024);
    for (const std::string label : {"2024-01", "2024-02", "2024-Q1"}) press.publish(label);
    press.publish("2024-03", true);
    found = !press.attacked(1).empty();
  }
  CHECK(found);
}

TEST_CASE("an edition in which a withheld count can be computed is not released, and the sentence names it", "[disclosure]") {
  const auto refused = may_be_released({}, {.withheld = {}, .shortfalls = {"resolved by jurisdiction = US-WY: only 3 to 5 stay possible"}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::illegal_transition);
  CHECK(refused.error().sentence == "the edition is not releasable: resolved by jurisdiction = US-WY: only 3 to 5 stay possible");
}
