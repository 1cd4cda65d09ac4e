// Counties within states within regions, months within a year, and editions that replace others, attacked with a solver.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "tests/support/attacker.h"
#include "tests/support/populations.h"

using namespace caseledger;
using namespace caseledger::reports::disclosure;
using namespace samples;

namespace {

const rules::SuppressionPolicy policy = *rules::SuppressionPolicy::parse(rules::SuppressionPolicy::built_in());

Verdict attacked(const Population& population, bool whole_numbers, std::size_t every = 1) {
  auto verdict = withhold(population, policy);
  REQUIRE(verdict);
  for (const std::string& each : broken_promises(population, *verdict, policy, whole_numbers, every)) FAIL_CHECK(each);
  return *verdict;
}

// What the next edition has to reckon with.
void publish(Cell& cell, const Decision& decision) {
  if (!cell.here) return;
  if (decision.rule == Rule::told) cell.told_before = cell.value;
  else cell.before = decision.rule == Rule::primary         ? Cell::Before::primary
                     : decision.rule == Rule::complementary ? Cell::Before::complementary
                                                            : Cell::Before::unsaid;
}

std::int64_t few(std::mt19937& random) { return random() % 5 == 0 ? random() % 300 : random() % 14; }

}  // namespace

TEST_CASE("counties that are told as their state, and states whose counties are told, give no small one away", "[disclosure]") {
  std::ptrdiff_t coarsened = 0;
  for (unsigned seed = 0; seed < 12; ++seed) {
    std::mt19937 random(seed);
    Population population{.name = "counties " + std::to_string(seed), .dimensions = {{.name = "place"}, {.name = "age"}}, .cells = {}};
    Dimension& place = population.dimensions[0];
    for (unsigned region = 0; region < 2; ++region) {
      const auto in_region = place.add("region", 1);
      for (unsigned state = 0; state < 3; ++state) {
        const auto in_state = place.add("state", 2, {in_region});
        for (unsigned county = 0; county < 2 + random() % 4; ++county) place.add("county", 3, {in_state});
      }
    }
    for (unsigned age = 0; age < 3; ++age) population.dimensions[1].add("age", 0);
    std::map<std::vector<std::uint32_t>, std::int64_t> inside;
    lay_out(population, {{{}, {}}, {1, {}}, {2, {}}, {3, {}}, {{}, 0}, {1, 0}, {2, 0}, {3, 0}}, [&](const auto& leaf) {
      const auto [at, fresh] = inside.try_emplace(leaf, 0);
      if (fresh) at->second = few(random);
      return at->second;
    });
    for (std::uint32_t state = 1; state < place.nodes.size(); ++state) {
      if (place.nodes[state].level != 2) continue;
      const bool by_state = random() % 2 == 0, sum_too = random() % 4 == 0;
      for (Cell& cell : population.cells) {
        const bool county = place.nodes[cell.at[0]].level == 3 && place.nodes[cell.at[0]].in[0] == state;
        if (by_state ? county : cell.at[0] == state && !sum_too) cell.unsaid = true;
      }
    }
    const Verdict verdict = attacked(population, true);
    CHECK(verdict.shortfalls.empty());
    coarsened += std::ranges::count(verdict.decisions, Rule::coarsened, &Decision::rule);
  }
  CHECK(coarsened > 100);
}

