// Charts as SVG that grows with its place: data in, markup out, the same bytes on every machine.
//
// Places across are written in percent and heights in pixels, so that text keeps its size on a phone and on paper; all of them are computed in
// integers. Colours, dark mode and print come from the page's style sheet by class. A chart always stands beside a table that has the same
// values: it has a title and a description, tells nothing by colour alone, and says in words what is withheld or has no value, which is never
// drawn as 0.
#pragma once

#include <functional>
#include <span>

#include "projections/reports/words.h"

namespace caseledger::reports {

struct Caption {
  std::string id;  // of the svg; its title and description are `id`-t and `id`-d
  std::string title, description;
};

// A value along one axis, and what is written for it. Without a value only the words are there.
struct Mark {
  std::string label, said;
  std::optional<Millionths> value;
  std::optional<std::pair<Millionths, Millionths>> interval;
  bool withheld = false;
};

// From `low` to `high`, with a few round values between; said by `words`. Logarithmic: low > 0.
struct Axis {
  Millionths low = 0, high = 0;
  bool logarithmic = false;
  std::vector<std::pair<Millionths, std::string>> ticks;

  int at(Millionths value) const;  // in hundredths of a percent of the way, held to 0..10000
};
using Say = std::function<std::string(Millionths)>;
// Around these values, in steps of whole units; from 0 unless that would leave most of it empty and `may_leave_zero`.
Axis linear_axis(Millionths low, Millionths high, const Say& words, bool may_leave_zero, Millionths unit = 1);
// The largest unit of time that a duration has a few of.
Millionths unit_of_time(Millionths duration);
// Durations on a logarithmic scale, ticks at the units people use.
Axis duration_axis(Millionths low, Millionths high);

// A bar a row, from zero.
std::string bar_chart(const Caption& caption, const Axis& axis, std::span<const Mark> rows);
// A dot a row and its interval.
std::string dot_chart(const Caption& caption, const Axis& axis, std::span<const Mark> rows);

// A row of several values, joined by a line: the quantiles of a time.
struct Span {
  std::string label;
  std::vector<Mark> marks;  // in order; their labels are told in the description
};
std::string span_chart(const Caption& caption, const Axis& axis, std::span<const Span> rows);

// Values in order from left to right, each with its interval: a share by horizon, a figure by month. Gaps stay gaps.
std::string series_chart(const Caption& caption, const Axis& axis, std::span<const Mark> points);

// A share that grows with time, a dot for each point that is told, joined by lines.
struct CurvePoint {
  Millionths share;
  Mark time;
};
std::string curve_chart(const Caption& caption, const Axis& times, const Axis& shares, std::span<const CurvePoint> points);

}  // namespace caseledger::reports
