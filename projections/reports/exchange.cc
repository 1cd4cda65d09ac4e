#include "projections/reports/exchange.h"

#include <algorithm>
#include <map>
#include <utility>

namespace caseledger::reports::disclosure {

Result<Grid> Grid::over(const Population& population) {
  const std::size_t dimensions = population.dimensions.size();
  if (dimensions > dimensions_max)
    return fail(Errc::too_large, population.name + ": at most " + std::to_string(dimensions_max) + " dimensions; found " + std::to_string(dimensions));
  std::size_t places = 1;
  for (const Dimension& dimension : population.dimensions) {
    places *= dimension.nodes.size();
    if (places > coordinates_max) return fail(Errc::too_large, population.name + ": its dimensions have more than " + std::to_string(coordinates_max) + " combinations");
  }
  Grid grid(population);
  grid.lay_axes();
  grid.lay_cells();
  return grid;
}

void Grid::lay_axes() {
  std::size_t stride = 1;
  for (const Dimension& dimension : population_.dimensions) {
    Axis axis{.stride = stride, .leaves = {}, .above = {}, .below = std::vector<std::vector<std::uint32_t>>(dimension.nodes.size())};
    for (std::uint32_t node = 0; node < dimension.nodes.size(); ++node) {
      std::vector<std::uint32_t> above{node};
      for (const std::uint32_t over : dimension.nodes[node].in) {
        ENSURE(over < node);
        axis.below[over].push_back(node);
        above.insert(above.end(), axis.above[over].begin(), axis.above[over].end());
      }
      ENSURE((node == 0) == dimension.nodes[node].in.empty());
      std::ranges::sort(above);
      const auto twice = std::ranges::unique(above);
      above.erase(twice.begin(), twice.end());
      axis.above.push_back(std::move(above));
    }
    for (std::uint32_t node = 0; node < dimension.nodes.size(); ++node)
      if (axis.below[node].empty()) axis.leaves.push_back(node);
    stride *= dimension.nodes.size();
    axes_.push_back(std::move(axis));
  }
  cells_.assign(stride, no_table);
}

// Every place of a table that has no cell is a known zero. A table is told by its nodes' levels, as one number.
void Grid::lay_cells() {
  std::vector<std::vector<std::size_t>> levels;
  std::size_t kinds = 1;
  for (const Dimension& dimension : population_.dimensions) {
    std::map<std::uint32_t, std::size_t> known;
    std::vector<std::size_t>& of = levels.emplace_back(1, 0);
    for (std::size_t node = 1; node < dimension.nodes.size(); ++node) of.push_back(kinds * known.try_emplace(dimension.nodes[node].level, known.size() + 1).first->second);
    kinds *= known.size() + 1;
  }
  const auto table_of = [&](const std::vector<std::uint32_t>& at) {
    std::size_t table = 0;
    for (std::size_t d = 0; d < at.size(); ++d) table += levels[d][at[d]];
    return table;
  };
  std::vector<bool> tables(kinds);
  for (std::size_t i = 0; i < population_.cells.size(); ++i) {
    const Cell& cell = population_.cells[i];
    ENSURE(cell.at.size() == axes_.size() && cell.value >= 0);
    const auto split = std::ranges::count_if(cell.at, [](std::uint32_t node) { return node != 0; });
    for (std::size_t d = 0; d < axes_.size(); ++d) {
      ENSURE(cell.at[d] < axes_[d].above.size());
      if (split > 1 && cell.at[d] != 0) axes_[d].alone = false;
    }
    std::int32_t& place = cells_[place_of(cell.at)];
    ENSURE(place == no_table);
    place = static_cast<std::int32_t>(i);
    tables[table_of(cell.at)] = true;
  }
  std::vector<std::uint32_t> at(axes_.size(), 0);
  for (std::int32_t& place : cells_) {
    if (place == no_table && tables[table_of(at)]) place = known_zero;
    for (std::size_t d = 0; d < at.size() && ++at[d] == axes_[d].above.size(); ++d) at[d] = 0;
  }
}

std::size_t Grid::place_of(const std::vector<std::uint32_t>& at) const {
  std::size_t place = 0;
  for (std::size_t d = 0; d < at.size(); ++d) place += axes_[d].stride * at[d];
  return place;
}

std::optional<std::size_t> Grid::at(const std::vector<std::uint32_t>& at) const {
  const std::int32_t found = cells_[place_of(at)];
  return found < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(found));
}

bool Grid::above_or_same(std::size_t dimension, std::uint32_t node, std::uint32_t of) const { return std::ranges::binary_search(axes_[dimension].above[of], node); }

std::int64_t Grid::sums(std::size_t cell) const {
  std::int64_t n = 0;
  for (std::size_t d = 0; d < axes_.size(); ++d) n += !axes_[d].below[population_.cells[cell].at[d]].empty();
  return n;
}

bool Grid::siblings(std::size_t dimension, std::uint32_t a, std::uint32_t b) const {
  const auto& nodes = population_.dimensions[dimension].nodes;
  return nodes[a].level == nodes[b].level && std::ranges::find_first_of(nodes[a].in, nodes[b].in) != nodes[a].in.end();
}

