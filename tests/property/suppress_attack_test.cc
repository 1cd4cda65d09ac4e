// Whole editions attacked with a solver: every number that one tells is an equation, and no withheld count may follow from them.
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "projections/reports/measures.h"
#include "projections/reports/suppress.h"
#include "tests/support/solver.h"

using namespace caseledger;
using namespace caseledger::reports;
using samples::Range;
using samples::Solver;

namespace {

const rules::SuppressionPolicy policy = *rules::SuppressionPolicy::parse(rules::SuppressionPolicy::built_in());

struct Life {
  std::vector<std::string> group;  // by jurisdiction, age_band, sex
  int month;
  bool resolved, alive, in_24h, in_30d, repeated;
};
const std::vector<std::string> dimensions{"jurisdiction", "age_band", "sex"};

std::vector<Life> some_lives(unsigned seed, std::size_t n) {
  std::mt19937 random(seed);
  std::vector<Life> lives;
  while (lives.size() < n) {
    const auto state = random() % 4 == 0 ? 0 : std::min(random() % 30, random() % 30);
    const bool resolved = random() % 12 != 0, in_30d = resolved && random() % 9 != 0;
    lives.push_back({{"US-" + std::to_string(10 + state), std::to_string(std::min(random() % 6, random() % 6)), random() % 40 == 0 ? "unknown" : random() % 2 ? "male" : "female"},
                     static_cast<int>(random() % 12),
                     resolved,
                     resolved && random() % 60 != 0,
                     in_30d && random() % 2 == 0,
                     in_30d,
                     random() % 25 == 0});
  }
  return lives;
}

Row row_of(std::vector<std::string> group, std::int64_t numerator, std::int64_t denominator, std::string value) {
  return {.group = std::move(group), .numerator = numerator, .denominator = denominator, .value = std::move(value), .interval = {}, .flags = {}, .note = {}, .withheld = {}};
}

// The tables of the recovery section, from lives of some months.
Edition edition_of(const std::vector<Life>& lives, int first_month, int months) {
  Edition edition;
  edition.period = {first_month * 1000, (first_month + months) * 1000, std::to_string(first_month) + "+" + std::to_string(months)};
  auto& tables = edition.sections.emplace_back(Section{"R", "", false, {}}).tables;
  struct Sums {
    std::int64_t begun = 0, resolved = 0, alive = 0, in_24h = 0, in_30d = 0, children = 0, repeat = 0;
  };
  for (std::size_t by = 0; by <= dimensions.size(); ++by) {
    std::map<std::vector<std::string>, Sums> sums;
    for (const Life& life : lives) {
      if (life.month < first_month || life.month >= first_month + months) continue;
      Sums& at = sums[by == dimensions.size() ? std::vector<std::string>{} : std::vector{life.group[by]}];
      ++at.begun;
      at.resolved += life.resolved;
      at.alive += life.alive;
      at.in_24h += life.in_24h;
      at.in_30d += life.in_30d;
      at.children += !life.repeated;
      at.repeat += !life.repeated && life.in_24h && life.alive;
    }
    const auto table = [&](const std::string& id, auto numerator, auto denominator) {
      Table& added = tables.emplace_back(Table{.id = id, .title = {}, .unit = "ratio", .definition = 1, .by = {}, .note = {}, .rows = {}});
      if (by < dimensions.size()) added.by = {dimensions[by]};
      for (const auto& [group, of] : sums) added.rows.push_back(row_of(group, of.*numerator, of.*denominator, "0.123456"));
    };
    table("R1", &Sums::resolved, &Sums::begun);
    table("R1.alive", &Sums::alive, &Sums::begun);
    table("R4.24h.mature", &Sums::in_24h, &Sums::begun);
    table("R4.24h.km", &Sums::in_24h, &Sums::begun);
    table("R4.30d.km", &Sums::in_30d, &Sums::begun);
    table("R5", &Sums::resolved, &Sums::begun);
    table("R9.repeat", &Sums::repeat, &Sums::children);
    Table& children = tables.emplace_back(Table{.id = "R9.children", .title = {}, .unit = "persons", .definition = 1, .by = {}, .note = {}, .rows = {}});
    if (by < dimensions.size()) children.by = {dimensions[by]};
    for (const auto& [group, of] : sums) {
      children.rows.push_back(row_of(group, of.children, 0, std::to_string(of.children)));
      children.rows.back().denominator.reset();
    }
  }
  return edition;
}

// What is told of some editions of parts of one time, and what was counted.
class EditionAttacker {
 public:
  using Name = std::tuple<std::string, std::vector<std::string>, std::vector<std::string>, std::string>;  // measure, by, group, period

