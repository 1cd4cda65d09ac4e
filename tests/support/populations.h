// Populations to be told: tables with their margins, from the counts of the leaves.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "projections/reports/disclosure.h"

namespace samples {

namespace disclosure = caseledger::reports::disclosure;

// A table: which level of each dimension it is split by. None: not at all.
using Split = std::vector<std::optional<std::uint32_t>>;

// Every cell of the tables, zeros too, ascending by place. `count` gives what a leaf of each dimension counts.
inline void lay_out(disclosure::Population& population, const std::vector<Split>& tables, const std::function<std::int64_t(const std::vector<std::uint32_t>&)>& count) {
  std::map<std::vector<std::uint32_t>, std::int64_t> sums;
  const auto& dimensions = population.dimensions;
  using Chosen = std::vector<std::vector<std::uint32_t>>;
  const auto each = [](const Chosen& choices, const auto& visit) {
    std::vector<std::uint32_t> at;
    const auto choose = [&](const auto& self) -> void {
      if (at.size() == choices.size()) return visit(at);
      for (const std::uint32_t node : choices[at.size()]) at.push_back(node), self(self), at.pop_back();
    };
    choose(choose);
  };
  const auto above = [&](std::size_t d, std::uint32_t node, const auto& self) -> std::vector<std::uint32_t> {
    std::vector<std::uint32_t> all{node};
    for (const std::uint32_t over : dimensions[d].nodes[node].in)
      for (const std::uint32_t higher : self(d, over, self))
        if (std::ranges::find(all, higher) == all.end()) all.push_back(higher);
    return all;
  };
  const auto of_level = [&](std::size_t d, std::optional<std::uint32_t> level, std::uint32_t node) { return level ? node != 0 && dimensions[d].nodes[node].level == *level : node == 0; };
  Chosen leaves(dimensions.size());
  for (std::size_t d = 0; d < dimensions.size(); ++d)
    for (std::uint32_t node = 0; node < dimensions[d].nodes.size(); ++node)
      if (std::ranges::none_of(dimensions[d].nodes, [&](const auto& other) { return std::ranges::find(other.in, node) != other.in.end(); })) leaves[d].push_back(node);
  for (const Split& table : tables) {
    Chosen nodes(dimensions.size());
    for (std::size_t d = 0; d < dimensions.size(); ++d)
      for (std::uint32_t node = 0; node < dimensions[d].nodes.size(); ++node)
        if (of_level(d, table[d], node)) nodes[d].push_back(node);
    each(nodes, [&](const auto& at) { sums[at]; });
    each(leaves, [&](const auto& leaf) {
      Chosen over(dimensions.size());
      for (std::size_t d = 0; d < dimensions.size(); ++d)
        for (const std::uint32_t node : above(d, leaf[d], above))
          if (of_level(d, table[d], node)) over[d].push_back(node);
      each(over, [&](const auto& at) { sums[at] += count(leaf); });
    });
  }
  for (const auto& [at, sum] : sums) population.cells.push_back({.at = at, .value = sum});
}

inline disclosure::Population one_way(const std::vector<std::int64_t>& counts) {
  disclosure::Population population{.name = "one way", .dimensions = {{.name = "group"}}, .cells = {}};
  for (std::size_t i = 0; i < counts.size(); ++i) population.dimensions[0].add("group", 0);
  lay_out(population, {{{}}, {0}}, [&](const auto& leaf) { return counts[leaf[0] - 1]; });
  return population;
}

// Rows, columns, and their sums.
inline disclosure::Population two_way(const std::vector<std::vector<std::int64_t>>& rows) {
  disclosure::Population population{.name = "two way", .dimensions = {{.name = "row"}, {.name = "column"}}, .cells = {}};
  for (std::size_t r = 0; r < rows.size(); ++r) population.dimensions[0].add("row", 0);
  for (std::size_t c = 0; c < rows.front().size(); ++c) population.dimensions[1].add("column", 0);
  lay_out(population, {{{}, {}}, {0, {}}, {{}, 0}, {0, 0}}, [&](const auto& leaf) { return rows[leaf[0] - 1][leaf[1] - 1]; });
  return population;
}

}  // namespace samples
