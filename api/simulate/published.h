// The published figures that the simulated year is cut to. These are facts; everything else in this folder is assumed.
//
// CyberTipline data 2023, as published by NCMEC and in the OJJDP report for that year: by country, by state, by incident type, by
// provider, and files. Totals of 2024: 20.5 million reports standing for 29.2 million incidents (NCMEC); 29,568 missing-child
// cases of which 27,033 were resolved (NCMEC).
#pragma once

#include <span>
#include <string_view>

#include "intake_generated.h"

namespace caseledger::api::simulate {

inline constexpr std::uint64_t reports_2024 = 20'500'000;
inline constexpr std::uint64_t incidents_2024 = 29'200'000;
inline constexpr std::uint64_t cases_2024 = 29'568;
inline constexpr std::uint64_t recovered_2024 = 27'033;

inline constexpr std::uint64_t reports_2023 = 36'210'368;
inline constexpr std::uint64_t images_2023 = 54'842'374;
inline constexpr std::uint64_t videos_2023 = 49'528'198;
inline constexpr std::uint64_t other_files_2023 = 1'282'590;

// Reports by country, in the order of the published list; "" is "No Country Listed". Kosovo goes by its user-assigned code.
struct Country {
  std::string_view alpha2, alpha3;
  std::uint32_t reports_2023;
};
std::span<const Country> countries();

struct PublishedType {
  schema::IncidentType type;
  std::string_view label;  // in the published table
  std::uint32_t reports_2023;
};
std::span<const PublishedType> incident_types();

// States of the U.S.; the published table leaves out the District of Columbia.
struct State {
  std::string_view code;
  std::uint32_t reports_2023, population_2023;
};
std::span<const State> states();

// The twelve providers that reported most in 2023, and the rest as one. The shares are theirs and the names are not: what a simulation
// makes up about the quality of reports must not be read as said of a company.
struct Provider {
  std::string_view name;
  std::uint32_t reports_2023;
};
std::span<const Provider> providers();

}  // namespace caseledger::api::simulate
