// The published figures that the simulated years are cut to. These are facts; everything else in this folder is assumed.
//
// CyberTipline data 2020–2023, as published by NCMEC and in the OJJDP reports for those years: totals, location of the user, incident
// types, files, recipients by level of detail, feedback of law enforcement, countries; by state and by provider for 2023. How the reports of 2020
// divide between providers and the public stands in no source that could be compared with. They contradict each other where they count by
// different definitions, and stay so: of 2023, 1,621,937 reports have a user in the U.S. and 1,132,270 list it as their country. Totals of 2024:
// 20.5 million reports standing for 29.2 million incidents (NCMEC); 29,568 missing-child cases of which 27,033 were resolved (NCMEC).
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "intake_generated.h"

namespace caseledger::api::simulate {

inline constexpr std::uint64_t reports_2024 = 20'500'000;
inline constexpr std::uint64_t incidents_2024 = 29'200'000;
inline constexpr std::uint64_t cases_2024 = 29'568;
inline constexpr std::uint64_t recovered_2024 = 27'033;

inline constexpr unsigned first_published_year = 2020;
inline constexpr std::size_t published_years_count = 4;

// Where the user is, as determined of the report; the order the published table has them in.
enum class UserLocation : std::uint8_t { us, international, unknown };
inline constexpr std::size_t user_locations = 3;

// The recipients of the published table, in its order.
inline constexpr std::size_t recipient_classes = 4;  // ICAC, local, federal, international

struct Referred {
  std::uint64_t actionable, informational;
};

struct PublishedYear {
  unsigned year;
  std::uint64_t reports, by_providers, by_public;
  std::array<std::uint64_t, user_locations> by_location;
  std::array<std::uint64_t, 8> by_type;  // as incident_types() lists them
  std::uint64_t images, videos, other_files;
  std::array<Referred, recipient_classes> referred;
  std::array<std::uint64_t, recipient_classes> feedback;  // referrals that law enforcement answered; 2020: not published
};
std::span<const PublishedYear, published_years_count> published_years();

struct PublishedType {
  schema::IncidentType type;
  std::string_view label;  // in the published table
};
std::span<const PublishedType, 8> incident_types();

// Reports by country in each year, in the order of the published list; "" is "No Country Listed". Kosovo goes by its user-assigned code,
// "Europe" and the Netherlands Antilles by the codes the source has for them; French Guiana, listed twice, is one.
struct Country {
  std::string_view alpha2, alpha3;
  std::array<std::uint32_t, published_years_count> reports;
};
std::span<const Country> countries();

// States of the U.S. in 2023; the published table leaves out the District of Columbia.
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
