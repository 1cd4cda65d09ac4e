#include "projections/reports/suppress.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "projections/reports/disclosure.h"
#include "projections/reports/kinship.h"
#include "projections/reports/spells.h"
#include "projections/reports/take_out.h"

namespace caseledger::reports {

namespace {

using disclosure::Cell;
using disclosure::Dimension;
using disclosure::Population;
using disclosure::Rule;

class Censor {
 public:
  Censor(Edition& edition, const rules::SuppressionPolicy& policy, std::span<const EarlierEdition> earlier) : edition_(edition), policy_(policy), now_(read_told(edition, policy)) {
    for (const EarlierEdition& each : earlier) earlier_.push_back({each.told->period, read_told(*each.told, policy), read_told(*each.whole, policy)});
    spells_.emplace(edition_.period, now_, earlier_);
    coarse_.emplace(edition_.period, now_, earlier_, policy_);
  }

  Result<SuppressionReport> run() {
    std::vector<std::string> measures;
    for (const auto& [measure, values] : now_.values) measures.push_back(measure);
    std::ranges::stable_sort(measures, {}, [&](const std::string& measure) { return kin_.depth(measure); });
    for (bool more = true; more;) {
      const std::size_t before = untold_.size() + forced_.size();
      shortfalls_.clear();
      for (const std::string& measure : measures)
        if (!is_in_balance(measure))
          for (const auto& tables : kin_.apart(measure)) TRY(decide(measure, tables));
      if (now_.values.contains(std::string(balance_sides[0].front())))
        for (const auto& tables : kin_.apart(std::string(balance_sides[0].front()))) TRY(decide_balance(tables));
      close_families();
      more = untold_.size() + forced_.size() != before || withhold_more();
    }
    // By now nothing that has to do with them is told here: whatever can be computed is given away by earlier editions alone.
    for (const Shortfall& each : shortfalls_)
      if (each.here && spells_->told_before(each.measure, each.whole, each.place))
        report_.shortfalls.push_back(name_of_count(each.measure, each.place) + ": only " + std::to_string(each.least) + " to " + std::to_string(each.most) +
                                     " stay possible, as earlier editions tell it");
    report_.withheld = take_out(edition_, untold_, now_, *coarse_, policy_);
    return std::move(report_);
  }

 private:
  using Tables = Kinship::Tables;

  // The nearest that the measure is part of and that is told of wherever the measure is in these tables; over everything alone, that is told. Else nothing.
  std::string whole_of(const std::string& measure, const Tables& tables) const {
    const auto wholes = now_.part_of.find(measure);
    if (wholes == now_.part_of.end()) return {};
    const bool all_alone = tables == Kinship::everything;
    for (const std::string& whole : wholes->second) {
      const bool everywhere = std::ranges::all_of(now_.values.at(measure), [&](const auto& each) {
        return !(each.first.by.empty() || tables.contains(each.first.by)) || now_.of(whole, each.first).has_value();
      });
      if (everywhere && !(all_alone && is_untold(whole, {}))) return whole;
    }
    return {};
  }
  bool is_untold(const std::string& measure, const Place& place) const { return untold_.contains({measure, place}); }

  // What is counted in one set of tables, as a population.
  struct Build {
    Population population;
    std::map<std::string, std::size_t> dimensions;
    std::vector<std::map<std::pair<std::string, std::string>, std::uint32_t>> nodes;  // by what it splits, and its value
    std::vector<std::string> measures;  // of each cell
    std::vector<Place> places;
    std::vector<bool> by_dependence;

    Build(std::string name, const Tables& tables) {
      population.name = std::move(name);
      for (const auto& by : tables)
        for (const std::string& dimension : by)
          if (dimensions.try_emplace(axis_of(dimension), nodes.size()).second) {
            nodes.emplace_back();
            population.dimensions.push_back({.name = axis_of(dimension)});
          }
    }
    void put(Cell&& cell, const std::string& measure, const Place& place, bool dependent) {
      population.cells.push_back(std::move(cell));
      measures.push_back(measure);
      places.push_back(place);
      by_dependence.push_back(dependent);
    }
  };
  static constexpr std::uint32_t part_node = 1, rest_node = 2;

