// Counties and the states that they lie in, as jurisdictions and cases name them: "US-TX-201" is the county 201 of US-TX.
//
// A jurisdiction of three parts is a county's: ISO 3166-2, and the county's code behind it. A case has the two apart. A FIPS code of five digits
// begins with those of its state, which "US-TX" says already: US-TX-48201 and US-TX-201 are one county.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace caseledger::projections {

// Of "US-TX-201" and "US-TX": "US-TX". What has no two parts stays as it is.
constexpr std::string_view state_in(std::string_view jurisdiction) {
  const auto country = std::min(jurisdiction.find('-'), jurisdiction.size() - 1);
  return jurisdiction.empty() ? jurisdiction : jurisdiction.substr(0, jurisdiction.find('-', country + 1));
}

constexpr bool is_county(std::string_view jurisdiction) { return state_in(jurisdiction).size() + 1 < jurisdiction.size(); }

// A jurisdiction by the one name of the county that it is; every other as it is.
inline std::string one_name(std::string_view jurisdiction) {
  const std::string_view state = state_in(jurisdiction);
  const std::string_view county = is_county(jurisdiction) ? jurisdiction.substr(state.size() + 1) : std::string_view();
  const bool fips = state.starts_with("US-") && county.size() == 5 && std::ranges::all_of(county, [](char c) { return c >= '0' && c <= '9'; });
  return fips ? std::string(state) + '-' + std::string(county.substr(2)) : std::string(jurisdiction);
}

// The county that a case names; empty where it names none, or no state that it would lie in.
inline std::string county_of(std::string_view state, std::string_view county) {
  const bool known = !county.empty() && state.find('-') != state.npos;
  return known ? one_name(std::string(state) + '-' + std::string(county)) : std::string();
}

}  // namespace caseledger::projections
