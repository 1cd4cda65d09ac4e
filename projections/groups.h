// The rows that figures are split into: one for every combination of the dimensions asked for that occurs.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "projections/figure.h"

namespace caseledger::projections {

using Group = std::vector<std::pair<std::string, std::string>>;

// The group of something with these dimensions, in the projection's order; what the query does not split by is left out, and a dimension
// that the projection does not have splits nothing.
inline Group group_of(const FigureQuery& query, std::initializer_list<std::pair<std::string_view, std::string_view>> dimensions) {
  Group group;
  for (const auto& [dimension, value] : dimensions)
    if (std::ranges::find(query.by, dimension) != query.by.end()) group.emplace_back(dimension, value);
  return group;
}

// All groups there are, in order; not split at all, there is one even when it is empty.
template <class Row>
using Groups = std::map<Group, Row>;

template <class Row>
Groups<Row> groups_for(const FigureQuery& query, std::initializer_list<std::string_view> dimensions) {
  Groups<Row> groups;
  const bool split = std::ranges::any_of(dimensions, [&](std::string_view name) { return std::ranges::find(query.by, name) != query.by.end(); });
  if (!split) groups.try_emplace({});
  return groups;
}

}  // namespace caseledger::projections
