// Figures and their definitions as JSON.
#pragma once

#include <boost/json/object.hpp>

#include "projections/figure.h"
#include "projections/reports/definitions.h"

namespace caseledger::api {

// {"id", "title", "definition", "unit", "group", "numerator", "denominator", "value", "interval", "flags", "note", "as_of", "period"}.
// What is absent is left out: a figure without data has no value, one over everything no period. value and interval are decimals in text.
boost::json::object figure_to_json(const projections::Figure& figure, const boost::json::object& as_of, const std::optional<projections::FigureQuery::Period>& period);

// {"id", "title", "unit", "version", "numerator", "denominator"}: what the last two count.
boost::json::object definition_to_json(const reports::Definition& definition);

}  // namespace caseledger::api
