// The regions of the United States, as the Census Bureau draws them: what a state is told as part of where it is too small to be told by itself.
#pragma once

#include <algorithm>
#include <string_view>

namespace caseledger::projections {

// Of "US-TX": "south". Of a place that is in none of them, or is not known: empty.
constexpr std::string_view region_of(std::string_view jurisdiction) {
  struct Region {
    std::string_view name, states;
  };
  constexpr Region all[] = {{"northeast", "CT MA ME NH NJ NY PA RI VT"},
                            {"midwest", "IA IL IN KS MI MN MO ND NE OH SD WI"},
                            {"south", "AL AR DC DE FL GA KY LA MD MS NC OK SC TN TX VA WV"},
                            {"west", "AK AZ CA CO HI ID MT NM NV OR UT WA WY"},
                            {"island_areas", "AS GU MP PR VI"}};
  if (jurisdiction.size() != 5 || !jurisdiction.starts_with("US-")) return {};
  const auto found = std::ranges::find_if(all, [&](const Region& region) {
    const auto at = region.states.find(jurisdiction.substr(3));
    return at != std::string_view::npos && at % 3 == 0;
  });
  return found == std::end(all) ? std::string_view{} : found->name;
}

}  // namespace caseledger::projections
