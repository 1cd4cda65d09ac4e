#include "projections/reports/disclosure.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <functional>
#include <ranges>
#include <utility>

#include "projections/reports/exchange.h"

namespace caseledger::reports::disclosure {

const char* name(Rule rule) {
  switch (rule) {
    case Rule::told: return "told";
    case Rule::primary: return "primary";
    case Rule::difference: return "difference";
    case Rule::earlier: return "earlier";
    case Rule::complementary: return "complementary";
    case Rule::coarsened: return "coarsened";
    case Rule::line: return "line";
    case Rule::figure: return "figure";
  }
  return "";
}

namespace {

struct Bounds {
  std::int64_t least, most;
  Bounds around(std::int64_t value) const { return {std::min(least, value), std::max(most, value)}; }
};

// What a reader is reckoned with: the numbers told, or these and the rules.
enum class Knows : std::uint8_t { numbers, rules };
constexpr std::size_t kinds = 2;

constexpr std::size_t siblings_max = 24;  // tried to make way for one cell
constexpr std::size_t again_max = 40'000;  // cells withheld beside others, times those they protect, for which it is tried without

class Suppressor {
 public:
  Suppressor(const Population& population, const rules::SuppressionPolicy& policy, Grid grid)
      : population_(population), cells_(population.cells), policy_(policy), grid_(std::move(grid)), verdict_{std::vector<Decision>(cells_.size()), {}} {}

  Verdict run() {
    for (std::size_t i = 0; i < cells_.size(); ++i) verdict_.decisions[i].rule = first_rule(cells_[i]);
    for (auto& rooms : rooms_) rooms.resize(cells_.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) make_room(i);
    for (std::size_t i = 0; i < cells_.size(); ++i)
      if (const auto wanted = to_stay_possible(i)) protect(i, *wanted);
    if (verdict_.shortfalls.empty()) tell_what_may_be();
    return std::move(verdict_);
  }

 private:
  bool small(std::int64_t value) const { return value < policy_.k && (value > 0 || !policy_.zero_allowed); }
  Bounds small_ones() const { return {policy_.zero_allowed ? 1 : 0, policy_.k - 1}; }
  Bounds near(std::int64_t told) const { return {std::max<std::int64_t>(0, told - policy_.k + 1), told + policy_.k - 1}; }

  // Told already or whatever it is: nothing can be done about it.
  static bool fixed(const Cell& cell) { return cell.here ? cell.exempt || cell.told_before == cell.value : cell.told_before.has_value(); }

  Rule first_rule(const Cell& cell) const {
    if (fixed(cell)) return Rule::told;
    if (!cell.here && cell.before == Cell::Before::nothing) return Rule::coarsened;
    if (cell.before == Cell::Before::unsaid) return Rule::earlier;
    const bool moved_little = policy_.differences && cell.told_before && std::abs(cell.value - *cell.told_before) < policy_.k;
    if (cell.unsaid) return moved_little ? Rule::difference : Rule::coarsened;
    if (small(cell.value)) return Rule::primary;
    if (moved_little) return Rule::difference;
    if (cell.before == Cell::Before::complementary && cell.value >= policy_.k) return Rule::complementary;
    return cell.before == Cell::Before::nothing ? Rule::told : Rule::earlier;
  }

  // What a reader who reckons with the rules knows of a withheld cell.
  Bounds known(std::size_t cell) const {
    switch (verdict_.decisions[cell].rule) {
      case Rule::told: return {cells_[cell].value, cells_[cell].value};
      case Rule::primary: return small_ones();
      case Rule::difference: return near(*cells_[cell].told_before);
      case Rule::complementary: return {policy_.k, no_end};
      case Rule::earlier:
      case Rule::coarsened:
      case Rule::line:
      case Rule::figure: return {0, no_end};
    }
    return {0, no_end};
  }

  // A told cell that may still be withheld makes room for others only while it stays at least k: a zero is told, or says nothing.
  void make_room(std::size_t i) {
    const Cell& cell = cells_[i];
    Room &by_numbers = rooms_[std::size_t(Knows::numbers)][i], &by_rules = rooms_[std::size_t(Knows::rules)][i];
    by_numbers = by_rules = {};
    if (fixed(cell)) return;
    if (verdict_.decisions[i].rule == Rule::told) {
      if (cell.value < policy_.k) return;
      // Large counts are missed more than small ones, and sums more than their parts.
      const std::int64_t digits = std::bit_width(static_cast<std::uint64_t>(cell.value)), cost = digits * digits * (1 + grid_.sums(i)) * cell.worth;
      by_numbers = {no_end, cell.value, cost};
      by_rules = {no_end, cell.value - policy_.k, cost};
      return;
    }
    const Bounds bounds = known(i).around(cell.value);
    by_numbers = {no_end, cell.value, 0};
    by_rules = {bounds.most - cell.value, cell.value - bounds.least, 0};
  }

  void decide(std::size_t cell, Rule rule, std::size_t because) {
    verdict_.decisions[cell] = {rule, because};
    make_room(cell);
  }

