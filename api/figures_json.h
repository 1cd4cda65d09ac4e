// Figures and their definitions as JSON.
#pragma once

#include <boost/json/object.hpp>

#include "projections/contributors.h"
#include "projections/reports/definitions.h"

namespace caseledger::api {

// {"id", "title", "definition", "unit", "group", "numerator", "denominator", "value", "interval", "flags", "note", "as_of", "period"}.
// What is absent is left out: a figure without data has no value, one over everything no period. value and interval are decimals in text.
boost::json::object figure_to_json(const projections::Figure& figure, const boost::json::object& as_of, const std::optional<projections::FigureQuery::Period>& period);

// {"id", "title", "unit", "version", "numerator", "denominator"}: what the last two count.
boost::json::object definition_to_json(const reports::Definition& definition);

// {"stream", "kind", "shares": [{"group", "numerator", "denominator", "value"}], "events": [{"version", "position", "type", "fate"}]}: what a
// stream adds to a figure, and its events that the figure's projection reads. facts: all recorded events of the stream.
boost::json::object contributor_to_json(const projections::Contributor& contributor, const projections::Projection& projection, std::span<const projections::Fact> facts);

// What figures are split by, divided by commas. Errors: malformed (one twice), value_out_of_range (no such dimension).
Result<std::vector<std::string>> parse_dimensions(std::string_view text);

}  // namespace caseledger::api