  Result<void> decide(const std::string& measure, const Tables& tables) {
    const std::string whole = whole_of(measure, tables);
    Build build(measure, tables);
    if (!whole.empty()) {
      Dimension& parts = build.population.dimensions.emplace_back(Dimension{.name = "part"});
      parts.add("part", 0);
      parts.add("rest", 0);
    }
    std::optional<Dimension> time;
    const std::vector<Spell> spells = spells_->of(measure, time);
    if (time) build.population.dimensions.push_back(std::move(*time));
    for (const Spell& spell : spells) {
      const Told& counted = *spell.whole;
      if (!counted.values.contains(measure)) continue;
      for (const auto& [place, value] : counted.values.at(measure))
        if ((tables.contains(place.by) && (!is_region(place) || coarse_->bears(measure, place.group[0]))) || (place.by.empty() && kin_.adds_up(measure, tables))) add(build, measure, whole, place, counted, spell, tables == Kinship::everything);
    }
    return take_verdict(build, whole);
  }

  // All that is said of the open stock in one set of tables: what was there and what came is, in every group, what went and what is left. So it is one
  // dimension with two ways to be the whole, of which nothing is told by itself.
  Result<void> decide_balance(const Tables& tables) {
    Build build("balance", tables);
    Dimension& balance = build.population.dimensions.emplace_back(Dimension{.name = "balance"});
    std::map<std::string_view, std::uint32_t> nodes;
    for (const auto& side : balance_sides)
      for (const std::string_view member : side) nodes[member] = balance.add(std::string(member), 0);
    for (const std::string_view came : balance_sides[0])
      for (const std::string_view went : balance_sides[1]) balance.add("", 1, {nodes[came], nodes[went]});
    for (const auto& [name, node] : nodes) {
      const std::string member(name);
      const auto values = now_.values.find(member);
      if (values == now_.values.end()) continue;
      for (const auto& [place, value] : values->second) {
        if (!(tables.contains(place.by) && (!is_region(place) || coarse_->bears(member, place.group[0]))) && !place.by.empty()) continue;
        Cell cell = cell_of_stock(member, place, value, tables == Kinship::everything);
        cell.at = at_of(build, member, place);
        cell.at.back() = node;
        build.put(std::move(cell), member, place, forced_.contains({member, place}));
      }
    }
    return take_verdict(build, {});
  }

  Cell cell_of_stock(const std::string& member, const Place& place, std::int64_t value, bool all_alone) const {
    Cell cell{.at = {}, .value = value};
    for (const Earlier& each : earlier_)
      if (const auto told = each.told.of(member, place); each.period == edition_.period) reckon(cell, told, !told && each.told.withheld.contains({member, place}));
    cell.unsaid = coarse_->is_unsaid(member, place);
    cell.owed = !is_region(place) || !cell.unsaid;
    const bool decided = place.by.empty() && !all_alone;
    if (forced_.contains({member, place}) || (decided && is_untold(member, place))) cell.before = Cell::Before::unsaid;
    else cell.exempt = decided && stands(cell);
    if (is_nearly_told(member)) cell.worth = 8;  // the last to be withheld for others
    return cell;
  }

  Result<void> take_verdict(const Build& build, const std::string& whole) {
    TRY_AS(verdict, disclosure::withhold(build.population, policy_));
    for (std::size_t i = 0; i < build.places.size(); ++i) {
      const auto& decision = verdict.decisions[i];
      if (!build.population.cells[i].here || decision.rule == Rule::told) continue;
      const std::pair where(build.measures[i], build.places[i]);
      const Untold why{build.by_dependence[i] ? "dependent" : disclosure::name(decision.rule), decision.because ? name_of_count(build.measures[*decision.because], build.places[*decision.because]) : std::string()};
      // What depends on another since is no longer known to be small, or large.
      if (const auto [at, fresh] = untold_.try_emplace(where, why); !fresh && build.by_dependence[i] && !forced_.contains(where)) at->second = why;
    }
    for (const auto& [cell, least, most] : verdict.shortfalls) shortfalls_.push_back({build.measures[cell], whole, build.places[cell], build.population.cells[cell].here, least, most});
    return {};
  }

  // ── what nothing less protects ──

  struct Shortfall {
    std::string measure, whole;
    Place place;
    bool here;
    std::int64_t least, most;
  };

  // False: nothing is left to withhold.
  bool withhold_more() {
    bool more = false;
    for (const Shortfall& each : shortfalls_) more |= withhold_more_for(each);
    return more;
  }

