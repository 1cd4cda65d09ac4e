#include "api/figures_json.h"

#include <boost/json/array.hpp>

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

json::object definition_to_json(const reports::Definition& definition) {
  json::object out{{"id", definition.id}, {"title", definition.title}, {"unit", definition.unit}, {"version", definition.version}};
  if (!definition.numerator.empty()) out.emplace("numerator", definition.numerator);
  if (!definition.denominator.empty()) out.emplace("denominator", definition.denominator);
  return out;
}

}  // namespace caseledger::api
