// Editions made from folds: every metric in a section of its own, sums that hold, and what keeps an edition from being made.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "projections/reports/definitions.h"
#include "projections/reports/publishable.h"
#include "projections/reports/take_out.h"
#include "tests/support/source.h"
#include "tests/support/stories.h"

using namespace caseledger;
using namespace caseledger::reports;

namespace {

// A check that says of what it does not hold.
#define CHECK_OF(what, holds) \
  do {                        \
    INFO(what);               \
    CHECK(holds);             \
  } while (false)

const Period year_2024{stories::new_year_2024, stories::new_year_2024 + 366 * stories::day, "2024"};

Terms terms(Micros as_of = stories::new_year_2024 + 400 * stories::day) {
  return {.origin = "ledger.example.org/l/1", .period = year_2024, .as_of = {.size = 7, .root = {}, .recorded_at = as_of}, .governed = {}};
}

projections::Folds folds_of(const stories::Log& log) {
  projections::Folds folds;
  for (const auto& fact : log.facts()) REQUIRE(folds.apply(fact));
  folds.settle();
  return folds;
}

const Table* table_of(const Edition& edition, std::string_view named) {
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      if (name_of(table) == named) return &table;
  return nullptr;
}

std::vector<std::string> failed(const Edition& edition) {
  std::vector<std::string> all;
  for (const Check& check : edition.checks)
    if (!check.holds) all.push_back(check.id + ": " + check.sentence);
  return all;
}

std::vector<const SectionPlan*> all_sections() {
  std::vector<const SectionPlan*> all;
  for (const Template* each : templates())
    for (const SectionPlan* section : each->sections)
      if (std::ranges::find(all, section) == all.end()) all.push_back(section);
  return all;
}

// The sections of docs/metrics.md, as the definitions tell them.
std::string metrics_document() {
  std::string out;
  for (const SectionPlan* section : all_sections()) {
    out += "\n## " + std::string(section->id) + ": " + std::string(section->title) + "\nPeriod: " + std::string(section->clock) + ".\n\n| id | version | unit | what it is | numerator | denominator |\n|---|---|---|---|---|---|\n";
    for (const Definition& each : definitions()) {
      const auto& over_everything = section->tables.front().metrics;
      if (!std::ranges::any_of(over_everything, [&](std::string_view metric) { return covers(metric, each.id); })) continue;
      out += "| " + each.id + " | " + std::to_string(each.version) + " | " + each.unit + " | " + each.title + " | " + (each.numerator == each.title ? "the same" : each.numerator) + " | " + each.denominator + " |\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("every metric belongs to exactly one section") {
  std::map<std::string, int> sections;
  for (const SectionPlan* section : all_sections()) {
    CHECK(section->tables.front().by.empty());
    for (const Definition& each : definitions())
      for (const std::string_view metric : section->tables.front().metrics) sections[each.id] += covers(metric, each.id);
    for (const TablePlan& table : section->tables) {
      for (const std::string_view metric : table.metrics) CHECK_OF(metric, is_defined(metric));
      for (const std::string_view dimension : table.by) CHECK_OF(dimension, std::ranges::find(dimensions(), dimension) != dimensions().end());
    }
  }
  for (const auto& [id, n] : sections) CHECK_OF(id, n == 1);
  CHECK(sections.size() == definitions().size());
}

TEST_CASE("definitions say what numerator and denominator count, in the words of the titles") {
  const auto of = [](std::string_view id) { return *std::ranges::find(definitions(), id, &Definition::id); };
  CHECK(of("T7.without_case").denominator == "Searches executed in the period");
  CHECK(of("T7.without_case").numerator == "those that name no case");
  CHECK(of("T1.bundle_ratio").numerator == "Incidents");
  CHECK(of("T1.bundle_ratio").denominator == "report");
  CHECK(of("T1.reports").numerator == "Reports received");
  CHECK(of("T5.true_matches").numerator == "those found right, of: Alert episodes observed in the period");
  CHECK(of("R8.oldest").denominator == "those that are ranked");
  for (const Definition& each : definitions()) CHECK_OF(each.id, (!each.numerator.empty() || !each.denominator.empty()));
}

TEST_CASE("docs/metrics.md tells the definitions; CASELEDGER_WRITE_DOCS=1 writes it anew") {
  const auto file = samples::source_folder() / "docs" / "metrics.md";
  std::stringstream whole;
  whole << std::ifstream(file).rdbuf();
  std::string document = whole.str();
  const std::string_view begin_mark = "<!-- metrics -->\n";
  const auto begin = document.find(begin_mark);
  REQUIRE(begin != document.npos);
  const std::string found = document.substr(begin + begin_mark.size());
  if (std::getenv("CASELEDGER_WRITE_DOCS")) std::ofstream(file) << document.replace(begin + begin_mark.size(), found.size(), metrics_document());
  else CHECK(found == metrics_document());
}

TEST_CASE("an edition of a ledger without casework has every section, and each says that it has no data but for what the log is") {
  const projections::Folds folds;
  const auto edition = make_edition(folds, transparency(), terms());
  REQUIRE(edition);
  CHECK(edition->sections.size() == transparency().sections.size());
  for (const Section& section : edition->sections) CHECK_OF(section.id, section.no_data == (section.id != "T15"));
  CHECK(failed(*edition).empty());
  CHECK(parse_edition(edition_json(*edition).value()).value() == *edition);
}

TEST_CASE("the checks of an edition hold whatever happened") {
  CHECK(rc::check("any lives add up", [] {
    stories::Log log;
    stories::live(log, [](unsigned n) { return *rc::gen::inRange(0u, n); }, 150);
    const auto folds = folds_of(log);
    const auto edition = make_edition(folds, transparency(), terms(std::max(log.clock(), year_2024.from)));
    RC_ASSERT(edition);
    RC_ASSERT(failed(*edition) == std::vector<std::string>{});
    RC_ASSERT(parse_edition(edition_json(*edition).value()).value() == *edition);
  }));
}

TEST_CASE("figures are split as the template says, with their notes said once") {
  stories::Log log;
  stories::Case(log, stories::stream(1), {.type = schema::CaseType::ERU, .state = "US-TX", .clocks = {}}).child(stories::subject(1));
  stories::Case(log, stories::stream(2), {.type = schema::CaseType::FA, .state = "US-CA", .clocks = {}}).child(stories::subject(2));
  const auto folds = folds_of(log);
  const Edition edition = make_edition(folds, transparency(), terms()).value();
  CHECK_FALSE(edition.sections[0].no_data);
  const Table* whole = table_of(edition, "R1");
  REQUIRE(whole);
  CHECK(whole->rows.size() == 1);
  CHECK(whole->rows[0].denominator == 2);
  CHECK(whole->note == "resolved: recovered alive or found dead");
  CHECK(whole->rows[0].note.empty());
  const Table* split = table_of(edition, "R1 by jurisdiction");
  REQUIRE(split);
  REQUIRE(split->rows.size() == 2);
  CHECK(split->rows[0].group == std::vector<std::string>{"US-CA"});
  CHECK(name_of(*split, split->rows[1]) == "R1 by jurisdiction = US-TX");
  CHECK(table_of(edition, "T1.reports by country") == nullptr);  // nothing came from anywhere
}

TEST_CASE("an edition tells how many of its figures are withheld and by which rule, and that is what its rows say") {
  stories::Log log;
  static constexpr const char* states[] = {"US-TX", "US-CA", "US-NY", "US-OH"};
  for (unsigned i = 0; i < 40; ++i) stories::Case(log, stories::stream(i), {.type = schema::CaseType::ERU, .state = states[i < 30 ? i % 2 : i < 33 ? 2 : 3], .clocks = {}}).child(stories::subject(i));
  const auto folds = folds_of(log);
  Edition edition = make_edition(folds, transparency(), terms()).value();
  CHECK(table_of(edition, "T16.withheld") == nullptr);  // nothing is, as it is counted
  const auto rules = suppression_rules(Adopted(terms().origin), terms().as_of.recorded_at).value();
  const auto report = make_publishable(edition, folds, transparency(), terms(), rules, {}).value();
  const Table *whole = table_of(edition, "T16.withheld"), *split = table_of(edition, "T16.withheld by rule");
  REQUIRE((whole && split));
  const std::string json = edition_json(edition).value();
  const auto said = [&](const std::string& text) {
    std::int64_t n = 0;
    for (std::size_t at = json.find(text); at != json.npos; at = json.find(text, at + 1)) ++n;
    return n;
  };
  CHECK(whole->rows[0].numerator == said(R"("withheld":")"));
  CHECK(whole->rows[0].numerator == static_cast<std::int64_t>(report.withheld.size()));
  CHECK(split->rows.size() >= 2);
  for (const Row& row : split->rows) CHECK_OF(row.group[0], row.numerator == said(R"("withheld":")" + row.group[0] + '"'));
  CHECK(failed(edition).empty());
  for (const Section& section : edition.sections)
    if (section.id == "T16") CHECK_FALSE(section.no_data);
  CHECK(parse_edition(json).value() == edition);

  Edition again = edition;
  withhold_alike(again, edition);
  for (Section& section : again.sections) std::erase_if(section.tables, [](const Table& table) { return table.id == "T16.withheld"; });
  tell_withheld(again);
  CHECK(again == edition);
}

TEST_CASE("an edition that does not add up says which sums fail") {
  const projections::Folds folds;
  Edition edition = make_edition(folds, transparency(), terms()).value();
  const auto row_of = [&](std::string_view named) -> Row& {
    for (Section& section : edition.sections)
      for (Table& table : section.tables)
        if (name_of(table) == named) return table.rows[0];
    throw std::logic_error("no such table");
  };
  row_of("T1.reports").numerator = 3;
  row_of("T1.referral").numerator = 2;
  row_of("R8.residual").numerator = 1;
  edition.checks = checks_of(edition, transparency());
  CHECK_FALSE(edition.releasable());
  CHECK(failed(edition) == std::vector<std::string>{"R8.balance: R8.residual = 0: found 1",
                                                    "T1.received: T1.reports = T1.referral + T1.informational + T1.unfounded + T1.spam_test + T1.undesignated: found 3 and 2 + 0 + 0 + 0 + 0"});
}

TEST_CASE("rows that do not sum to the whole are told with their table") {
  stories::Log log;
  stories::Case(log, stories::stream(1)).child(stories::subject(1));
  const auto folds = folds_of(log);
  Edition edition = make_edition(folds, transparency(), terms()).value();
  for (Table& table : edition.sections[0].tables)
    if (name_of(table) == "R1 by sex") table.rows[0].denominator = 4;
  edition.checks = checks_of(edition, transparency());
  CHECK(failed(edition) == std::vector<std::string>{"R.rows: R1 by sex: the denominators of its rows sum to 4, and the whole has 1"});
}

TEST_CASE("a period across a change of a definition makes no edition, and says where to cut it") {
  const projections::Folds folds;
  Terms asked = terms();
  asked.governed.definition_changes = {{"R4", 2, year_2024.from + 31 * stories::day, "0192f0c1-7b1e-7c3a-9d2e-5f60718293a4"}};
  const auto refused = make_edition(folds, transparency(), asked);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::value_out_of_range);
  CHECK(refused.error().sentence.starts_with("the definition of R4.3h.mature changes to version 2 at 2024-02-01T00:00:00Z (policy 0192f0c1-"));
  CHECK(make_edition(folds, statutory_11295a(), asked));  // which does not show it

  asked.governed.definition_changes[0].effective_from = year_2024.from;
  CHECK(make_edition(folds, transparency(), asked).error().sentence.find("this program counts by version 1") != std::string::npos);
  asked.governed.definition_changes[0].effective_from = year_2024.to;
  CHECK(make_edition(folds, transparency(), asked));
}

TEST_CASE("a period that begins after the as-of makes no edition") {
  const projections::Folds folds;
  const auto refused = make_edition(folds, transparency(), terms(year_2024.from - 1));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sentence.starts_with("the period begins at 2024-01-01T00:00:00Z, after the as-of"));
}

TEST_CASE("templates are found by name, and an unknown one says which there are") {
  CHECK(find_template("transparency").value() == &transparency());
  CHECK(find_template("nothing").error().sentence == "there is no template \"nothing\"; there are transparency, statutory-11295a, cybertipline-annual");
}
