#include "projections/reports/take_out.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "projections/reports/disclosure.h"
#include "projections/reports/section.h"

namespace caseledger::reports {

namespace {

void empty(Row& row, const std::string& rule) {
  row = Row{.group = row.group, .numerator = {}, .denominator = {}, .value = {}, .interval = {}, .flags = {}, .note = {}, .withheld = rule};
}

// Regions that stand for their states, and no others.
void keep_regions_if(Section& section, const std::function<bool(const Table&, const Row&)>& stands_for_states) {
  const auto by_region = [](const Table& table) { return table.by == std::vector{std::string(coarse)}; };
  for (Table& table : section.tables) {
    if (!by_region(table)) continue;
    std::erase_if(table.rows, [&](const Row& row) { return !stands_for_states(table, row); });
    for (Row& row : table.rows) row.flags.push_back("stands_for_states");
  }
  std::erase_if(section.tables, [&](const Table& table) { return table.rows.empty() && by_region(table); });
}

const std::string& subject_of(const Counted& counted) { return counted.numerator.empty() ? counted.denominator : counted.numerator; }

bool speaks_of_untold(const AllUntold& untold, const std::string& metric, const Place& place) {
  return std::ranges::any_of(untold, [&](const auto& each) { return each.first.second == place && speaks_of(metric, each.first.first); });
}

// By the clock that is taken where none is chosen, a median is that of everybody, or nearly.
Place by_default(const Place& place) {
  const auto clock = std::ranges::find(place.by, shared_by_groups);
  const bool is_default = clock != place.by.end() && place.group[static_cast<std::size_t>(clock - place.by.begin())] == default_clock;
  return is_default ? without(place, shared_by_groups) : place;
}

}  // namespace

std::string name_of_count(const std::string& measure, const Place& place) {
  return name_of(Table{.id = measure, .title = {}, .unit = {}, .definition = 1, .by = place.by, .note = {}, .rows = {}}, Row{.group = place.group, .numerator = {}, .denominator = {}, .value = {}, .interval = {}, .flags = {}, .note = {}, .withheld = {}});
}

std::vector<Withholding> take_out(Edition& edition, const AllUntold& untold, const Told& now, const Coarsening& coarsening, const rules::SuppressionPolicy& policy) {
  // The curve over everything is as told as the median, and its tenths are of many.
  const auto is_untold = [&](const char* measure) { return untold.contains({measure, {}}); };
  const bool curve_tells_few = is_untold("resolved") || is_untold("begun") || speaks_of_untold(untold, "R5", {}) || now.of("resolved", {}).value_or(0) < 20 * policy.k;
  std::vector<Withholding> withheld;
  for (Section& section : edition.sections) {
    keep_regions_if(section, [&](const Table& table, const Row& row) { return coarsening.is_coarse(subject_of(counted_by(table.id)), row.group[0]); });
    for (Table& table : section.tables) {
      if (!policy.applies_to(table.id)) continue;
      const Counted counted = counted_by(table.id);
      for (Row& row : table.rows) {
        const Place place = place_of(table, row, counted);
        const auto numerator = untold.find({counted.numerator, place}), denominator = untold.find({counted.denominator, place_of_whole(table, row, counted)});
        const bool of_numerator = row.numerator && numerator != untold.end(), of_denominator = row.denominator && denominator != untold.end();
        const bool of_curve = table.id == "R5.curve" && curve_tells_few;
        if (!of_numerator && !of_denominator && !of_curve && !speaks_of_untold(untold, table.id, place) && !speaks_of_untold(untold, table.id, by_default(place))) continue;
        const Untold why = of_numerator ? numerator->second : Untold{"dependent", {}};
        const bool in_region = coarsening.is_coarse(subject_of(counted), region_of(place)) && !is_region(place);
        withheld.push_back({name_of(table, row), in_region ? disclosure::name(disclosure::Rule::coarsened) : why.rule, in_region ? table.id + " by region = " + region_of(place) : why.because});
        empty(row, withheld.back().rule);
      }
    }
  }
  return withheld;
}

void withhold_alike(Edition& counted, const Edition& told) {
  std::map<std::pair<std::string, std::vector<std::string>>, const Table*> tables;
  for (const Section& section : told.sections)
    for (const Table& table : section.tables) tables[{section.id + ' ' + table.id, table.by}] = &table;
  for (Section& section : counted.sections) {
    keep_regions_if(section, [&](const Table& table, const Row& row) {
      const auto other = tables.find({section.id + ' ' + table.id, table.by});
      return other != tables.end() && std::ranges::find(other->second->rows, row.group, &Row::group) != other->second->rows.end();
    });
    for (Table& table : section.tables) {
      const auto other = tables.find({section.id + ' ' + table.id, table.by});
      if (other == tables.end()) continue;
      for (Row& row : table.rows) {
        const auto same = std::ranges::find(other->second->rows, row.group, &Row::group);
        if (same != other->second->rows.end() && !same->withheld.empty()) empty(row, same->withheld);
      }
    }
  }
}

std::vector<Table> withheld_tables(const Edition& edition) {
  std::map<std::string, std::int64_t> by_rule;
  std::int64_t all = 0;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      for (const Row& row : table.rows)
        if (!row.withheld.empty()) ++by_rule[row.withheld], ++all;
  const auto counted = [](std::vector<std::string> group, std::int64_t n) {
    return Row{.group = std::move(group), .numerator = n, .denominator = {}, .value = std::to_string(n), .interval = {}, .flags = {}, .note = {}, .withheld = {}};
  };
  Table whole{.id = "T16.withheld", .title = "Figures of this edition that are withheld", .unit = "figures", .by = {}, .note = {}, .rows = {counted({}, all)}};
  Table split = whole;
  split.by = {"rule"};
  split.rows.clear();
  for (const auto& [rule, n] : by_rule) split.rows.push_back(counted({rule}, n));
  return {std::move(whole), std::move(split)};
}

void tell_withheld(Edition& edition) {
  const auto privacy = std::ranges::find(edition.sections, "T16", &Section::id);
  if (privacy == edition.sections.end()) return;
  auto tables = withheld_tables(edition);
  privacy->no_data = privacy->no_data && tables.back().rows.empty();
  std::ranges::move(tables, std::back_inserter(privacy->tables));
}

}  // namespace caseledger::reports