  // What a part cannot keep it may if its whole is withheld too: in its place, and if that was not enough, in all of its table, and then what that is
  // part of. Then the part itself is, in its table, then the whole figure, and in the end all that has to do with it.
  bool withhold_more_for(const Shortfall& short_of) {
    const auto withhold = [&](const std::string& measure, Rule rule, const auto& where) {
      bool more = false;
      for (const auto& [place, value] : now_.values.at(measure)) {
        const std::pair at(measure, place);
        if (!where(place) || now_.exempt.contains(at) || !forced_.insert(at).second) continue;
        untold_.insert_or_assign(at, Untold{disclosure::name(rule), name_of_count(short_of.measure, short_of.place)});
        more = true;
      }
      return more;
    };
    const auto in_place = [&](const Place& place) { return place == short_of.place; };
    const auto in_table = [&](const Place& place) { return place.by == short_of.place.by; };
    const auto anywhere = [](const Place&) { return true; };
    for (std::string whole = short_of.whole; !whole.empty();) {
      if (withhold(whole, Rule::line, in_place) || withhold(whole, Rule::line, in_table)) return true;
      const auto further = now_.part_of.find(whole);
      whole = further != now_.part_of.end() && now_.values.contains(further->second.front()) ? further->second.front() : std::string();
    }
    if (is_in_balance(short_of.measure)) {
      const auto withhold_all = [&](const auto& where) {
        bool more = false;
        for (const std::string& member : kin_.of(short_of.measure)) more |= withhold(member, Rule::line, where);
        return more;
      };
      if (withhold_all(in_place) || withhold_all(in_table)) return true;
    }
    if (withhold(short_of.measure, Rule::line, in_table) || withhold(short_of.measure, Rule::figure, anywhere)) return true;
    bool more = false;
    for (const std::string& kin : kin_.of(short_of.measure)) more |= withhold(kin, Rule::figure, anywhere);
    return more;
  }

  std::vector<std::uint32_t> at_of(Build& build, const std::string& measure, const Place& place) const {
    std::vector<std::uint32_t> at(build.population.dimensions.size(), 0);
    for (std::size_t i = 0; i < place.by.size(); ++i) {
      const std::size_t d = build.dimensions.at(axis_of(place.by[i]));
      const std::string region = region_of(place);
      const std::uint32_t in = coarse_->bears(measure, region) ? node_of(build, d, std::string(coarse), region, 1, 0) : 0;
      at[d] = is_region(place) ? in : node_of(build, d, place.by[i], place.group[i], 0, in);
    }
    return at;
  }

  void add(Build& build, const std::string& measure, const std::string& whole, const Place& place, const Told& counted, const Spell& spell, bool all_alone) {
    std::vector<std::uint32_t> at = at_of(build, measure, place);
    if (spell.node != 0) at.back() = spell.node;
    const std::int64_t part = *counted.of(measure, place), rest = std::max<std::int64_t>(0, counted.of(whole, place).value_or(part) - part);
    Cell of_part{.at = at, .value = part, .here = spell.here}, of_rest{.at = at, .value = rest, .here = spell.here}, of_all{.at = at, .value = part + rest, .here = spell.here};
    for (const Earlier* each : spell.editions) {
      const auto told_part = each->told.of(measure, place), told_all = each->told.of(whole, place);
      const bool withheld = !told_part && each->told.withheld.contains({measure, place}), both = told_part && told_all;
      reckon(of_part, told_part, withheld);
      reckon(of_rest, both ? std::optional(std::max<std::int64_t>(0, *told_all - *told_part)) : std::nullopt, withheld || (!spell.here && !both));
      if (!spell.here) reckon(of_all, told_all, !told_all);
    }
    for (const Kinship::Near& near : spell.here ? kin_.near_to(measure, place) : std::vector<Kinship::Near>{}) {
      if (near.of_everybody) continue;
      const auto told_part = told_here(near.measure, near.place), told_all = told_here(whole, near.place);
      reckon(of_part, told_part, false);
      if (told_part && told_all) reckon(of_rest, std::max<std::int64_t>(0, *told_all - *told_part), false);
    }
    // A region of which an earlier edition had no place: what its states said of it stands. What this one's say is protected.
    if (is_region(place) && !spell.here)
      of_part.owed = of_rest.owed = std::ranges::any_of(spell.editions, [&](const Earlier* each) { return each->told.of(measure, place) || each->told.withheld.contains({measure, place}); });
    // What a statute wants told of every period it wants told of what is between them.
    if (!spell.here && now_.exempt.contains({measure, place})) of_part.owed = of_rest.owed = false;
    bool dependent = false;
    if (spell.here) {
      const bool unsaid = coarse_->is_unsaid(measure, place);
      of_part.unsaid = of_rest.unsaid = unsaid;
      const bool whole_untold = !whole.empty() && is_untold(whole, place);
      dependent = whole_untold || forced_.contains({measure, place}) || is_untold_near(measure, place);
      if (dependent) of_part.before = of_rest.before = Cell::Before::unsaid;
      if (whole_untold) of_all.before = Cell::Before::unsaid;
      else of_all.exempt = true;
      if (now_.exempt.contains({measure, place})) of_part.exempt = of_rest.exempt = true;
      if (place.by.empty() && !all_alone && is_untold(measure, place)) of_part.before = of_rest.before = Cell::Before::unsaid;
      else if (place.by.empty() && !all_alone && stands(of_part) && (whole.empty() || stands(of_rest))) of_part.exempt = of_rest.exempt = true;
    }
    const auto put = [&](Cell&& cell) { build.put(std::move(cell), measure, place, dependent); };
    if (whole.empty()) return put(std::move(of_part));
    const std::size_t d = build.dimensions.size();
    of_part.at[d] = part_node;
    of_rest.at[d] = rest_node;
    put(std::move(of_part));
    put(std::move(of_rest));
    put(std::move(of_all));
  }