  void add(const Edition& told, const Edition& whole) {
    std::set<Name> known;
    for (std::size_t t = 0; t < whole.sections[0].tables.size(); ++t) {
      const Table& table = whole.sections[0].tables[t];
      const Counted counted = counted_by(table.id);
      for (std::size_t r = 0; r < table.rows.size(); ++r) {
        const Row &row = table.rows[r], &said = told.sections[0].tables[t].rows[r];
        const auto see = [&](const std::string& measure, std::int64_t value) {
          const Name name{measure, table.by, row.group, whole.period.label};
          const int unknown = unknown_of(name);
          counts_[name] = value;
          if (said.withheld.empty() && known.insert(name).second) solver_.know({unknown}, value, value);
        };
        see(counted.numerator, *row.numerator);
        if (row.denominator) see(counted.denominator, *row.denominator);
        CHECK(said.withheld.empty() == said.value.has_value());
      }
    }
    for (const auto& [name, value] : counts_)
      if (std::get<3>(name) == whole.period.label && !known.contains(name)) withheld_.push_back(name);
  }

  // Groups add up to everything, a measure and the rest to what it is part of, months to the year.
  void reckon(const std::string& year, const std::vector<std::string>& months) {
    std::map<std::tuple<std::string, std::vector<std::string>, std::string>, std::vector<int>> groups;
    std::vector<std::pair<Name, std::int64_t>> all(counts_.begin(), counts_.end());
    for (const auto& [name, value] : all) {
      const auto& [measure, by, group, period] = name;
      if (!by.empty()) groups[{measure, by, period}].push_back(unknown_of(name));
      const auto wholes = wholes_of(measure);
      std::string whole;
      for (const auto& each : wholes)
        if (whole.empty() && counts_.contains({each, by, group, period})) whole = each;
      if (whole.empty() && measure == "R4.24h.mature") whole = "R4.24h.mature of";
      if (!whole.empty()) {
        const Name of_whole{whole, by, group, period}, rest{"rest of " + whole + " without " + measure, by, group, period};
        solver_.know_equal({unknown_of(name), unknown_of(rest)}, unknown_of(of_whole));
        const std::int64_t left = counts_.at(of_whole) - value;
        if (std::ranges::find(withheld_, name) != withheld_.end()) {
          counts_[rest] = left;
          withheld_.push_back(rest);
        } else if (left > 0 && left < policy.k && std::ranges::find(withheld_, of_whole) == withheld_.end()) {
          told_rests.push_back("the rest of " + whole + " without " + measure);
        }
      }
      if (period == year && !months.empty() && adds_up_over_time(measure)) {
        std::vector<int> parts;
        for (const std::string& month : months) {
          const Name in_month{measure, by, group, month};
          parts.push_back(unknown_of(in_month));
          if (!counts_.contains(in_month)) solver_.know({parts.back()}, 0, 0);  // no row
        }
        solver_.know_equal(parts, unknown_of(name));
      }
    }
    for (const auto& [name, parts] : groups) solver_.know_equal(parts, unknown_of({std::get<0>(name), {}, {}, std::get<2>(name)}));
  }

  std::vector<std::string> broken() {
    std::vector<std::string> all;
    std::vector<int> unknowns;
    std::erase_if(withheld_, [&](const Name& name) { return counts_.at(name) < 1 || counts_.at(name) >= policy.k; });
    for (const Name& name : withheld_) unknowns.push_back(unknown_of(name));
    solver_.spread(unknowns, policy.k - 1);
    for (const Name& name : withheld_) {
      const std::int64_t value = counts_.at(name);
      const auto enough = [](Range range) { return range.least <= 1 && range.most >= policy.k - 1; };
      Range range = solver_.seen(unknown_of(name));
      if (!enough(range)) range = solver_.range(unknown_of(name));
      ++attacked;
      if (!enough(range))
        all.push_back(std::get<0>(name) + " of " + (std::get<2>(name).empty() ? "all" : std::get<2>(name)[0]) + " in " + std::get<3>(name) + ", which is " + std::to_string(value) + ", is " +
                      std::to_string(range.least) + ".." + std::to_string(range.most));
    }
    return all;
  }

