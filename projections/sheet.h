// Figures written row by row: one group for every combination of the dimensions asked for that occurs, and the shapes most figures have.
#pragma once

#include <initializer_list>
#include <map>
#include <span>
#include <string_view>

#include "projections/figure.h"

namespace caseledger::projections {

using Group = std::vector<std::pair<std::string, std::string>>;

// The group of something with these dimensions, in the projection's own order. What the query does not split by is left out, and a
// dimension that the projection does not have splits nothing.
using Dimensions = std::span<const std::pair<std::string_view, std::string_view>>;
Group group_of(const FigureQuery& query, Dimensions dimensions);
inline Group group_of(const FigureQuery& query, std::initializer_list<std::pair<std::string_view, std::string_view>> dimensions) {
  return group_of(query, Dimensions(dimensions.begin(), dimensions.size()));
}

// The groups in order, each with what its figures are made of. Not split at all, there is one even when nothing is in it.
template <class Row>
std::map<Group, Row> groups_for(const FigureQuery& query, std::initializer_list<std::pair<std::string_view, std::string_view>> dimensions) {
  std::map<Group, Row> rows;
  if (group_of(query, dimensions).empty()) rows.try_emplace({});
  return rows;
}

// Adds the figures of one group. The references are good until the next figure is added.
class Sheet {
 public:
  Sheet(const Group& group, std::vector<Figure>& to) : group_(group), to_(to) {}

  const Group& group() const { return group_; }

  Figure& add(std::string id, std::string title, std::string unit);

  // A whole number of things.
  Figure& count(std::string id, std::string title, std::string unit, std::int64_t n);

  // A quotient, "no_data" without a denominator; a share is one whose numerator is part of the denominator, with its Wilson interval.
  Figure& quotient(std::string id, std::string title, std::int64_t numerator, std::int64_t denominator);
  Figure& share(std::string id, std::string title, std::int64_t part, std::int64_t whole);

 private:
  const Group& group_;
  std::vector<Figure>& to_;
};

}  // namespace caseledger::projections
