#include "projections/sheet.h"

#include <algorithm>

#include "projections/interval.h"

namespace caseledger::projections {

Group group_of(const FigureQuery& query, Dimensions dimensions) {
  Group group;
  for (const auto& [dimension, value] : dimensions)
    if (std::ranges::find(query.by, dimension) != query.by.end()) group.emplace_back(dimension, value);
  return group;
}

Figure& Sheet::add(std::string id, std::string title, std::string unit) {
  Figure& figure = to_.emplace_back();
  figure.id = std::move(id);
  figure.title = std::move(title);
  figure.unit = std::move(unit);
  figure.group = group_;
  return figure;
}

Figure& Sheet::count(std::string id, std::string title, std::string unit, std::int64_t n) {
  Figure& figure = add(std::move(id), std::move(title), std::move(unit));
  figure.numerator = n;
  figure.value = std::to_string(n);
  return figure;
}

Figure& Sheet::quotient(std::string id, std::string title, std::int64_t numerator, std::int64_t denominator) {
  Figure& figure = add(std::move(id), std::move(title), "ratio");
  figure.numerator = numerator;
  figure.denominator = denominator;
  if (denominator == 0) figure.flags.push_back("no_data");
  else figure.value = ratio(numerator, denominator);
  return figure;
}

Figure& Sheet::share(std::string id, std::string title, std::int64_t part, std::int64_t whole) {
  Figure& figure = quotient(std::move(id), std::move(title), part, whole);
  const Interval interval = wilson(part, whole);
  if (!interval.no_data) figure.interval = {interval.lower.fixed(), interval.upper.fixed()};
  return figure;
}

}  // namespace caseledger::projections
