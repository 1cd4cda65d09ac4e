// The chart with two axes: values in order.
#include <algorithm>

#include "projections/reports/svg.h"

namespace caseledger::reports {

namespace {

constexpr int frame_top = 14, frame_bottom = 204, frame_height = 234;  // pixels
constexpr int frame_right = 9800, left_min = 1300, left_of_character = 260;  // hundredths of a percent, of the narrowest chart
constexpr std::size_t characters_max = 36;                             // of the labels below the frame, on a narrow screen

// Where the frame begins: behind the longest of its labels.
int left_of(const Axis& up) {
  int left = left_min;
  for (const auto& [value, words] : up.ticks)
    left = std::max(left, left_of_character * static_cast<int>(std::ranges::count_if(words, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; })));
  return left;
}

int across(int left, int hundredths) { return left + (frame_right - left) * hundredths / 10'000; }
int down(const Axis& axis, Millionths value) { return frame_bottom - (frame_bottom - frame_top) * axis.at(value) / 10'000; }

void write_frame(Markup& svg, const Axis& up, int left) {
  for (const auto& [value, words] : up.ticks) {
    const int y = down(up, value);
    svg.alone("line", {{"class", "grid"}, {"x1", percent(left)}, {"x2", "100%"}, {"y1", pixels(y)}, {"y2", pixels(y)}});
    svg.element("text", words, {{"class", "tick"}, {"x", percent(left - 150)}, {"y", pixels(y + 4)}, {"text-anchor", "end"}});
  }
}

// The path lies in a frame of its own that stretches with the page; its stroke does not.
void write_path(Markup& svg, const std::string& path, int left) {
  if (path.empty()) return;
  svg.open("svg", {{"x", percent(left)}, {"y", pixels(frame_top)}, {"width", percent(frame_right - left)}, {"height", pixels(frame_bottom - frame_top)}, {"viewBox", "0 0 10000 10000"}, {"preserveAspectRatio", "none"}, {"overflow", "visible"}});
  svg.alone("path", {{"class", "line"}, {"d", path}, {"vector-effect", "non-scaling-stroke"}}).close();
}

void write_interval(Markup& svg, const Axis& up, int x, const Mark& mark) {
  if (!mark.interval) return;
  svg.alone("line", {{"class", "interval"}, {"x1", percent(x)}, {"x2", percent(x)}, {"y1", pixels(down(up, mark.interval->first))}, {"y2", pixels(down(up, mark.interval->second))}});
}

std::string pair_of(int x, int y) { return std::to_string(x) + " " + std::to_string(y); }

}  // namespace

std::string series_chart(const Caption& caption, const Axis& axis, std::span<const Mark> points) {
  Markup svg = begun_chart(caption, frame_height);
  const int left = left_of(axis);
  write_frame(svg, axis, left);
  const int many = static_cast<int>(points.size());
  const auto place = [&](int i) { return many < 2 ? 5000 : 300 + 9400 * i / (many - 1); };
  std::string path;
  bool drawing = false;
  for (int i = 0; i < many; ++i) {
    const auto& value = points[static_cast<std::size_t>(i)].value;
    if (value) path += (path.empty() ? "" : " ") + std::string(drawing ? "L" : "M") + pair_of(place(i), 10'000 - axis.at(*value));
    drawing = value.has_value();
  }
  write_path(svg, path, left);
  std::size_t characters = 0;
  for (const Mark& point : points) characters += point.label.size() + 1;
  const int stride = static_cast<int>(characters / characters_max) + 1;
  for (int i = 0; i < many; ++i) {
    const Mark& point = points[static_cast<std::size_t>(i)];
    const int x = across(left, place(i));
    write_interval(svg, axis, x, point);
    if (point.value) svg.alone("circle", {{"class", "dot"}, {"cx", percent(x)}, {"cy", pixels(down(axis, *point.value))}, {"r", "3.5"}});
    else svg.element("text", point.withheld ? "×" : "–", {{"class", "said none"}, {"x", percent(x)}, {"y", pixels(frame_bottom - 4)}, {"text-anchor", "middle"}});
    if (i % stride == 0) svg.element("text", point.label, {{"class", "tick"}, {"x", percent(x)}, {"y", pixels(frame_bottom + 20)}, {"text-anchor", "middle"}});
  }
  return svg.close().take();
}

std::string curve_chart(const Caption& caption, const Axis& times, const Axis& shares, std::span<const CurvePoint> points) {
  Markup svg = begun_chart(caption, frame_height);
  const int left = left_of(shares);
  write_frame(svg, shares, left);
  for (const auto& [value, words] : times.ticks)
    svg.element("text", words, {{"class", "tick"}, {"x", percent(across(left, times.at(value)))}, {"y", pixels(frame_bottom + 20)}, {"text-anchor", "middle"}});
  std::string path;
  for (const CurvePoint& point : points)
    if (point.time.value) path += (path.empty() ? "M" : " L") + pair_of(times.at(*point.time.value), 10'000 - shares.at(point.share));
  write_path(svg, path, left);
  for (const CurvePoint& point : points)
    if (point.time.value) svg.alone("circle", {{"class", "dot"}, {"cx", percent(across(left, times.at(*point.time.value)))}, {"cy", pixels(down(shares, point.share))}, {"r", "3.5"}});
  return svg.close().take();
}

}  // namespace caseledger::reports
