#include "projections/reports/chart.h"

#include <algorithm>

#include "projections/reports/svg.h"

namespace caseledger::reports {

namespace {

constexpr int row_height = 46, track_top = 24, track_height = 10, axis_height = 26;
constexpr std::size_t line_characters = 46;  // of a label and what is said at its end, on a narrow screen

void write_label(Markup& svg, int top, const std::string& label, const std::string& said, bool is_value) {
  const std::size_t room = line_characters - std::min(line_characters - 12, said.size());
  svg.element("text", shortened(label, room), {{"class", "label"}, {"x", "0"}, {"y", pixels(top + 15)}});
  svg.element("text", said, {{"class", is_value ? "said" : "said none"}, {"x", "100%"}, {"y", pixels(top + 15)}, {"text-anchor", "end"}});
}

// The empty track a value lies on; hatched where the value is withheld.
void write_track(Markup& svg, const Caption& caption, int top, bool withheld) {
  const std::string fill = withheld ? "url(#" + caption.id + "-h)" : "";
  svg.alone("rect", {{"class", withheld ? "track withheld" : "track"}, {"x", "0"}, {"y", pixels(top + track_top)}, {"width", "100%"}, {"height", pixels(track_height)}, {withheld ? "fill" : "", fill}});
}

void write_hatch(Markup& svg, const Caption& caption) {
  svg.open("defs").open("pattern", {{"id", caption.id + "-h"}, {"width", "6"}, {"height", "6"}, {"patternUnits", "userSpaceOnUse"}, {"patternTransform", "rotate(45)"}});
  svg.alone("line", {{"class", "hatch"}, {"x1", "0"}, {"y1", "0"}, {"x2", "0"}, {"y2", "6"}}).close().close();
}

void write_ticks(Markup& svg, const Axis& axis, int bottom) {
  for (const auto& [value, words] : axis.ticks) {
    const int at = axis.at(value);
    svg.alone("line", {{"class", "grid"}, {"x1", percent(at)}, {"x2", percent(at)}, {"y1", pixels(track_top - 2)}, {"y2", pixels(bottom)}});
    svg.element("text", words, {{"class", "tick"}, {"x", percent(at)}, {"y", pixels(bottom + 16)}, {"text-anchor", at < 500 ? "start" : at > 9500 ? "end" : "middle"}});
  }
}

int height_of(std::size_t rows) { return static_cast<int>(rows) * row_height; }

template <class Rows, class Draw>
std::string rows_chart(const Caption& caption, const Axis& axis, const Rows& rows, Draw draw, bool any_withheld) {
  const int bottom = height_of(rows.size());
  Markup svg = begun_chart(caption, bottom + axis_height);
  if (any_withheld) write_hatch(svg, caption);
  write_ticks(svg, axis, bottom);
  int top = 0;
  for (const auto& row : rows) {
    draw(svg, row, top);
    top += row_height;
  }
  return svg.close().take();
}

Millionths round_step(Millionths spread) {
  Millionths step = 1;
  while (step * 10 * 4 <= spread) step *= 10;
  for (const int factor : {1, 2, 5, 10})
    if (step * factor * 4 >= spread) return step * factor;
  return step * 10;
}

// The binary logarithm with 16 binary places, of n > 0.
Millionths log2_fixed(Millionths n) {
  int whole = 0;
  while (n >> whole > 1) ++whole;
  Millionths mantissa = whole > 31 ? n >> (whole - 31) : n << (31 - whole), out = whole;
  for (int i = 0; i < 16; ++i) {
    mantissa = mantissa * mantissa >> 31;
    const bool above = mantissa >> 32 > 0;
    if (above) mantissa >>= 1;
    out = out * 2 + (above ? 1 : 0);
  }
  return out;
}

}  // namespace

int Axis::at(Millionths value) const {
  if (high <= low) return 0;
  if (value <= low) return 0;
  if (value >= high) return 10'000;
  if (logarithmic) return static_cast<int>((log2_fixed(value) - log2_fixed(low)) * 10'000 / (log2_fixed(high) - log2_fixed(low)));
  Millionths way = value - low, whole = high - low;
  for (; whole > Millionths(1) << 100; whole /= 2) way /= 2;
  return static_cast<int>(way * 10'000 / whole);
}

Axis linear_axis(Millionths low, Millionths high, const Say& words, bool may_leave_zero, Millionths unit) {
  if (low > 0 && !(may_leave_zero && low * 2 > high)) low = 0;
  const Millionths step = round_step(std::max<Millionths>((high - low) / unit, 4)) * unit;
  Axis axis;
  axis.low = low >= 0 ? low / step * step : -((-low + step - 1) / step * step);
  axis.high = high > 0 ? (high + step - 1) / step * step : 0;
  if (axis.high <= axis.low) axis.high = axis.low + step;
  for (Millionths at = axis.low; at <= axis.high; at += step) axis.ticks.emplace_back(at, words(at));
  return axis;
}

Millionths unit_of_time(Millionths duration) {
  constexpr Millionths second = Millionths(million) * million;
  for (const Millionths unit : {86'400 * second, 3'600 * second, 60 * second, second})
    if (duration >= 4 * unit) return unit;
  return 1;
}

Axis duration_axis(Millionths low, Millionths high) {
  constexpr int words_apart = 2'200;  // of the way, in hundredths of a percent: on a narrow screen those at the edge reach so far inwards
  constexpr Millionths second = Millionths(million) * million, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
  static constexpr std::pair<Millionths, std::string_view> units[] = {{second, "1 s"}, {10 * second, "10 s"}, {minute, "1 min"}, {10 * minute, "10 min"}, {hour, "1 h"}, {6 * hour, "6 h"}, {day, "1 day"},
                                                                      {7 * day, "1 week"}, {30 * day, "30 days"}, {90 * day, "90 days"}, {365 * day, "1 year"}, {3650 * day, "10 years"}};
  const auto* first = std::begin(units);
  const auto* last = std::end(units) - 1;
  while (first + 1 < std::end(units) && (first + 1)->first <= low) ++first;
  while (last > first + 1 && (last - 1)->first >= high) --last;
  if (last == first) --first;
  Axis axis{.low = std::min(first->first, std::max<Millionths>(low, 1)), .high = std::max(last->first, high), .logarithmic = true, .ticks = {}};
  for (const auto* each = last + 1; each-- > first;)
    if (axis.ticks.empty() || axis.at(axis.ticks.back().first) - axis.at(each->first) >= words_apart) axis.ticks.emplace_back(each->first, each->second);
  std::ranges::reverse(axis.ticks);
  return axis;
}

std::string bar_chart(const Caption& caption, const Axis& axis, std::span<const Mark> rows) {
  const int zero = axis.at(0);
  const auto draw = [&](Markup& svg, const Mark& row, int top) {
    write_label(svg, top, row.label, row.said, row.value.has_value());
    write_track(svg, caption, top, row.withheld);
    if (!row.value) return;
    const int at = axis.at(*row.value);
    svg.alone("rect", {{"class", "bar"}, {"x", percent(std::min(at, zero))}, {"y", pixels(top + track_top)}, {"width", percent(std::max(at, zero) - std::min(at, zero))}, {"height", pixels(track_height)}});
  };
  return rows_chart(caption, axis, rows, draw, std::ranges::any_of(rows, &Mark::withheld));
}

std::string dot_chart(const Caption& caption, const Axis& axis, std::span<const Mark> rows) {
  const auto draw = [&](Markup& svg, const Mark& row, int top) {
    write_label(svg, top, row.label, row.said, row.value.has_value());
    const int middle = top + track_top + track_height / 2;
    if (row.withheld) write_track(svg, caption, top, true);
    else svg.alone("line", {{"class", "lane"}, {"x1", "0"}, {"x2", "100%"}, {"y1", pixels(middle)}, {"y2", pixels(middle)}});
    if (row.interval) {
      const int from = axis.at(row.interval->first), to = axis.at(row.interval->second);
      svg.alone("line", {{"class", "interval"}, {"x1", percent(from)}, {"x2", percent(to)}, {"y1", pixels(middle)}, {"y2", pixels(middle)}});
      for (const int end : {from, to}) svg.alone("line", {{"class", "end"}, {"x1", percent(end)}, {"x2", percent(end)}, {"y1", pixels(middle - 5)}, {"y2", pixels(middle + 5)}});
    }
    if (row.value) svg.alone("circle", {{"class", "dot"}, {"cx", percent(axis.at(*row.value))}, {"cy", pixels(middle)}, {"r", "4.5"}});
  };
  return rows_chart(caption, axis, rows, draw, std::ranges::any_of(rows, &Mark::withheld));
}

std::string span_chart(const Caption& caption, const Axis& axis, std::span<const Span> rows) {
  const auto draw = [&](Markup& svg, const Span& row, int top) {
    const int middle = top + track_top + track_height / 2;
    std::vector<int> places;
    bool withheld = false;
    for (const Mark& mark : row.marks) {
      withheld |= mark.withheld;
      if (mark.value) places.push_back(axis.at(*mark.value));
    }
    write_label(svg, top, row.label, row.marks.front().said, row.marks.front().value.has_value());
    if (withheld) write_track(svg, caption, top, true);
    else svg.alone("line", {{"class", "lane"}, {"x1", "0"}, {"x2", "100%"}, {"y1", pixels(middle)}, {"y2", pixels(middle)}});
    if (places.empty()) return;
    const int last = places.size() < row.marks.size() && !withheld ? 10'000 : places.back();  // not reached: it goes on
    svg.alone("line", {{"class", "interval"}, {"x1", percent(places.front())}, {"x2", percent(last)}, {"y1", pixels(middle)}, {"y2", pixels(middle)}});
    for (std::size_t i = 0; i < places.size(); ++i)
      if (i == 0) svg.alone("circle", {{"class", "dot"}, {"cx", percent(places[i])}, {"cy", pixels(middle)}, {"r", "4.5"}});
      else svg.alone("line", {{"class", "end"}, {"x1", percent(places[i])}, {"x2", percent(places[i])}, {"y1", pixels(middle - 6)}, {"y2", pixels(middle + 6)}});
  };
  const auto is_withheld = [](const Span& row) { return std::ranges::any_of(row.marks, &Mark::withheld); };
  return rows_chart(caption, axis, rows, draw, std::ranges::any_of(rows, is_withheld));
}

}  // namespace caseledger::reports
