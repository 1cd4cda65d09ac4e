#include "projections/reports/spells.h"

#include <algorithm>
#include <functional>

#include "projections/reports/suppress.h"

namespace caseledger::reports {

using disclosure::Dimension;

namespace {

bool within(const Period& inner, const Period& outer) { return outer.from <= inner.from && inner.to <= outer.to; }

Told without(const Told& whole, const std::vector<const Told*>& parts) {
  Told left;
  for (const auto& [measure, values] : whole.values) {
    if (!adds_up_over_time(measure)) continue;
    for (auto [place, value] : values) {
      for (const Told* part : parts) value -= part->of(measure, place).value_or(0);
      left.values[measure][place] = std::max<std::int64_t>(0, value);
    }
  }
  return left;
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
  std::vector<std::pair<Period, const Told*>> known{{period_, &now_}};
  for (const Earlier& each : earlier_)
    if (std::ranges::find(known, each.period, &std::pair<Period, const Told*>::first) == known.end()) known.emplace_back(each.period, &each.whole);
  std::set<Micros> ends;
  for (const auto& [each, told] : known) ends.insert({each.from, each.to});
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < known.size(); ++i) {
      std::vector<const Told*> parts;
      std::vector<Period> unknown;
      for (auto from = ends.find(known[i].first.from); *from != known[i].first.to; ++from) {
        const auto part = std::ranges::find_if(known, [&](const auto& each) { return each.first.from == *from && each.first.to == *std::next(from); });
        if (part == known.end()) unknown.push_back({*from, *std::next(from), "what is left of " + known[i].first.label});
        else parts.push_back(part->second);
      }
      if (unknown.size() != 1) continue;
      const auto& [rest, told] = left_.emplace_back(unknown[0], without(*known[i].second, parts));
      known.emplace_back(rest, &told);
      more = true;
    }
  }
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