  bool is_untold_near(const std::string& measure, const Place& place) const {
    return std::ranges::any_of(kin_.near_to(measure, place), [&](const Kinship::Near& near) {
      const auto other = now_.of(near.measure, near.place);
      return near.by_clock && other && is_untold(near.measure, near.place) && std::abs(*other - *now_.of(measure, place)) < policy_.k;
    });
  }
  std::optional<std::int64_t> told_here(const std::string& measure, const Place& place) const { return is_untold(measure, place) ? std::nullopt : now_.of(measure, place); }

  static std::uint32_t node_of(Build& build, std::size_t dimension, const std::string& by, const std::string& group, std::uint32_t level, std::uint32_t in) {
    const auto [node, fresh] = build.nodes[dimension].try_emplace({by, group}, 0);
    if (fresh) node->second = build.population.dimensions[dimension].add(group, level, {in});
    return node->second;
  }

  // Of several things told before, the nearest is kept.
  static void reckon(Cell& cell, std::optional<std::int64_t> told, bool withheld) {
    if (told && (!cell.told_before || std::abs(*told - cell.value) < std::abs(*cell.told_before - cell.value))) cell.told_before = told;
    if (withheld && !told) cell.before = Cell::Before::unsaid;
  }

  // What is over everything is told unless it is itself small, and then alike in every set of tables.
  bool stands(const Cell& cell) const {
    const bool small = cell.value < policy_.k && (cell.value > 0 || !policy_.zero_allowed);
    const bool moved = policy_.differences && cell.told_before && *cell.told_before != cell.value && std::abs(*cell.told_before - cell.value) < policy_.k;
    return !small && !moved && cell.before == Cell::Before::nothing;
  }

  // A family is told together or not at all.
  void close_families() {
    std::set<std::pair<std::string, Place>> broken;
    for (const auto& [where, why] : untold_)
      if (auto family = family_of(where.first); !family.empty()) broken.insert({std::move(family), where.second});
    for (const auto& [family, place] : broken) {
      std::vector<std::string> members;
      for (const auto& [measure, values] : now_.values)
        if (values.contains(place) && family_of(measure) == family) members.push_back(measure);
      for (const std::string& measure : members)
        if (untold_.try_emplace({measure, place}, Untold{"dependent", {}}).second) forced_.insert({measure, place});
    }
  }

  Edition& edition_;
  const rules::SuppressionPolicy& policy_;
  Told now_;
  const Kinship kin_{now_};
  std::vector<Earlier> earlier_;
  std::optional<Spells> spells_;
  AllUntold untold_;
  std::set<std::pair<std::string, Place>> forced_;
  std::optional<Coarsening> coarse_;
  std::vector<Shortfall> shortfalls_;  // of the last round
  SuppressionReport report_;
};

}  // namespace

Result<SuppressionReport> suppress(Edition& edition, const rules::SuppressionPolicy& policy, std::span<const EarlierEdition> earlier) {
  return Censor(edition, policy, earlier).run();
}

}  // namespace caseledger::reports
