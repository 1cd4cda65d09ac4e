#include "api/figures_json.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "projections/runner.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::Figure;
using projections::FigureQuery;

json::object figure_to_json(const Figure& figure, const json::object& as_of, const std::optional<FigureQuery::Period>& period) {
  json::object group;
  for (const auto& [dimension, value] : figure.group) group.emplace(dimension, value);
  json::object out{{"id", figure.id}, {"title", figure.title}, {"definition", figure.definition}, {"unit", figure.unit}, {"group", std::move(group)}};
  if (figure.numerator) out.emplace("numerator", *figure.numerator);
  if (figure.denominator) out.emplace("denominator", *figure.denominator);
  if (figure.value) out.emplace("value", *figure.value);
  if (figure.interval) out.emplace("interval", json::array{figure.interval->first, figure.interval->second});
  out.emplace("flags", json::array(figure.flags.begin(), figure.flags.end()));
  if (!figure.note.empty()) out.emplace("note", figure.note);
  out.emplace("as_of", as_of);
  if (period) out.emplace("period", json::object{{"from", to_rfc3339(period->from)}, {"to", to_rfc3339(period->to)}});
  return out;
}

namespace {

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

json::object definition_to_json(const Definition& definition) {
  return {{"id", definition.id}, {"title", definition.title}, {"unit", definition.unit}, {"version", definition.version}};
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

}  // namespace caseledger::api
