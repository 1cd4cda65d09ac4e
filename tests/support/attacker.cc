#include "tests/support/attacker.h"

#include <algorithm>
#include <map>
#include <set>

namespace samples {

using namespace caseledger::reports::disclosure;
using caseledger::rules::SuppressionPolicy;

namespace {

using Places = std::vector<std::uint32_t>;

std::set<std::uint32_t> leaves_of(const Dimension& dimension, std::uint32_t node) {
  std::set<std::uint32_t> leaves;
  bool inner = false;
  for (std::uint32_t below = node + 1; below < dimension.nodes.size(); ++below) {
    if (std::ranges::find(dimension.nodes[below].in, node) == dimension.nodes[below].in.end()) continue;
    inner = true;
    leaves.merge(leaves_of(dimension, below));
  }
  if (!inner) leaves.insert(node);
  return leaves;
}

// What one who knows the rules knows of a withheld cell.
Range known(const Cell& cell, Rule rule, const SuppressionPolicy& policy) {
  switch (rule) {
    case Rule::primary: return {policy.zero_allowed ? 1 : 0, policy.k - 1};
    case Rule::difference: return {std::max<std::int64_t>(0, *cell.told_before - policy.k + 1), *cell.told_before + policy.k - 1};
    case Rule::complementary: return {policy.k, Solver::unending};
    case Rule::told: return {cell.value, cell.value};
    case Rule::earlier:
    case Rule::coarsened:
    case Rule::line:
    case Rule::figure: break;
  }
  return {0, Solver::unending};
}

}  // namespace

Attacker::Attacker(const Population& population, const std::vector<Decision>& decisions, const SuppressionPolicy& policy, bool knows_the_rules) {
  const auto& dimensions = population.dimensions;
  std::vector<std::vector<std::set<std::uint32_t>>> leaves;
  std::vector<Places> combinations{{}};
  for (const Dimension& dimension : dimensions) {
    auto& of = leaves.emplace_back();
    for (std::uint32_t node = 0; node < dimension.nodes.size(); ++node) of.push_back(leaves_of(dimension, node));
    std::vector<Places> longer;
    for (const Places& combination : combinations)
      for (const std::uint32_t leaf : of[0]) {
        longer.push_back(combination);
        longer.back().push_back(leaf);
      }
    combinations = std::move(longer);
  }
  std::vector<int> unknowns;
  for (std::size_t i = 0; i < combinations.size(); ++i) unknowns.push_back(solver_.unknown());
  const auto unknowns_at = [&](const Places& at) {
    std::vector<int> all;
    for (std::size_t i = 0; i < combinations.size(); ++i) {
      bool within = true;
      for (std::size_t d = 0; within && d < at.size(); ++d) within = leaves[d][at[d]].contains(combinations[i][d]);
      if (within) all.push_back(unknowns[i]);
    }
    return all;
  };

  std::set<Places> listed, tables;
  const auto table_of = [&](const Places& at) {
    Places levels;
    for (std::size_t d = 0; d < at.size(); ++d) levels.push_back(at[d] == 0 ? 0 : 1 + dimensions[d].nodes[at[d]].level);
    return levels;
  };
  for (std::size_t i = 0; i < population.cells.size(); ++i) {
    const Cell& cell = population.cells[i];
    listed.insert(cell.at);
    tables.insert(table_of(cell.at));
    unknowns_of_.push_back(unknowns_at(cell.at));
    const Rule rule = decisions[i].rule;
    const Range range = known(cell, rule == Rule::told || knows_the_rules ? rule : Rule::line, policy);
    if (range.least > 0 || range.most < Solver::unending) solver_.know(unknowns_of_.back(), range.least, range.most);
  }
  Places at(dimensions.size(), 0);
  for (bool more = true; more;) {
    if (!listed.contains(at) && tables.contains(table_of(at))) solver_.know(unknowns_at(at), 0, 0);
    more = false;
    for (std::size_t d = 0; d < at.size() && !more; ++d) {
      more = ++at[d] < dimensions[d].nodes.size();
      if (!more) at[d] = 0;
    }
  }
}

std::vector<std::string> broken_promises(const Population& population, const Verdict& verdict, const SuppressionPolicy& policy, bool whole_numbers,
                                         std::size_t every) {
  Attacker by_numbers(population, verdict.decisions, policy, false), by_rules(population, verdict.decisions, policy, true);
  std::vector<std::string> broken;
  std::size_t turn = 0;
  for (std::size_t i = 0; i < population.cells.size(); ++i) {
    const Cell& cell = population.cells[i];
    const Rule rule = verdict.decisions[i].rule;
    const auto tell = [&](const std::string& what) { broken.push_back(population.name + ", cell " + std::to_string(i) + " of " + std::to_string(cell.value) + ": " + what); };
    const bool little = cell.value < policy.k && (cell.value > 0 || !policy.zero_allowed);
    if (rule == Rule::told) {
      const bool known = cell.exempt || cell.told_before == cell.value || (!cell.here && cell.told_before);
      if (little && !known) tell("is told");
      continue;
    }
    if ((!little && rule != Rule::difference) || turn++ % every != 0) continue;
    std::int64_t least = policy.zero_allowed ? 1 : 0, most = policy.k - 1, possible = policy.protection;
    if (!little) {
      least = std::max<std::int64_t>(0, *cell.told_before - policy.k + 1);
      most = *cell.told_before + policy.k - 1;
    }
    if (const auto shortfall = std::ranges::find(verdict.shortfalls, i, &Shortfall::cell); shortfall != verdict.shortfalls.end()) {
      least = shortfall->least;
      most = shortfall->most;
      possible = 1;
    }
    const Range numbers = by_numbers.range(i, whole_numbers), rules = by_rules.range(i, whole_numbers);
    if (numbers.least > least || numbers.most < most) tell("is " + std::to_string(numbers.least) + ".." + std::to_string(numbers.most) + " by the numbers");
    if (rules.most - rules.least + 1 < possible) tell("is " + std::to_string(rules.least) + ".." + std::to_string(rules.most) + " by the rules");
  }
  return broken;
}

}  // namespace samples
