// Which chart shows a block, and what it says in words.
#include <algorithm>
#include <map>

#include "projections/reports/block_html.h"
#include "projections/reports/chart.h"

namespace caseledger::reports {

namespace {

using Kind = Block::Kind;

constexpr std::size_t rows_max = 24, panels_max = 12, metrics_max = 3, metric_rows_max = 12;

Mark mark_of(const Entry& entry, std::string label) {
  Mark mark{.label = std::move(label), .said = said(*entry.table, *entry.row), .value = {}, .interval = {}, .withheld = !entry.row->withheld.empty()};
  if (!is_told(*entry.row)) return mark;
  mark.value = millionths(*entry.row->value);
  if (const auto& interval = entry.row->interval) {
    const auto low = millionths(interval->first), high = millionths(interval->second);
    if (low && high) mark.interval = {*low, *high};
  }
  return mark;
}

// The least and the greatest that is drawn.
std::optional<std::pair<Millionths, Millionths>> bounds_of(std::span<const Mark> marks) {
  std::optional<std::pair<Millionths, Millionths>> bounds;
  const auto reach = [&](Millionths at) { bounds = bounds ? std::pair(std::min(bounds->first, at), std::max(bounds->second, at)) : std::pair(at, at); };
  for (const Mark& mark : marks) {
    if (mark.value) reach(*mark.value);
    if (mark.interval) reach(mark.interval->first), reach(mark.interval->second);
  }
  return bounds;
}

// What a screen reader says instead of the picture.
std::string described(std::span<const Mark> marks) {
  const Mark *least = nullptr, *most = nullptr;
  std::size_t withheld = 0, without = 0;
  for (const Mark& mark : marks) {
    if (!mark.value) ++(mark.withheld ? withheld : without);
    else if (!least) least = most = &mark;
    else if (*mark.value < *least->value) least = &mark;
    else if (*mark.value > *most->value) most = &mark;
  }
  std::string out = std::to_string(marks.size()) + " values.";
  if (most) out += " Highest: " + most->label + ", " + most->said + ". Lowest: " + least->label + ", " + least->said + ".";
  if (withheld) out += " " + std::to_string(withheld) + " withheld.";
  if (without) out += " " + std::to_string(without) + " without a value.";
  return out + " The table beside it has all of them.";
}

std::string figure_of(const std::string& svg, const std::string& caption) {
  Markup out;
  out.open("figure").raw(svg);
  if (!caption.empty()) out.element("figcaption", caption);
  out.close();
  return out.take();
}

// How the values of a block are drawn: the same for each of its panels.
struct Drawing {
  Axis axis;
  bool dots;
  std::string key, start;  // how to read it, and where the axis begins if not at 0
};

Drawing drawing_of(std::span<const Mark> marks, const Table& table) {
  const Measure measure = measure_of(table);
  const bool intervals = std::ranges::any_of(marks, [](const Mark& mark) { return mark.interval.has_value(); });
  const auto [low, high] = bounds_of(marks).value_or(std::pair<Millionths, Millionths>{0, million});
  const Say say = [&](Millionths at) { return tick_words(at, measure, table.unit); };
  if (measure == Measure::duration && low > 0) return {duration_axis(low, high), true, "The scale of times is logarithmic: each step is several times the one before.", ""};
  Drawing drawing{linear_axis(low, high, say, intervals), intervals, intervals ? "The dot is the value, the line its 95 % interval." : "", ""};
  if (drawing.axis.low > 0) drawing.start = "The axis begins at " + say(drawing.axis.low) + ", not at 0.";
  return drawing;
}

std::string rows_of(const Drawing& drawing, const Caption& caption, std::span<const Mark> marks) {
  return drawing.dots ? dot_chart(caption, drawing.axis, marks) : bar_chart(caption, drawing.axis, marks);
}

// Groups with an order of their own keep it; the others are drawn from the greatest down, those without a value last.
void put_in_order(std::vector<Mark>& marks, const Block& block) {
  const Entry& first = block.entries.front();
  const bool is_split = block.kind == Kind::split || block.kind == Kind::matrix;
  const bool is_ordered = is_split && std::ranges::any_of(block.entries, [](const Entry& e) { return !e.row->group.back().empty() && e.row->group.back()[0] >= '0' && e.row->group.back()[0] <= '9'; });
  if (is_ordered || (is_split && first.table->by.back() == "priority")) return;
  std::ranges::stable_sort(marks, [](const Mark& a, const Mark& b) { return a.value && b.value ? *a.value > *b.value : a.value.has_value() && !b.value; });
}

std::string simple_chart(const Block& block) {
  std::vector<Mark> marks;
  for (const Entry& entry : block.entries) marks.push_back(mark_of(entry, entry.label));
  const Drawing drawing = drawing_of(marks, *block.entries.front().table);
  put_in_order(marks, block);
  std::string key = drawing.key + (drawing.start.empty() ? "" : " " + drawing.start);
  if (marks.size() > rows_max) {
    key = "The " + std::to_string(rows_max) + " greatest of " + std::to_string(marks.size()) + "; the table has all. " + key;
    marks.resize(rows_max);
  }
  return figure_of(rows_of(drawing, {block.id + "-chart", block.title, described(marks)}, marks), key);
}

// One small chart for each group of the outer dimensions, all on one scale.
std::string panels(const Block& block) {
  std::vector<std::pair<std::string, std::vector<Mark>>> all;
  std::vector<Mark> every;
  for (const Entry& entry : block.entries) {
    const auto cut = entry.label.rfind(", " + value_words(entry.table->by.back(), entry.row->group.back()));
    const std::string outer = entry.label.substr(0, cut);
    if (all.empty() || all.back().first != outer) all.emplace_back(outer, std::vector<Mark>());
    all.back().second.push_back(mark_of(entry, value_words(entry.table->by.back(), entry.row->group.back())));
    every.push_back(all.back().second.back());
  }
  const bool too_many = all.size() > panels_max || std::ranges::any_of(all, [](const auto& panel) { return panel.second.size() > rows_max; });
  if (too_many) return {};
  const Drawing drawing = drawing_of(every, *block.entries.front().table);
  Markup out;
  out.open("div", {{"class", "panels"}});
  std::size_t number = 0;
  for (const auto& [outer, marks] : all) {
    const Caption caption{block.id + "-chart-" + std::to_string(++number), block.title + ": " + outer, described(marks)};
    out.raw(figure_of(rows_of(drawing, caption, marks), outer));
  }
  return out.close().take();
}

// Of several metrics split the same way, a small chart for a few: the first of each kind of figure, then the second.
std::string metrics_chart(const Block& block) {
  std::vector<std::pair<const Table*, std::vector<Mark>>> all;
  for (const Entry& entry : block.entries) {
    if (all.empty() || all.back().first != entry.table) all.emplace_back(entry.table, std::vector<Mark>());
    all.back().second.push_back(mark_of(entry, entry.label));
  }
  std::erase_if(all, [](const auto& metric) { return std::ranges::count_if(metric.second, [](const Mark& mark) { return mark.value && *mark.value > 0; }) < 2; });
  std::map<const Table*, std::pair<int, Measure>> turns;
  std::map<Measure, int> taken;
  for (const auto& [table, marks] : all) turns[table] = {taken[measure_of(*table)]++, measure_of(*table)};
  std::ranges::stable_sort(all, {}, [&](const auto& metric) { return turns.at(metric.first); });
  if (all.size() > metrics_max) all.resize(metrics_max);
  if (all.empty()) return {};
  Markup out;
  std::vector<std::string> keys;  // each told once
  out.open("div", {{"class", "panels"}});
  for (auto& [table, marks] : all) {
    const Drawing drawing = drawing_of(marks, *table);
    put_in_order(marks, block);
    if (!drawing.key.empty() && std::ranges::find(keys, drawing.key) == keys.end()) keys.push_back(drawing.key);
    std::string key = drawing.start;
    if (marks.size() > metric_rows_max) {
      key = "The " + std::to_string(metric_rows_max) + " greatest of " + std::to_string(marks.size()) + "; the table has all. " + key;
      marks.resize(metric_rows_max);
    }
    const std::string title = title_words(table->title);
    Markup figure;
    figure.open("figure").element("figcaption", title, {{"class", "title"}});
    figure.raw(rows_of(drawing, {block.id + "-" + anchor(table->id), title, described(marks)}, marks));
    if (!key.empty()) figure.element("p", key, {{"class", "key"}});
    figure.close();
    out.raw(figure.take());
  }
  out.close();
  for (const std::string& key : keys) out.element("p", key, {{"class", "key"}});
  return out.take();
}

std::string quantile_chart(const Block& block) {
  std::vector<Span> spans;
  std::vector<Mark> every;
  for (const Entry& entry : block.entries) {
    const auto at = std::ranges::find(spans, entry.label, &Span::label);
    Span& span = at == spans.end() ? spans.emplace_back(Span{entry.label, {}}) : *at;
    span.marks.push_back(mark_of(entry, entry.label + ", " + std::string(quantile_of(entry.table->id).substr(1)) + " %"));
    every.push_back(span.marks.back());
  }
  std::erase_if(spans, [](const Span& span) { return std::ranges::none_of(span.marks, [](const Mark& mark) { return mark.value.has_value() || mark.withheld; }); });
  const auto bounds = bounds_of(every);
  if (!bounds || bounds->second <= 0 || spans.empty()) return {};
  const Axis axis = duration_axis(std::max<Millionths>(bounds->first, million), std::max<Millionths>(bounds->second, 2 * million));
  const std::string key = "The dot: half were done within this time. The strokes: the later shares of the table. A line to the edge: not reached yet. The scale is logarithmic.";
  return figure_of(span_chart({block.id + "-chart", block.title, described(every)}, axis, spans), key);
}

std::string horizon_chart(const Block& block) {
  std::vector<Mark> marks;
  for (const Entry& entry : block.entries) {
    const std::string_view horizon = horizon_of(entry.table->id);
    marks.push_back(mark_of(entry, std::string(horizon.substr(0, horizon.size() - 1)) + " " + horizon.back()));
  }
  const Table& table = *block.entries.front().table;
  const auto bounds = bounds_of(marks);
  if (!bounds) return {};
  const Axis axis = linear_axis(0, std::max<Millionths>(bounds->second, 4), [&](Millionths at) { return tick_words(at, measure_of(table), table.unit); }, false);
  return figure_of(series_chart({block.id + "-chart", block.title, described(marks)}, axis, marks), "The dot is the value, the line its 95 % interval.");
}

std::string curve_of(const Block& block) {
  std::vector<CurvePoint> points;
  std::vector<Mark> every;
  for (const Entry& entry : block.entries) {
    points.push_back({millionths(entry.row->group.back()).value_or(0) / 100, mark_of(entry, entry.label + " %")});
    every.push_back(points.back().time);
  }
  const auto bounds = bounds_of(every);
  if (!bounds || bounds->second <= 0) return {};
  const Axis times = duration_axis(std::max<Millionths>(bounds->first, million), std::max<Millionths>(bounds->second, 2 * million));
  const Axis shares = linear_axis(0, million, [](Millionths at) { return tick_words(at, Measure::share, "ratio"); }, false);
  return figure_of(curve_chart({block.id + "-chart", block.title, described(every)}, times, shares, points), "A dot for every point of the table; between them the curve is not told. The scale of times is logarithmic.");
}

}  // namespace

std::string block_chart(const Block& block) {
  const auto told = std::ranges::count_if(block.entries, [](const Entry& entry) { return is_told(*entry.row); });
  if (block.entries.size() < 2 || told == 0) return {};
  switch (block.kind) {
    case Kind::list: return {};
    case Kind::quantiles: return quantile_chart(block);
    case Kind::horizons: return horizon_chart(block);
    case Kind::parts: return simple_chart(block);
    case Kind::matrix: return metrics_chart(block);
    case Kind::split:
      if (block.entries.front().table->by == std::vector<std::string>{"resolved_share"}) return curve_of(block);
      return block.entries.front().table->by.size() > 1 ? panels(block) : simple_chart(block);
  }
  return {};
}

}  // namespace caseledger::reports
