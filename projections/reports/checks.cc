// What has to hold between the figures of every edition.
#include <algorithm>
#include <map>

#include "projections/reports/make.h"

namespace caseledger::reports {

namespace {

// The tables of an edition by metric and dimensions.
using Tables = std::map<std::pair<std::string_view, std::vector<std::string>>, const Table*>;

std::optional<std::int64_t> whole_of(const Tables& tables, std::string_view metric) {
  const auto found = tables.find({metric, {}});
  return found == tables.end() || found->second->rows.size() != 1 ? std::nullopt : found->second->rows[0].numerator;
}

Check check_rule(const Tables& tables, const SumRule& rule) {
  std::string said, found;
  std::int64_t sum = 0;
  bool known = true;
  for (const std::string_view part : rule.parts) {
    const auto n = whole_of(tables, part);
    known = known && n;
    sum += n.value_or(0);
    said += (said.empty() ? "" : " + ") + std::string(part);
    found += (found.empty() ? "" : " + ") + std::to_string(n.value_or(0));
  }
  const auto whole = whole_of(tables, rule.whole);
  std::string sentence = std::string(rule.whole) + " = " + (said.empty() ? "0" : said);
  const bool holds = known && whole == sum;
  if (!holds) sentence += ": found " + (whole ? std::to_string(*whole) : "nothing") + (said.empty() ? "" : " and " + found);
  return {std::string(rule.id), std::move(sentence), holds};
}

// What the rows of a table say when they do not add up to the whole; nothing where they do.
std::string amiss(const Table& table, const Row& whole) {
  for (const auto part : {&Row::numerator, &Row::denominator}) {
    if (!(whole.*part)) continue;
    std::int64_t sum = 0;
    for (const Row& row : table.rows) sum += (row.*part).value_or(0);
    if (sum != *(whole.*part))
      return name_of(table) + ": the " + (part == &Row::numerator ? "numerators" : "denominators") + " of its rows sum to " + std::to_string(sum) + ", and the whole has " + std::to_string(*(whole.*part));
  }
  return {};
}

Check check_rows(const Tables& tables, const Section& section, const SectionPlan& plan) {
  const auto is_unsummed = [&](const Table& table) {
    return std::ranges::find(table.by, shared_by_groups) != table.by.end() || std::ranges::any_of(plan.unsummed, [&](std::string_view metric) { return covers(metric, table.id); });
  };
  for (const Table& table : section.tables) {
    const auto whole = tables.find({table.id, {}});
    if (table.by.empty() || is_unsummed(table) || whole == tables.end()) continue;
    if (std::string sentence = amiss(table, whole->second->rows[0]); !sentence.empty()) return {section.id + ".rows", std::move(sentence), false};
  }
  return {section.id + ".rows", "the rows of every table of section " + section.id + " sum to the whole", true};
}

}  // namespace

std::vector<Check> checks_of(const Edition& edition, const Template& of) {
  Tables tables;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables) tables.emplace(std::pair(std::string_view(table.id), table.by), &table);
  std::vector<Check> checks;
  for (std::size_t i = 0; i < edition.sections.size(); ++i) {
    for (const SumRule& rule : of.sections[i]->sums) checks.push_back(check_rule(tables, rule));
    checks.push_back(check_rows(tables, edition.sections[i], *of.sections[i]));
  }
  return checks;
}

}  // namespace caseledger::reports
