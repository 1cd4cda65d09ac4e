#include "projections/reports/definitions.h"

#include <algorithm>
#include <optional>

#include "projections/reports/section.h"
#include "projections/runner.h"

namespace caseledger::reports {

namespace {

using projections::Figure;
using projections::FigureQuery;

// Figures that are there only when there is something to say; a ledger without events does not show them.
const Definition only_with_data[] = {
    {"coverage.retention_days", "Portals that keep reads so many days", "portals"},
    {"R5.earliest_starts", "The median if every start known to a day or coarser was as early as it can be", "us"},
    {"R5.latest_starts", "The median if every start known to a day or coarser was as late as it can be", "us"},
    {"T7.hour", "Searches in this hour of the day, UTC", "searches"},
};

std::string_view family_of(std::string_view id) { return id.substr(0, id.find('.')); }

std::vector<Definition> find_definitions() {
  std::vector<Definition> all;
  for (const Figure& figure : projections::Folds().figures(FigureQuery{})) all.push_back({figure.id, figure.title, figure.unit, figure.definition});
  for (const Definition& each : only_with_data) {
    const auto last = std::ranges::find_if(all.rbegin(), all.rend(), [&](const Definition& d) { return family_of(d.id) == family_of(each.id); });
    all.insert(last.base(), each);
  }
  return all;
}

}  // namespace

const std::vector<Definition>& definitions() {
  static const std::vector<Definition> all = find_definitions();
  return all;
}

bool is_defined(std::string_view id) {
  return std::ranges::any_of(definitions(), [&](const Definition& each) { return covers(id, each.id); });
}

namespace {

// Titles of figures that are no count, share or ratio of two counts.
const std::pair<std::string_view, Counted> irregular[] = {
    {"R10.weight", {"the weights, in millionths, of what the source is credited with", "a million"}},
    {"T3.kappa", {"items on which the two agree", "items that two people reviewed"}},
    {"T4.disparity", {"items of the group that were put first", "items of the group in triage"}},
    {"T5.precision.lower_bound", {"alert episodes found right", "alert episodes that are no duplicates"}},
    {"T5.precision.upper_bound", {"alert episodes found right, and those not adjudicated", "alert episodes that are no duplicates"}},
};

// "Of them, …" is said of the nearest title before it that stands by itself.
std::string antecedent(const Definition& definition) {
  const auto& all = definitions();
  auto at = std::ranges::find(all, definition.id, &Definition::id);
  while (at != all.begin()) {
    --at;
    if (!at->title.starts_with("Of ")) return at->title;
  }
  return "them";
}

std::string whole_of(std::string_view named, const Definition& definition) {
  return named == "them" || named == "these" ? antecedent(definition) : std::string(named);
}

std::optional<Counted> split_at(const std::string& title, std::string_view between) {
  const auto at = title.find(between);
  if (at == title.npos) return std::nullopt;
  return Counted{title.substr(0, at), title.substr(at + between.size())};
}

}  // namespace

Counted counted(const Definition& definition) {
  const std::string& title = definition.title;
  for (const auto& [id, what] : irregular)
    if (covers(id, definition.id)) return what;
  if (title.find("Kaplan-Meier") != title.npos) return {"those that came to it by the as-of", "all of them, what still waits at the as-of included"};
  if (title.find("Aalen-Johansen") != title.npos) return {"episodes with this ending by then", "episodes that began in the period"};
  if (title.find("nearest rank") != title.npos || title.ends_with(", most")) return {"", "those that are ranked"};
  if (title.starts_with("Of "))
    for (const std::string_view between : {", those ", ", ", ": "})
      if (const auto found = split_at(title.substr(3), between)) return {"those " + found->denominator, whole_of(found->numerator, definition)};
  if (const auto found = split_at(title, ", of ")) return *found;
  if (const auto found = split_at(title, " per ")) return *found;
  return {title, ""};
}

std::span<const std::string_view> dimensions() {
  static constexpr std::string_view all[] = {
      "age_band", "analysis", "basis", "case_type", "case_type_current", "channel", "clause", "country", "criteria", "decision",
      "detector_kind", "esp", "exam", "finding", "instrument", "item", "item_type", "jurisdiction", "kind", "list", "match",
      "mode", "phase", "plate_state", "policy", "priority", "programme", "purpose", "queue", "race_ethnicity", "reason",
      "recipient_class", "requester_class", "scope", "service", "sex", "source", "state_care", "system", "unit", "unit_name",
      "urgency", "vendor",
  };
  return all;
}

}  // namespace caseledger::reports