  std::size_t attacked = 0;
  std::vector<std::string> told_rests;

 private:
  int unknown_of(const Name& name) {
    const auto [at, fresh] = unknowns_.try_emplace(name, 0);
    if (fresh) at->second = solver_.unknown();
    return at->second;
  }

  Solver solver_;
  std::map<Name, int> unknowns_;
  std::map<Name, std::int64_t> counts_;
  std::vector<Name> withheld_;
};

bool tells_little(const Edition& edition) {
  for (const Table& table : edition.sections[0].tables)
    for (const Row& row : table.rows)
      if ((row.numerator && *row.numerator > 0 && *row.numerator < policy.k) || (row.denominator && *row.denominator > 0 && *row.denominator < policy.k)) return true;
  return false;
}

}  // namespace

TEST_CASE("a recovery edition by state, age and sex withstands the attack on all its figures together", "[disclosure]") {
  std::size_t attacked = 0;
  for (unsigned seed = 0; seed < 6; ++seed) {
    const Edition whole = edition_of(some_lives(seed, 2500), 0, 12);
    Edition told = whole;
    const auto report = suppress(told, policy, {});
    REQUIRE(report);
    for (const auto& each : report->shortfalls) FAIL_CHECK("seed " << seed << ": " << each);
    CHECK_FALSE(tells_little(told));
    EditionAttacker attacker;
    attacker.add(told, whole);
    attacker.reckon("", {});
    for (const std::string& each : attacker.broken()) FAIL_CHECK("seed " << seed << ": " << each);
    CHECK(attacker.told_rests.empty());
    attacked += attacker.attacked;
    std::size_t rows = 0;
    for (const Table& table : told.sections[0].tables) rows += table.rows.size();
    INFO(report->withheld.size() << " of " << rows << " figures are withheld");
    CHECK(report->withheld.size() < rows);  // or nothing would be left to read
  }
  CHECK(attacked > 50);
}

TEST_CASE("small counts taken out of an edition alone are found by the attack", "[disclosure]") {
  const Edition whole = edition_of(some_lives(1, 2500), 0, 12);
  Edition told = whole;
  for (Table& table : told.sections[0].tables)
    for (Row& row : table.rows) {
      const auto little = [](std::int64_t n) { return n > 0 && n < policy.k; };
      if (little(*row.numerator) || (row.denominator && (little(*row.denominator) || little(*row.denominator - *row.numerator)))) {
        row.withheld = "primary";
        row.value.reset();
      }
    }
  EditionAttacker attacker;
  attacker.add(told, whole);
  attacker.reckon("", {});
  CHECK_FALSE(attacker.broken().empty());
}

namespace {

// Editions of these months, one after the other: each reckons with those before it, and all of them have to be releasable.
struct Series {
  std::vector<Edition> wholes, tolds;

  Series(const std::vector<Life>& lives, const std::vector<std::pair<int, int>>& periods, const std::string& who) {
    for (const auto& [first, months] : periods) {
      wholes.push_back(edition_of(lives, first, months));
      tolds.push_back(wholes.back());
      std::vector<EarlierEdition> earlier;
      for (std::size_t i = 0; i + 1 < tolds.size(); ++i) earlier.push_back({&tolds[i], &wholes[i]});
      const auto report = suppress(tolds.back(), policy, earlier);
      REQUIRE(report);
      for (const auto& each : report->shortfalls) FAIL_CHECK(who << ", " << wholes.back().period.label << ": " << each);
      CHECK_FALSE(tells_little(tolds.back()));
    }
  }
};

}  // namespace

