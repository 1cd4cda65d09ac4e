#include "projections/reports/told.h"

#include <algorithm>

#include "projections/regions.h"
#include "projections/reports/template.h"

namespace caseledger::reports {

Place place_of(const Table& table, const Row& row, const Counted& counted) { return counted.by.empty() ? Place{table.by, row.group} : Place{counted.by, counted.group}; }

Place place_of_whole(const Table& table, const Row& row, const Counted& counted) { return without(place_of(table, row, counted), counted.whole_over); }

Place without(Place place, std::string_view dimension) {
  const auto found = std::ranges::find(place.by, dimension);
  if (found == place.by.end()) return place;
  place.group.erase(place.group.begin() + (found - place.by.begin()));
  place.by.erase(found);
  return place;
}

Told read_told(const Edition& edition, const rules::SuppressionPolicy& policy) {
  Told told;
  const auto of = find_template(edition.template_id);
  const bool by_law = of && (*of)->by_law;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables) {
      if (!policy.applies_to(table.id)) continue;
      const Counted counted = counted_by(table.id);
      const bool share = counted.numerator == table.id &&
                         std::ranges::all_of(table.rows, [](const Row& row) { return row.numerator && row.denominator && *row.numerator <= *row.denominator; });
      for (const std::string& measure : {counted.numerator, counted.denominator})
        if (auto wholes = wholes_of(measure); !wholes.empty()) told.part_of[measure] = std::move(wholes);
      if (share) told.part_of.try_emplace(counted.numerator, std::vector{counted.denominator});
      for (const Row& row : table.rows) {
        const Place place = place_of(table, row, counted), whole = place_of_whole(table, row, counted);
        if (row.numerator && *row.numerator >= 0) told.values[counted.numerator].try_emplace(place, (*row.numerator + counted.unit - 1) / counted.unit);
        if (row.denominator && *row.denominator >= 0) told.values[counted.denominator].try_emplace(whole, *row.denominator);
        if (!row.withheld.empty()) told.withheld.insert({{counted.numerator, place}, {counted.denominator, whole}});
        if (by_law && policy.exempts(table.id) && table.by.empty()) told.exempt.insert({counted.numerator, place});
      }
    }
  for (const Difference& each : differences()) {
    const auto whole = told.of(std::string(each.of), {}), part = told.of(std::string(each.without), {});
    if (!whole || !part || *part > *whole) continue;
    told.values[std::string(each.measure)][{}] = *whole - *part;
    told.part_of[std::string(each.measure)] = {std::string(each.of)};
  }
  return told;
}

std::string axis_of(const std::string& dimension) { return dimension == coarse ? std::string(fine) : dimension; }
Place region_at(std::string_view region) { return {{std::string(coarse)}, {std::string(region)}}; }
std::string region_of(const Place& place) {
  if (place.by.size() != 1) return {};
  return place.by[0] == coarse ? place.group[0] : place.by[0] == fine ? std::string(projections::region_of(place.group[0])) : std::string();
}
bool is_region(const Place& place) { return place.by.size() == 1 && place.by[0] == coarse; }

}  // namespace caseledger::reports