  // None: nothing is promised of the cell.
  std::optional<Bounds> to_stay_possible(std::size_t i) const {
    const Cell& cell = cells_[i];
    const Rule rule = verdict_.decisions[i].rule;
    if (rule == Rule::told || !cell.owed) return {};
    if (small(cell.value)) return small_ones();
    if (rule == Rule::difference) return near(*cell.told_before);
    if (cell.before == Cell::Before::primary && cell.value < 2 * policy_.k) return small_ones().around(cell.value);
    return {};
  }

  // Other tables of whole numbers, in which the cell is by `units` more and by `fewer` units less, and the cells that have to be withheld for it.
  struct Slack {
    std::int64_t more = 0, fewer = 0;
    std::vector<std::uint32_t> costs;
    bool reaches(std::int64_t value, Bounds wanted) const { return value + more >= wanted.most && value - fewer <= wanted.least; }
  };

  // What may be withheld for it: nothing; as little as may be; or what makes the largest steps, as small ones may bar the way.
  enum class Pay : std::uint8_t { nothing, little, anything };

  Slack slack(std::size_t cell, Bounds wanted, Knows knows) {
    Slack thrifty = slack(cell, wanted, knows, Pay::little);
    return thrifty.reaches(cells_[cell].value, wanted) ? thrifty : slack(cell, wanted, knows, Pay::anything);
  }
  Slack slack(std::size_t cell, Bounds wanted, Knows knows, Pay pay) {
    Slack slack;
    slack.more = move(cell, 1, wanted.most - cells_[cell].value, knows, pay, slack.costs);
    slack.fewer = move(cell, -1, cells_[cell].value - wanted.least, knows, pay, slack.costs);
    for (const std::uint32_t each : slack.costs) make_room(each);
    return slack;
  }

  // Exchange after exchange, each starting from what the ones before it left.
  std::int64_t move(std::size_t cell, int sign, std::int64_t wanted, Knows knows, Pay pay, std::vector<std::uint32_t>& costs) {
    auto& rooms = rooms_[std::size_t(knows)];
    std::int64_t moved = 0;
    Undo was;
    while (moved < wanted) {
      Exchange exchange = grid_.cheapest(cell, sign, wanted - moved, rooms, pay != Pay::anything);
      if (exchange.units == 0) {
        if (make_way(cell, sign, wanted - moved, rooms, was, pay != Pay::anything)) continue;
        if (pay == Pay::little) exchange = grid_.cheapest(cell, sign, wanted - moved, rooms);
        if (exchange.units == 0) break;
      }
      for (const auto& corner : exchange.corners)
        if (rooms[corner.cell].cost != 0) costs.push_back(corner.cell);
      apply(exchange, rooms, was);
      moved += exchange.units;
    }
    take_back(was, 0, rooms);
    return moved;
  }

  using Undo = std::vector<std::pair<std::uint32_t, Room>>;

  static void apply(const Exchange& exchange, std::vector<Room>& rooms, Undo& was) {
    for (const auto& corner : exchange.corners) {
      Room& room = rooms[corner.cell];
      room.cost = 0;
      was.emplace_back(corner.cell, room);
      room.up -= corner.sign * exchange.units;
      room.down += corner.sign * exchange.units;
    }
  }

  static void take_back(Undo& was, std::size_t until, std::vector<Room>& rooms) {
    for (; was.size() > until; was.pop_back()) rooms[was.back().first] = was.back().second;
  }

  // What no single exchange moves may move after a withheld sibling has: the recovered of a group grow with all of it, and then give to the others.
  bool make_way(std::size_t cell, int sign, std::int64_t units, std::vector<Room>& rooms, Undo& was, bool for_nothing) {
    for (const std::size_t sibling : grid_.siblings_of(cell, siblings_max)) {
      if (verdict_.decisions[sibling].rule == Rule::told) continue;
      const Room own = std::exchange(rooms[cell], Room{});
      const Exchange first = grid_.cheapest(sibling, sign, units, rooms, true);
      rooms[cell] = own;
      if (first.units == 0) continue;
      const std::size_t before = was.size();
      apply(first, rooms, was);
      if (grid_.cheapest(cell, sign, units, rooms, for_nothing).units > 0) return true;
      take_back(was, before, rooms);
    }
    return false;
  }

  bool protected_now(std::size_t cell, Bounds wanted) {
    const std::int64_t value = cells_[cell].value;
    const Slack by_rules = slack(cell, wanted, Knows::rules);
    if (by_rules.reaches(value, wanted)) return withhold_for(cell, by_rules);
    if (by_rules.more + by_rules.fewer + 1 < std::min(policy_.protection, wanted.most - wanted.least + 1)) return false;
    const Slack by_numbers = slack(cell, wanted, Knows::numbers);
    if (!by_numbers.reaches(value, wanted)) return false;
    return withhold_for(cell, by_rules) && withhold_for(cell, by_numbers);
  }

