#include "projections/reports/coarsen.h"

#include <algorithm>

namespace caseledger::reports {

Coarsening::Coarsening(const Period& period, const Told& now, std::span<const Earlier> earlier, const rules::SuppressionPolicy& policy)
    : period_(period), now_(now), earlier_(earlier), policy_(policy) {
  const auto ladder = std::ranges::find(policy_.hierarchy, fine, &rules::SuppressionPolicy::Ladder::dimension);
  if (ladder == policy_.hierarchy.end() || std::ranges::find(ladder->levels, coarse) == ladder->levels.end()) return;
  for (const auto& [measure, values] : now_.values) {
    if (told_alike(measure) != measure) continue;
    struct Region {
      std::int64_t occur = 0, withheld = 0;
    };
    std::map<std::string, Region> regions;
    for (const auto& [place, value] : values) {
      const std::string region = region_of(place);
      if (is_region(place) || region.empty() || !now_.of(measure, region_at(region)) || is_empty(measure, place)) continue;
      ++regions[region].occur;
      regions[region].withheld += is_small(measure, place) || withheld_before(measure, place);
    }
    for (const auto& [region, of] : regions)
      if (of.occur > 1 && of.withheld * 100 > of.occur * policy_.coarsen_percent && !is_small(measure, region_at(region))) coarse_.insert({measure, region});
  }
}

std::int64_t Coarsening::rest(const std::string& measure, const Place& place) const {
  const auto wholes = now_.part_of.find(measure);
  const auto whole = wholes == now_.part_of.end() ? std::nullopt : now_.of(wholes->second.front(), place);
  return whole ? *whole - *now_.of(measure, place) : 0;
}

bool Coarsening::is_small(const std::string& measure, const Place& place) const {
  const auto small = [&](std::int64_t n) { return n < policy_.k && n > 0; };
  return small(*now_.of(measure, place)) || small(rest(measure, place));
}

// In an edition of this very period.
bool Coarsening::withheld_before(const std::string& measure, const Place& place) const {
  return std::ranges::any_of(earlier_, [&](const Earlier& each) { return each.period == period_ && !each.told.of(measure, place) && each.told.withheld.contains({measure, place}); });
}

bool Coarsening::is_unsaid(const std::string& measure, const Place& place) const {
  const std::string region = region_of(place);
  if (region.empty() || !now_.of(measure, region_at(region))) return false;
  if (!is_region(place)) return is_coarse(measure, region);
  return !is_coarse(measure, region) && !(measure == "begun" && is_coarse("resolved", region));
}

bool Coarsening::bears(const std::string& measure, const std::string& region) const {
  const Place whole = region_at(region);
  if (region.empty() || !now_.of(measure, whole)) return false;
  if (!is_in_balance(measure)) return true;
  return !is_unsaid(measure, whole) || std::ranges::any_of(earlier_, [&](const Earlier& each) { return each.told.of(measure, whole) || each.told.withheld.contains({measure, whole}); });
}

}  // namespace caseledger::reports
