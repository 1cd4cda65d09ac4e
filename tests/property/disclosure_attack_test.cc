// Published tables attacked with a solver: nothing withheld may be bounded more tightly than the policy allows.
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>

#include "tests/support/attacker.h"
#include "tests/support/populations.h"

using namespace caseledger;
using namespace caseledger::reports::disclosure;
using namespace samples;

namespace {

const rules::SuppressionPolicy policy = *rules::SuppressionPolicy::parse(rules::SuppressionPolicy::built_in());

// Counts as they are in life: most places have none or few, some have very many.
class Counts {
 public:
  explicit Counts(unsigned seed) : random_(seed) {}
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  std::int64_t heavy_tailed() {
    const std::uint32_t kind = below(10);
    if (kind < 4) return 0;
    if (kind < 8) return 1 + below(12);
    return below(2) == 0 ? 1 + below(200) : 1 + below(20'000);
  }
  std::vector<std::vector<std::int64_t>> table(std::size_t rows, std::size_t columns) {
    std::vector<std::vector<std::int64_t>> all(rows, std::vector<std::int64_t>(columns));
    for (auto& row : all)
      for (auto& count : row) count = heavy_tailed();
    return all;
  }

 private:
  std::mt19937 random_;
};

Verdict decided(const Population& population) {
  auto verdict = withhold(population, policy);
  REQUIRE(verdict);
  return *verdict;
}

std::size_t how_many(const Verdict& verdict, Rule rule) { return static_cast<std::size_t>(std::ranges::count(verdict.decisions, rule, &Decision::rule)); }

void attack(const Population& population, const Verdict& verdict, bool whole_numbers, std::size_t every = 1) {
  for (const std::string& each : broken_promises(population, verdict, policy, whole_numbers, every)) FAIL_CHECK(each);
}

// What one would do who has not heard of sums.
Verdict naive(const Population& population) {
  Verdict verdict{std::vector<Decision>(population.cells.size()), {}};
  for (std::size_t i = 0; i < population.cells.size(); ++i)
    if (population.cells[i].value > 0 && population.cells[i].value < policy.k) verdict.decisions[i].rule = Rule::primary;
  return verdict;
}

}  // namespace

TEST_CASE("tables of one dimension withstand the attack", "[disclosure]") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Counts counts(seed);
    std::vector<std::int64_t> all(2 + counts.below(12));
    for (auto& count : all) count = counts.heavy_tailed();
    Population population = one_way(all);
    population.name += ' ' + std::to_string(seed);
    const Verdict verdict = decided(population);
    CHECK(verdict.shortfalls.empty());
    attack(population, verdict, true);
  }
}

TEST_CASE("tables of two dimensions withstand the attack, and the attacker breaks what withholds small counts alone", "[disclosure]") {
  std::size_t broken = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    Counts counts(seed);
    Population population = two_way(counts.table(2 + counts.below(6), 2 + counts.below(6)));
    population.name += ' ' + std::to_string(seed);
    const Verdict verdict = decided(population);
    CHECK(verdict.shortfalls.empty());
    attack(population, verdict, true);
    broken += !broken_promises(population, naive(population), policy, true).empty();
  }
  CHECK(broken > 30);
}

TEST_CASE("a table of 50 rows and 60 columns with sums is decided within a second", "[disclosure]") {
  const Population population = two_way(Counts(7).table(50, 60));
  const std::clock_t begun = std::clock();
  const Verdict verdict = decided(population);
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  std::cout << "50 x 60 with sums: " << seconds << " s of processor time; withheld as primary " << how_many(verdict, Rule::primary) << ", complementary "
            << how_many(verdict, Rule::complementary) << ", line " << how_many(verdict, Rule::line) << " of " << population.cells.size() << '\n';
  CHECK(verdict.shortfalls.empty());
  attack(population, verdict, false, 60);
}

TEST_CASE("tables of three dimensions withstand the attack, whichever of their sums are told", "[disclosure]") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    Counts counts(seed);
    Population population{.name = "three way " + std::to_string(seed), .dimensions = {{.name = "a"}, {.name = "b"}, {.name = "c"}}, .cells = {}};
    for (Dimension& dimension : population.dimensions)
      for (std::uint32_t leaves = 2 + counts.below(3); leaves > 0; --leaves) dimension.add("leaf", 0);
    std::map<std::vector<std::uint32_t>, std::int64_t> inside;
    const auto count = [&](const std::vector<std::uint32_t>& leaf) {
      const auto [at, fresh] = inside.try_emplace(leaf, 0);
      if (fresh) at->second = counts.heavy_tailed();
      return at->second;
    };
    std::vector<Split> tables{{{}, {}, {}}};
    for (unsigned which = 1; which < 8; ++which)
      if (seed % 3 == 0 || counts.below(3) != 0) tables.push_back({which & 1 ? std::optional(0u) : std::nullopt, which & 2 ? std::optional(0u) : std::nullopt, which & 4 ? std::optional(0u) : std::nullopt});
    lay_out(population, tables, count);
    const Verdict verdict = decided(population);
    CHECK(verdict.shortfalls.empty());
    attack(population, verdict, true);
  }
}

namespace {

std::size_t beside_small_ones(const Population& population, const Verdict& verdict) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < population.cells.size(); ++i) n += verdict.decisions[i].rule != Rule::told && population.cells[i].value >= policy.k;
  return n;
}

// The fewest counts of at least k that could be withheld beside the small ones, found by trying every choice of fewer than `ours`.
std::size_t fewest(const Population& population, std::size_t ours) {
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < population.cells.size(); ++i)
    if (population.cells[i].value >= policy.k) large.push_back(i);
  Verdict verdict = naive(population);
  const std::function<bool(std::size_t, std::size_t)> choose = [&](std::size_t from, std::size_t left) {
    if (left == 0) return broken_promises(population, verdict, policy, false).empty();
    for (std::size_t i = from; i + left <= large.size(); ++i) {
      verdict.decisions[large[i]].rule = Rule::complementary;
      if (choose(i + 1, left - 1)) return true;
      verdict.decisions[large[i]].rule = Rule::told;
    }
    return false;
  };
  for (std::size_t size = 0; size < ours; ++size)
    if (choose(0, size)) return size;
  return ours;
}

}  // namespace

TEST_CASE("of small tables hardly more is withheld than has to be", "[disclosure]") {
  std::size_t ours = 0, least = 0;
  const auto compare = [&](const Population& population) {
    const std::size_t withheld = beside_small_ones(population, decided(population));
    ours += withheld;
    least += fewest(population, withheld);
  };
  for (unsigned seed = 0; seed < 60; ++seed) {
    Counts counts(seed);
    std::vector<std::int64_t> all(4 + counts.below(4));
    for (auto& count : all) count = counts.heavy_tailed();
    compare(one_way(all));
  }
  const std::size_t ours_one_way = ours, least_one_way = least;
  for (unsigned seed = 0; seed < 12; ++seed) compare(two_way(Counts(seed).table(3, 3)));
  std::cout << "withheld beside small counts, and the fewest that would do: one way " << ours_one_way << " and " << least_one_way << ", 3 x 3 " << ours - ours_one_way << " and " << least - least_one_way << '\n';
  CHECK(ours * 100 <= least * 125);
}
