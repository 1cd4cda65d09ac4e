#include "projections/reports/spells.h"

#include <algorithm>
#include <functional>
#include <map>

#include "projections/reports/suppress.h"

namespace caseledger::reports {

using disclosure::Dimension;

namespace {

bool within(const Period& inner, const Period& outer) { return outer.from <= inner.from && inner.to <= outer.to; }

using Known = std::vector<std::pair<Period, const Told*>>;
using Way = std::vector<std::pair<const Told*, int>>;  // along periods, forwards or backwards

// The times that periods lead to. What is told of a period is by how much more was counted at its end than at its begin: between any two times that
// periods connect, however they overlap, the count can be computed.
std::map<Micros, Way> ways_from(Micros begin, const Known& known) {
  std::map<Micros, Way> ways{{begin, {}}};
  const auto go_on = [&](Micros near, Micros far, const Told* told, int sign) {
    const auto so_far = ways.find(near);
    if (so_far == ways.end() || ways.contains(far)) return false;
    Way way = so_far->second;
    way.emplace_back(told, sign);
    return ways.emplace(far, std::move(way)).second;
  };
  for (bool more = true; more;) {
    more = false;
    for (const auto& [each, told] : known) more |= go_on(each.from, each.to, told, 1) || go_on(each.to, each.from, told, -1);
  }
  return ways;
}

Told counted_along(const Way& way) {
  Told all;
  for (const auto& [told, sign] : way)
    for (const auto& [measure, values] : told->values)
      if (adds_up_over_time(measure))
        for (const auto& [place, value] : values) all.values[measure][place] += sign * value;
  for (auto& [measure, values] : all.values)
    for (auto& [place, value] : values) value = std::max<std::int64_t>(0, value);
  return all;
}

// Each spell lies in those around it; what they share and do not tell by itself is time of its own, between two of their ends.
Dimension time_of(std::vector<Spell>& all) {
  std::ranges::stable_sort(all, std::greater(), [](const Spell& each) { return each.period.to - each.period.from; });
  Dimension time{.name = "period"};
  const auto add = [&](const Period& period, std::size_t before) {
    std::vector<std::uint32_t> in;
    for (std::size_t i = 0; i < before; ++i)
      if (within(period, all[i].period)) in.push_back(all[i].node);
    if (in.empty()) in.push_back(0);
    return time.add(period.label, static_cast<std::uint32_t>(time.nodes.size()), std::move(in));
  };
  std::set<Micros> ends;
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].node = add(all[i].period, i);
    ends.insert({all[i].period.from, all[i].period.to});
  }
  for (auto from = ends.begin(), to = std::next(from); to != ends.end(); ++from, ++to) {
    const auto is = [&](const Spell& each) { return each.period.from == *from && each.period.to == *to; };
    const auto holds = [&](const Spell& each) { return each.period.from <= *from && *to <= each.period.to; };
    if (std::ranges::none_of(all, is) && std::ranges::any_of(all, holds)) add({*from, *to, "in between"}, all.size());
  }
  return time;
}

}  // namespace

// Of a quarter after two of its months the third: nobody has told it yet, and anybody can compute it.
Spells::Spells(const Period& period, const Told& now, std::span<const Earlier> earlier) : period_(period), now_(now), earlier_(earlier) {
  Known known{{period_, &now_}};
  for (const Earlier& each : earlier_)
    if (std::ranges::find(known, each.period, &Known::value_type::first) == known.end()) known.emplace_back(each.period, &each.whole);
  std::set<Micros> ends;
  for (const auto& [each, told] : known) ends.insert({each.from, each.to});
  for (const Micros from : ends) {
    const auto ways = ways_from(from, known);
    const auto next = ways.upper_bound(from);
    if (next != ways.end() && next->second.size() > 1) left_.emplace_back(Period{from, next->first, "what is left from " + to_rfc3339(from)}, counted_along(next->second));
  }
}

bool Spells::told_before(const std::string& measure, const std::string& whole, const Place& place) const {
  Known known;
  for (const Earlier& each : earlier_)
    if (each.told.of(measure, place) && (whole.empty() || each.told.of(whole, place)) && (adds_up_over_time(measure) || each.period == period_)) known.emplace_back(each.period, &each.told);
  return ways_from(period_.from, known).contains(period_.to);
}

std::vector<Spell> Spells::of(const std::string& measure, std::optional<Dimension>& time) const {
  std::vector<Spell> all{{period_, true, &now_, {}}};
  for (const Earlier& each : earlier_) {
    const auto known = std::ranges::find_if(all, [&](const Spell& other) { return within(other.period, each.period) && within(each.period, other.period); });
    if (known != all.end()) known->editions.push_back(&each);
    else if (adds_up_over_time(measure) && each.whole.values.contains(measure)) all.push_back({each.period, false, &each.whole, {&each}});
  }
  if (adds_up_over_time(measure))
    for (const auto& [period, told] : left_) all.push_back({period, false, &told, {}});
  if (all.size() > 1) time = time_of(all);
  return all;
}

std::vector<bool> bearing_on(const Period& period, std::span<const Period> others) {
  std::vector<bool> found(others.size());
  std::vector<Period> near{period};
  for (std::size_t i = 0; i < near.size(); ++i)
    for (std::size_t other = 0; other < others.size(); ++other) {
      if (found[other] || others[other].to <= near[i].from || near[i].to <= others[other].from) continue;
      found[other] = true;
      near.push_back(others[other]);
    }
  return found;
}

}  // namespace caseledger::reports