TEST_CASE("three monthly editions and the quarter's withstand the attack on all of them together", "[disclosure]") {
  std::size_t attacked = 0;
  for (const std::size_t people : {1500, 6000})
    for (unsigned seed = 5; seed < 15; ++seed) {
      const std::string who = std::to_string(people) + " people, seed " + std::to_string(seed);
      const Series series(some_lives(seed, people), {{0, 1}, {1, 1}, {2, 1}, {0, 3}}, who);
      EditionAttacker attacker;
      for (std::size_t i = 0; i < series.tolds.size(); ++i) attacker.add(series.tolds[i], series.wholes[i]);
      attacker.reckon("0+3", {"0+1", "1+1", "2+1"});
      for (const std::string& each : attacker.broken()) FAIL_CHECK(who << ": " << each);
      attacked += attacker.attacked;
    }
  CHECK(attacked > 15'000);
}

TEST_CASE("there is always an edition that may be released, in whatever order and however periods overlap", "[disclosure]") {
  std::mt19937 random(11);
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::vector<std::pair<int, int>> periods;
    for (int i = 0; i < 5; ++i) {
      const std::pair<int, int> next(static_cast<int>(random() % 5), static_cast<int>(1 + random() % 4));
      if (std::ranges::find(periods, next) == periods.end()) periods.push_back(next);
    }
    const std::size_t people = 200 << random() % 6;
    Series(some_lives(seed, people), periods, std::to_string(people) + " people, seed " + std::to_string(seed));
  }
}

TEST_CASE("what earlier editions alone give away is refused, and nothing at all is told of it", "[disclosure]") {
  const auto lives = some_lives(3, 1500);
  std::vector<Edition> careless;  // published under another policy
  for (const auto& [first, months] : {std::pair(0, 1), {1, 1}, {0, 3}}) careless.push_back(edition_of(lives, first, months));
  const Edition whole = edition_of(lives, 2, 1);
  Edition told = whole;
  std::vector<EarlierEdition> earlier;
  for (const Edition& each : careless) earlier.push_back({&each, &each});
  const auto report = suppress(told, policy, earlier);
  REQUIRE(report);
  CHECK_FALSE(report->shortfalls.empty());
  for (const Table& table : told.sections[0].tables)
    if (counted_by(table.id).numerator == "resolved")
      for (const Row& row : table.rows) CHECK_FALSE(row.withheld.empty());
}

TEST_CASE("who was reclassified is not what a case type now leaves of the same at intake", "[disclosure]") {
  const auto edition_with = [](const std::vector<std::pair<std::string, std::int64_t>>& at_intake, const std::vector<std::pair<std::string, std::int64_t>>& now) {
    Edition edition;
    edition.template_id = "transparency";
    edition.period = {0, 1, "2024"};
    auto& tables = edition.sections.emplace_back(Section{"R", "", false, {}}).tables;
    const auto add = [&](std::vector<std::string> by, const auto& counts) {
      Table& table = tables.emplace_back(Table{.id = "R8", .title = {}, .unit = "episodes", .definition = 1, .by = std::move(by), .note = {}, .rows = {}});
      for (const auto& [type, n] : counts) {
        table.rows.push_back(row_of({}, n, 0, std::to_string(n)));
        table.rows.back().denominator.reset();
        if (!type.empty()) table.rows.back().group = {type};
      }
    };
    std::int64_t all = 0;
    for (const auto& [type, n] : now) all += n;
    add({}, std::vector{std::pair(std::string(), all)});
    add({"case_type"}, at_intake);
    add({"case_type_current"}, now);
    return edition;
  };
  const auto rules_of = [](Edition edition) {
    const auto report = suppress(edition, policy, {});
    REQUIRE(report);
    CHECK(report->shortfalls.empty());
    std::vector<std::string> rules;
    for (const Row& row : edition.sections[0].tables[2].rows) rules.push_back(row.withheld);
    return rules;
  };
  using Rules = std::vector<std::string>;
  CHECK(rules_of(edition_with({{"ERU", 900}, {"FA", 100}, {"NFA", 40}}, {{"ERU", 900}, {"FA", 100}, {"NFA", 40}})) == Rules{"", "", ""});  // nobody
  CHECK(rules_of(edition_with({{"ERU", 900}, {"FA", 100}, {"NFA", 40}}, {{"ERU", 897}, {"FA", 100}, {"NFA", 43}})) == Rules{"difference", "", "difference"});
  CHECK(rules_of(edition_with({{"ERU", 900}, {"FA", 100}, {"NFA", 40}}, {{"ERU", 860}, {"FA", 100}, {"NFA", 80}})) == Rules{"", "", ""});  // forty
}

