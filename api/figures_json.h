// Figures and their definitions as JSON.
#pragma once

#include <boost/json/object.hpp>

#include "projections/figure.h"

namespace caseledger::api {

// {"id", "title", "definition", "unit", "group", "numerator", "denominator", "value", "interval", "flags", "note", "as_of", "period"}.
// What is absent is left out: a figure without data has no value, one over everything no period. value and interval are decimals in text.
boost::json::object figure_to_json(const projections::Figure& figure, const boost::json::object& as_of, const std::optional<projections::FigureQuery::Period>& period);

// What a figure is, apart from any ledger: a figure of this id is never something else under the same version.
struct Definition {
  std::string id, title, unit;
  std::uint32_t version = 1;

  friend auto operator<=>(const Definition&, const Definition&) = default;
};

// Of every figure there is, in the order figures are answered.
const std::vector<Definition>& definitions();
boost::json::object definition_to_json(const Definition& definition);

// What figures may be split by.
std::span<const std::string_view> dimensions();

}  // namespace caseledger::api