  bool withhold_for(std::size_t cell, const Slack& slack) {
    for (const std::uint32_t each : slack.costs)
      if (verdict_.decisions[each].rule == Rule::told) decide(each, Rule::complementary, cell);
    return true;
  }

  void protect(std::size_t cell, Bounds wanted) {
    const Bounds whole = wanted;
    wanted = within_fixed_sums(cell, wanted);
    bool done = protected_now(cell, wanted);
    for (std::size_t step = 0; !done && step <= population_.dimensions.size() + 1; ++step) {
      const auto decisions = verdict_.decisions;
      if (!say_nothing_around(cell, step)) continue;
      done = protected_now(cell, wanted);
      if (!done) restore(decisions);
    }
    if (done && wanted.most == whole.most) return;
    const Slack left = slack(cell, wanted, Knows::numbers);
    if (!done) withhold_for(cell, left);
    verdict_.shortfalls.push_back({cell, cells_[cell].value - left.fewer, cells_[cell].value + left.more});
  }

  // One after the other, cells were withheld for others that what came later protects as well: they are told again, those first that would be missed
  // most, as long as nothing else has to be withheld in their place.
  void tell_what_may_be() {
    std::vector<std::size_t> small_ones, beside;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const Decision& decision = verdict_.decisions[i];
      if (decision.rule == Rule::complementary && decision.because) beside.push_back(i);
      else if (to_stay_possible(i)) small_ones.push_back(i);
    }
    if (beside.size() * small_ones.size() > again_max) return;
    std::ranges::stable_sort(beside, std::greater(), [&](std::size_t i) { return cells_[i].value * grid_.sums(i); });
    for (const std::size_t i : beside) {
      const Decision before = std::exchange(verdict_.decisions[i], Decision{});
      make_room(i);
      const auto safe = [&](std::size_t cell) { return protected_for_nothing(cell, within_fixed_sums(cell, *to_stay_possible(cell))); };
      if (safe(*before.because) && std::ranges::all_of(small_ones, safe)) continue;
      verdict_.decisions[i] = before;
      make_room(i);
    }
  }

  bool protected_for_nothing(std::size_t cell, Bounds wanted) {
    const std::int64_t value = cells_[cell].value;
    const Slack by_rules = slack(cell, wanted, Knows::rules, Pay::nothing);
    if (by_rules.reaches(value, wanted)) return true;
    return by_rules.more + by_rules.fewer + 1 >= std::min(policy_.protection, wanted.most - wanted.least + 1) && slack(cell, wanted, Knows::numbers, Pay::nothing).reaches(value, wanted);
  }

  void restore(const std::vector<Decision>& decisions) {
    verdict_.decisions = decisions;
    for (std::size_t i = 0; i < cells_.size(); ++i) make_room(i);
  }

  // No part is larger than a sum that is told whatever it is.
  Bounds within_fixed_sums(std::size_t cell, Bounds wanted) const {
    for (const Cell& each : cells_) {
      bool above = fixed(each);
      for (std::size_t d = 0; above && d < each.at.size(); ++d) above = grid_.above_or_same(d, each.at[d], cells_[cell].at[d]);
      if (above) wanted.most = std::max(cells_[cell].value, std::min(wanted.most, each.here ? each.value : *each.told_before));
    }
    return wanted;
  }

  // The siblings along one dimension; then the cell's whole table; then everything. False: nothing changes by it.
  bool say_nothing_around(std::size_t cell, std::size_t step) {
    const auto& nodes_of = population_.dimensions;
    if (step < nodes_of.size() && cells_[cell].at[step] == 0) return false;
    const auto alike = [&](std::size_t d, std::uint32_t node) {
      const Node &a = nodes_of[d].nodes[node], &b = nodes_of[d].nodes[cells_[cell].at[d]];
      return a.level == b.level && (node == 0) == (cells_[cell].at[d] == 0) && (step == nodes_of.size() || a.in == b.in);
    };
    const auto around = [&](const Cell& other) {
      for (std::size_t d = 0; d < nodes_of.size() && step <= nodes_of.size(); ++d)
        if (step == nodes_of.size() || step == d ? !alike(d, other.at[d]) : other.at[d] != cells_[cell].at[d]) return false;
      return true;
    };
    bool changed = false;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!cells_[i].here || fixed(cells_[i]) || !around(cells_[i])) continue;
      const Rule rule = verdict_.decisions[i].rule;
      if (rule == Rule::line || rule == Rule::coarsened || rule == Rule::earlier) continue;
      decide(i, Rule::line, cell);
      changed = true;
    }
    return changed;
  }

  const Population& population_;
  const std::vector<Cell>& cells_;
  const rules::SuppressionPolicy& policy_;
  Grid grid_;
  Verdict verdict_;
  std::array<std::vector<Room>, kinds> rooms_;
};

}  // namespace

Result<Verdict> withhold(const Population& population, const rules::SuppressionPolicy& policy) {
  TRY_AS(grid, Grid::over(population));
  return Suppressor(population, policy, std::move(grid)).run();
}

}  // namespace caseledger::reports::disclosure