std::vector<std::size_t> Grid::siblings_of(std::size_t cell, std::size_t most) const {
  std::vector<std::size_t> all;
  auto place = population_.cells[cell].at;
  for (std::size_t d = place.size(); d-- > 0;) {
    const std::uint32_t node = place[d];
    for (std::uint32_t other = 1; node != 0 && other < axes_[d].above.size() && all.size() < most; ++other) {
      place[d] = other;
      const auto& nodes = population_.dimensions[d].nodes;
      const bool beside = other != node && std::ranges::find_first_of(nodes[node].in, nodes[other].in) != nodes[node].in.end();
      if (const auto found = beside ? at(place) : std::nullopt) all.push_back(*found);
    }
    place[d] = node;
  }
  return all;
}

// The leaves of the node, each alone and against each leaf that is not in it.
const std::vector<Grid::Way>& Grid::ways(std::size_t dimension, std::uint32_t node, Reach reach) {
  const auto [known, fresh] = axes_[dimension].ways.try_emplace({node, reach});
  std::vector<Way>& all = known->second;
  if (!fresh) return all;
  const Axis& axis = axes_[dimension];
  const auto within = [&](std::uint32_t leaf) { return above_or_same(dimension, node, leaf); };
  for (const std::uint32_t leaf : axis.leaves) {
    if (!within(leaf)) continue;
    Way alone;
    for (const std::uint32_t over : axis.above[leaf]) alone.steps.push_back({axis.stride * over, 1});
    all.push_back(std::move(alone));
    if (reach == Reach::alone) continue;
    for (const std::uint32_t other : axis.leaves) {
      if (within(other)) continue;
      if (reach == Reach::siblings && std::ranges::none_of(axis.above[other], [&](std::uint32_t over) { return siblings(dimension, over, node); })) continue;
      Way against{.steps = {}, .against = true};
      for (const std::uint32_t over : axis.above[leaf])
        if (!above_or_same(dimension, over, other)) against.steps.push_back({axis.stride * over, 1});
      for (const std::uint32_t over : axis.above[other])
        if (!above_or_same(dimension, over, leaf)) against.steps.push_back({axis.stride * over, -1});
      all.push_back(std::move(against));
    }
  }
  return all;
}

struct Grid::Search {
  const Grid& grid;
  std::span<const Room> rooms;
  int sign;
  std::int64_t wanted;
  Exchange best;
  std::size_t looked_at = 0;
  bool only_against = false, only_free = false;
  Exchange now;
  std::vector<const Way*> chosen;

  bool found() const { return best.units == wanted && best.cost == 0; }
  bool better() const { return now.units != best.units ? now.units > best.units : now.cost < best.cost; }

  // Follows every combination of the chosen ways' steps; false as soon as the exchange cannot be better than the best.
  bool follow(std::size_t dimension, std::size_t place, int so_far) {
    if (dimension < chosen.size()) {
      for (const Step& step : chosen[dimension]->steps)
        if (!follow(dimension + 1, place + step.offset, so_far * step.sign)) return false;
      return true;
    }
    const std::int32_t cell = grid.cells_[place];
    if (cell == no_table) return true;
    if (cell == known_zero) return false;
    const Room& room = rooms[static_cast<std::size_t>(cell)];
    now.units = std::min(now.units, so_far > 0 ? room.up : room.down);
    now.cost += room.cost;
    if (only_free && now.cost > 0) return false;
    now.corners.push_back({static_cast<std::uint32_t>(cell), so_far});
    return now.units > 0 && better();
  }

  void choose(const std::vector<const std::vector<Way>*>& ways, bool against) {
    if (found() || looked_at >= exchanges_max) return;
    if (chosen.size() < ways.size()) {
      for (const Way& way : *ways[chosen.size()]) {
        chosen.push_back(&way);
        choose(ways, against || way.against);
        chosen.pop_back();
      }
      return;
    }
    if (only_against && !against) return;
    ++looked_at;
    now.units = wanted;
    now.cost = 0;
    now.corners.clear();
    if (follow(0, 0, sign)) best = now;
  }
};

Exchange Grid::cheapest(std::size_t cell, int sign, std::int64_t wanted, std::span<const Room> rooms, bool for_nothing) {
  Search search{.grid = *this, .rooms = rooms, .sign = sign, .wanted = wanted, .best = {.units = 0, .cost = no_end, .corners = {}}, .looked_at = 0, .only_against = true, .only_free = for_nothing, .now = {}, .chosen = {}};
  const auto& at = population_.cells[cell].at;
  // A dimension that no table combines with another, and that the cell is not split by, notices nothing as long as something is exchanged.
  const std::vector<Way> unnoticed{{.steps = {{0, 1}}}};
  std::size_t ways_before = SIZE_MAX;
  for (const Reach reach : {Reach::siblings, Reach::anywhere}) {
    std::vector<const std::vector<Way>*> ways_in, alone_in;
    std::size_t ways_now = 0;
    for (std::size_t d = 0; d < at.size(); ++d) {
      ways_in.push_back(at[d] == 0 && axes_[d].alone ? &unnoticed : &ways(d, at[d], reach));
      alone_in.push_back(&ways(d, at[d], Reach::alone));
      ways_now += ways_in.back()->size();
    }
    if (ways_now == std::exchange(ways_before, ways_now)) break;  // there is nobody but siblings
    for (const bool against : {true, false}) {
      search.looked_at = 0;
      search.only_against = against;
      search.choose(against ? ways_in : alone_in, false);
    }
    if (search.found()) break;
  }
  return search.best;
}

}  // namespace caseledger::reports::disclosure
