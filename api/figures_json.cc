#include "api/figures_json.h"

#include <algorithm>
#include <boost/json/array.hpp>

#include "api/as_of.h"
#include "projections/standing.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::Figure;
using projections::FigureQuery;

namespace {

json::object group_to_json(const Figure& figure) {
  json::object group;
  for (const auto& [dimension, value] : figure.group) group.emplace(dimension, value);
  return group;
}

}  // namespace

json::object figure_to_json(const Figure& figure, const json::object& as_of, const std::optional<FigureQuery::Period>& period) {
  json::object out{{"id", figure.id}, {"title", figure.title}, {"definition", figure.definition}, {"unit", figure.unit}, {"group", group_to_json(figure)}};
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

json::object contributor_to_json(const projections::Contributor& contributor, const projections::Projection& projection, std::span<const projections::Fact> facts) {
  json::array shares, events;
  for (const Figure& figure : contributor.shares) {
    json::object share{{"group", group_to_json(figure)}};
    if (figure.numerator) share.emplace("numerator", *figure.numerator);
    if (figure.denominator) share.emplace("denominator", *figure.denominator);
    if (figure.value) share.emplace("value", *figure.value);
    shares.push_back(std::move(share));
  }
  const projections::Standing standing(facts);
  for (const auto& fact : facts) {
    if (!projection.wants(fact.event.type)) continue;
    json::object event{{"version", fact.event.version}, {"position", exact_number(fact.position.value)}, {"type", event_type(fact.event.type)->name}};
    if (standing.fate(fact) == rules::Standing::Fate::corrected) event.emplace("fate", "corrected");
    if (standing.fate(fact) == rules::Standing::Fate::retracted) event.emplace("fate", "retracted");
    events.push_back(std::move(event));
  }
  json::object out{{"stream", to_string(contributor.stream)}};
  if (!facts.empty()) out.emplace("kind", kind_name(facts.front().event.kind));
  out.emplace("shares", std::move(shares));
  out.emplace("events", std::move(events));
  return out;
}

Result<std::vector<std::string>> parse_dimensions(std::string_view text) {
  std::vector<std::string> by;
  for (bool more = true; more;) {
    const auto comma = text.find(',');
    const std::string dimension(text.substr(0, comma));
    more = comma != text.npos;
    if (more) text.remove_prefix(comma + 1);
    if (std::ranges::find(reports::dimensions(), dimension) == reports::dimensions().end()) return fail(Errc::value_out_of_range, "no figure is split by " + quote(dimension));
    if (std::ranges::find(by, dimension) != by.end()) return fail(Errc::malformed, "by names " + dimension + " twice");
    by.push_back(dimension);
  }
  return by;
}

}  // namespace caseledger::api