TEST_CASE("twelve monthly editions with late records, and the year's, do not give away what one of them withheld", "[disclosure]") {
  constexpr unsigned groups = 6;
  std::mt19937 random(3);
  Population population{.name = "months", .dimensions = {{.name = "group"}, {.name = "period"}}, .cells = {}};
  for (unsigned group = 0; group < groups; ++group) population.dimensions[0].add("group", 0);
  Dimension& period = population.dimensions[1];
  for (unsigned quarter = 0; quarter < 4; ++quarter) {
    const auto in_quarter = period.add("quarter", 1);
    for (unsigned month = 0; month < 3; ++month) period.add("month", 100 + quarter * 3 + month, {in_quarter});
  }
  std::map<std::vector<std::uint32_t>, std::int64_t> inside;
  for (std::uint32_t group = 1; group <= groups; ++group)
    for (std::uint32_t node = 1; node < period.nodes.size(); ++node)
      if (period.nodes[node].level >= 100) inside[{group, node}] = static_cast<std::int64_t>(random() % 30);
  std::vector<std::vector<std::uint32_t>> told_periods;
  for (std::uint32_t node = 1; node < period.nodes.size(); ++node)
    if (period.nodes[node].level >= 100) told_periods.push_back({node});
  told_periods.push_back({0});  // the year, last

  std::map<std::vector<std::uint32_t>, Cell> published;
  for (const auto& now : told_periods) {
    for (auto& [at, count] : inside)  // a late record here and there
      if (random() % 20 == 0) ++count;
    Population edition{population.name, population.dimensions, {}};
    std::vector<Split> tables;
    for (const auto& of : told_periods) {
      const std::uint32_t node = of[0];
      const std::optional<std::uint32_t> level = node == 0 ? std::nullopt : std::optional(period.nodes[node].level);
      tables.push_back({{}, level});
      tables.push_back({0, level});
      if (of == now) break;
    }
    lay_out(edition, tables, [&](const auto& leaf) { return inside[leaf]; });
    for (Cell& cell : edition.cells) {
      cell.here = cell.at[1] == now[0];
      if (const auto before = published.find(cell.at); before != published.end()) {
        cell.told_before = before->second.told_before;
        cell.before = before->second.before;
      }
    }
    const Verdict verdict = attacked(edition, true);
    CHECK(verdict.shortfalls.empty());
    for (std::size_t i = 0; i < edition.cells.size(); ++i) {
      if (!edition.cells[i].here) continue;
      publish(edition.cells[i], verdict.decisions[i]);
      published[edition.cells[i].at] = edition.cells[i];
    }
  }
}

TEST_CASE("a corrected edition tells what changed by nothing or by enough, and keeps withheld what was withheld", "[disclosure]") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::vector<std::int64_t>> counts(4 + random() % 4, std::vector<std::int64_t>(4));
    for (auto& row : counts)
      for (auto& count : row) count = few(random);
    Population first = two_way(counts);
    const Verdict then = attacked(first, true);
    for (auto& row : counts)
      for (auto& count : row)
        if (random() % 6 == 0) count += static_cast<std::int64_t>(random() % 2 == 0 ? 1 + random() % 5 : 20);
    Population second = two_way(counts);
    second.name += ' ' + std::to_string(seed);
    for (std::size_t i = 0; i < second.cells.size(); ++i) {
      publish(first.cells[i], then.decisions[i]);
      second.cells[i].told_before = first.cells[i].told_before;
      second.cells[i].before = first.cells[i].before;
    }
    const Verdict now = attacked(second, true);
    for (std::size_t i = 0; i < second.cells.size(); ++i) {
      const Cell& cell = second.cells[i];
      if (now.decisions[i].rule != Rule::told) continue;
      CHECK(then.decisions[i].rule == Rule::told);
      const std::int64_t changed = std::abs(cell.value - *cell.told_before);
      CHECK((changed == 0 || changed >= policy.k));
    }
  }
}

TEST_CASE("published counts of countries and years withstand the attack as if they counted children", "[disclosure]") {
  const char* folder = std::getenv("CASELEDGER_DATA");
  std::ifstream file(folder ? std::string(folder) + "/cybertipline-reports-per-country.csv" : std::string());
  if (!file) {
    WARN("SKIPPED, nothing was checked: set CASELEDGER_DATA to the folder that holds cybertipline-reports-per-country.csv");
    return;
  }
  std::vector<std::vector<std::int64_t>> counts;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::int64_t> row;
    std::string cell;
    bool quoted = false;
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      else if (c == ',' && !quoted) cells.emplace_back();
      else if (c != ',' && c != '\r') cells.back() += c;
    }
    for (std::size_t i = 2; i < cells.size(); ++i) row.push_back(cells[i].empty() ? 0 : std::stoll(cells[i]));
    if (row.size() == 5) counts.push_back(std::move(row));
  }
  REQUIRE(counts.size() > 200);
  const Population population = two_way(counts);
  const Verdict verdict = attacked(population, false, 4);
  CHECK(verdict.shortfalls.empty());
  CHECK(std::ranges::count(verdict.decisions, Rule::primary, &Decision::rule) > 20);
}
