// Figures out of stories, and what they say in one line.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>

#include "projections/fold.h"
#include "tests/support/stories.h"

namespace stories {

using projections::Figure;
using projections::FigureQuery;
using projections::Folds;
using projections::Projection;

inline Said at(Micros time, unsigned author = 1) {
  Said said;
  said.at = time;
  said.author = author;
  return said;
}

inline Said imported_at(Micros time) {
  Said said = at(time);
  said.imported = true;
  return said;
}

inline FigureQuery as_of(Micros time, std::vector<std::string> by = {}) { return {.as_of = time, .period = {}, .by = std::move(by)}; }
inline FigureQuery in_period(Micros from, Micros to, Micros as_of_time) {
  return {.as_of = as_of_time, .period = FigureQuery::Period{from, to}, .by = {}};
}

inline Folds fold_of(const Projection& projection, std::span<const Fact> facts) {
  Folds fold(projection);
  for (const Fact& fact : facts) fold.apply(fact);
  fold.settle();
  return fold;
}

inline std::vector<Figure> figures(const Projection& projection, const Log& log, const FigureQuery& query) {
  return fold_of(projection, log.facts()).figures(query);
}

// The same of what had happened by the as-of: as the log would stand had it ended then.
inline std::vector<Figure> figures_then(const Projection& projection, const Log& log, const FigureQuery& query) {
  std::vector<Fact> facts;
  std::ranges::copy_if(log.facts(), std::back_inserter(facts), [&](const Fact& fact) { return fact.event.fields->occurred_at() <= query.as_of; });
  return fold_of(projection, facts).figures(query);
}

// The figure of that id; of several groups the one with that value in its first dimension.
inline const Figure& named(const std::vector<Figure>& figures, std::string_view id, std::string_view group = {}) {
  const auto found = std::ranges::find_if(figures, [&](const Figure& f) { return f.id == id && (group.empty() || f.group.at(0).second == group); });
  REQUIRE(found != figures.end());
  return *found;
}

// "US-TX: 2/3 = 0.666667 (0.207655..0.938508) flag": its group's values, numerator, denominator, value, interval and flags.
inline std::string said_by(const Figure& f) {
  std::string out;
  for (const auto& [dimension, value] : f.group) out += value + ": ";
  out += (f.numerator ? std::to_string(*f.numerator) : "-") + "/" + (f.denominator ? std::to_string(*f.denominator) : "-");
  out += " = " + f.value.value_or("-");
  if (f.interval) out += " (" + f.interval->first + ".." + f.interval->second + ")";
  for (const auto& flag : f.flags) out += " " + flag;
  return out;
}

}  // namespace stories