TEST_CASE("whoever lacks a clock is not what one clock leaves of another, or of those who began at all", "[disclosure]") {
  const auto rules_of = [](std::int64_t begun, const std::vector<std::pair<std::string, std::int64_t>>& clocks, const std::vector<std::int64_t>& clocked) {
    Edition edition;
    edition.template_id = "transparency";
    edition.period = {0, 1, "2024"};
    auto& tables = edition.sections.emplace_back(Section{"R", "", false, {}}).tables;
    const auto table = [&](const std::string& id, std::vector<std::string> by) -> Table& {
      return tables.emplace_back(Table{.id = id, .title = {}, .unit = "ratio", .definition = 1, .by = std::move(by), .note = {}, .rows = {}});
    };
    table("R1", {}).rows.push_back(row_of({}, begun / 2, begun, "0.5"));
    Table& by_clock = table("R1", {"clock"});
    for (const auto& [clock, n] : clocks) by_clock.rows.push_back(row_of({clock}, std::min<std::int64_t>(clock == "reported_us" ? 200 : 150, n), n, "0.5"));
    Table& shares = table("R1.clock", {"clock"});
    for (std::size_t i = 0; i < clocks.size(); ++i) shares.rows.push_back(row_of({clocks[i].first}, clocked[i], begun, "0.5"));
    const auto report = suppress(edition, policy, {});
    REQUIRE(report);
    CHECK(report->shortfalls.empty());
    std::vector<std::string> rules;
    for (const std::size_t i : {1u, 2u})
      for (const Row& row : edition.sections[0].tables[i].rows) rules.push_back(row.withheld);
    return rules;
  };
  using Rules = std::vector<std::string>;
  // Everybody was reported to us, and nobody began elsewhere by the other clock.
  CHECK(rules_of(900, {{"last_contact", 700}, {"reported_us", 900}}, {700, 900}) == Rules{"", "", "", ""});
  // Four lack the report to us: what it counts is withheld, and its share.
  CHECK(rules_of(900, {{"last_contact", 700}, {"reported_us", 896}}, {700, 896}) == Rules{"", "dependent", "", "difference"});
  // Two hundred lack each of the clocks, and three more the one.
  CHECK(rules_of(900, {{"last_contact", 697}, {"reported_us", 700}}, {697, 700}) == Rules{"dependent", "", "difference", ""});
  // Everybody has both, and six more were last seen in another period than were in this one and are not reported in it.
  CHECK(rules_of(900, {{"last_contact", 894}, {"reported_us", 900}}, {900, 900}) == Rules{"", "", "", ""});
  // So few began that nothing is told.
  CHECK(rules_of(9, {{"last_contact", 9}, {"reported_us", 9}}, {9, 9}) == Rules{"dependent", "dependent", "dependent", "dependent"});
}

TEST_CASE("what a statute wants told of each month and of the quarter is no reason to refuse one of them", "[disclosure]") {
  const auto counts = [](int first, int months, std::int64_t recovered) {
    Edition edition;
    edition.template_id = "statutory-11295a";
    edition.period = {first, first + months, std::to_string(first) + "+" + std::to_string(months)};
    Table& table = edition.sections.emplace_back(Section{"R11", "", false, {}}).tables.emplace_back(Table{.id = "R11.4", .title = {}, .unit = "episodes", .definition = 1, .by = {}, .note = {}, .rows = {}});
    table.rows.push_back(row_of({}, recovered, 0, std::to_string(recovered)));
    table.rows.back().denominator.reset();
    return edition;
  };
  const std::vector<Edition> months{counts(0, 1, 7), counts(1, 1, 20)};
  Edition quarter = counts(0, 3, 30);  // and so 3 in the third
  const std::vector<EarlierEdition> earlier{{&months[0], &months[0]}, {&months[1], &months[1]}};
  const auto report = suppress(quarter, policy, earlier);
  REQUIRE(report);
  CHECK(report->shortfalls.empty());
  CHECK(report->withheld.empty());
}
