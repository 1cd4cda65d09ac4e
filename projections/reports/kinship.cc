#include "projections/reports/kinship.h"

#include <algorithm>

#include "projections/reports/section.h"

namespace caseledger::reports {

int Kinship::depth(const std::string& measure) const {
  const auto wholes = told_.part_of.find(measure);
  int deepest = 0;
  if (wholes != told_.part_of.end())
    for (const std::string& whole : wholes->second)
      if (told_.values.contains(whole)) deepest = std::max(deepest, 1 + depth(whole));
  return deepest;
}

std::vector<Kinship::Tables> Kinship::apart(const std::string& measure) const {
  std::vector<Tables> all;
  for (const auto& [place, value] : told_.values.at(measure)) {
    Tables together{place.by};
    std::erase_if(all, [&](const Tables& other) {
      const bool share = std::ranges::any_of(other, [&](const auto& by) { return std::ranges::find_first_of(by, place.by, {}, axis_of, axis_of) != by.end() || by == place.by; });
      if (share) together.insert(other.begin(), other.end());
      return share;
    });
    all.push_back(std::move(together));
  }
  const auto alone = std::ranges::find(all, everything);
  if (alone != all.end()) std::rotate(all.begin(), alone, std::next(alone));
  return all;
}

std::set<std::string> Kinship::of(const std::string& measure) const {
  std::set<std::string> kin{measure}, families;
  for (std::size_t before = 0; before != kin.size() + families.size();) {
    before = kin.size() + families.size();
    for (const auto& [each, values] : told_.values) {
      const std::string family = is_in_balance(each) ? "balance" : family_of(each);
      if (families.contains(family)) kin.insert(each);
      const auto wholes = told_.part_of.find(each);
      if (wholes != told_.part_of.end())
        for (const std::string& whole : wholes->second) {
          if (!told_.values.contains(whole)) continue;
          if (kin.contains(whole)) kin.insert(each);
          if (kin.contains(each)) kin.insert(whole);
        }
      if (kin.contains(each) && !family.empty()) families.insert(family);
    }
  }
  return kin;
}

bool Kinship::adds_up(const std::string& measure, const Tables& tables) const {
  std::map<std::vector<std::string>, std::int64_t> sums;
  for (const auto& [place, value] : told_.values.at(measure)) sums[place.by] += value;
  const auto shared = [](const auto& by) { return std::ranges::find(by, shared_by_groups) != by.end(); };
  return std::ranges::none_of(tables, shared) && std::ranges::all_of(tables, [&](const auto& by) { return by.empty() || !sums.contains({}) || sums[by] == sums[{}]; });
}

std::vector<Kinship::Near> Kinship::near_to(const std::string& measure, const Place& place) const {
  if (place.by == std::vector<std::string>{"case_type_current"}) return {{.measure = measure, .place = {{"case_type"}, place.group}, .by_clock = false}};
  const auto clock = std::ranges::find(place.by, shared_by_groups);
  if (clock == place.by.end()) return {};
  const Place any = without(place, shared_by_groups);
  const bool clocked = measure == "clocked", everybody = !clocked && everybody_has(place);
  std::vector<Near> all{{.measure = clocked ? "begun" : measure, .place = any, .of_everybody = everybody}};
  const auto which = static_cast<std::size_t>(clock - place.by.begin());
  for (const auto& [other, value] : told_.values.at(measure))
    if (other.by == place.by && other.group[which] > place.group[which] && without(other, shared_by_groups) == any)
      all.push_back({.measure = measure, .place = other, .of_everybody = everybody && everybody_has(other)});
  return all;
}

bool Kinship::everybody_has(const Place& clock) const {
  const auto clocked = told_.of("clocked", clock);
  return clocked && clocked == told_.of("begun", without(clock, shared_by_groups));
}

}  // namespace caseledger::reports
