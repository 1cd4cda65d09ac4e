// What an edition tells and what it withholds: its counts by measure and place.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "ledger/rules/suppression_policy.h"
#include "projections/reports/edition.h"
#include "projections/reports/measures.h"

namespace caseledger::reports {

// Where a count stands: by which dimensions, and in which group. Over everything: neither.
struct Place {
  std::vector<std::string> by, group;
  auto operator<=>(const Place&) const = default;
};

// What an edition tells of each measure, and where it withholds it.
struct Told {
  std::map<std::string, std::map<Place, std::int64_t>> values;
  std::set<std::pair<std::string, Place>> withheld;
  std::map<std::string, std::vector<std::string>> part_of;    // the nearest first
  std::set<std::pair<std::string, Place>> exempt;              // told whatever it is

  std::optional<std::int64_t> of(const std::string& measure, const Place& place) const {
    const auto all = values.find(measure);
    if (all == values.end()) return {};
    const auto found = all->second.find(place);
    return found == all->second.end() ? std::nullopt : std::optional(found->second);
  }
};

Place place_of(const Table& table, const Row& row, const Counted& counted);        // of the numerator
Place place_of_whole(const Table& table, const Row& row, const Counted& counted);  // of the denominator
Place without(Place place, std::string_view dimension);

// Of figures that the policy applies to.
Told read_told(const Edition& edition, const rules::SuppressionPolicy& policy);

// ── a state and its region lie on one dimension ──
inline constexpr std::string_view fine = "jurisdiction", coarse = "region";
std::string axis_of(const std::string& dimension);
Place region_at(std::string_view region);
std::string region_of(const Place& place);  // of a place that is a region, or lies in one; otherwise empty
bool is_region(const Place& place);

}  // namespace caseledger::reports
