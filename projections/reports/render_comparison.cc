#include <algorithm>
#include <map>
#include <set>

#include "projections/reports/block_html.h"
#include "projections/reports/chart.h"
#include "projections/reports/compare.h"
#include "projections/reports/page.h"
#include "projections/reports/render_html.h"

namespace caseledger::reports {

namespace {

constexpr std::size_t series_max = 6;  // charts of a section

// One figure through the editions; null where an edition does not have it.
struct Line {
  const Table* table = nullptr;  // of the latest edition that has it
  std::vector<std::string> group;
  std::vector<const Table*> tables;
  std::vector<const Row*> rows;
  bool redefined = false;
};

bool differs(const Line& line) {
  return std::ranges::any_of(line.rows, [&](const Row* row) { return !row || !line.rows.front() || row->value != line.rows.front()->value || row->withheld != line.rows.front()->withheld; });
}

using LineKey = std::tuple<std::string, std::vector<std::string>, std::vector<std::string>>;

// The figures of a section in the order in which the editions show them.
std::vector<Line> lines_of(std::span<const Compared> editions, const std::string& section_id) {
  std::vector<Line> lines;
  std::map<LineKey, std::size_t> places;
  for (std::size_t i = 0; i < editions.size(); ++i)
    for (const Section& section : editions[i].edition.sections)
      for (const Table& table : section.tables)
        for (const Row& row : table.rows) {
          if (section.id != section_id) continue;
          const auto [place, is_new] = places.try_emplace(LineKey(table.id, table.by, row.group), lines.size());
          if (is_new) lines.push_back({&table, row.group, std::vector<const Table*>(editions.size()), std::vector<const Row*>(editions.size()), false});
          Line& line = lines[place->second];
          line.redefined |= line.table->definition != table.definition || line.table->unit != table.unit;
          line.table = &table;
          line.tables[i] = &table;
          line.rows[i] = &row;
        }
  return lines;
}

// What it went up or down by; in percentage points for shares.
std::string change_words(const Line& line) {
  const Row *was = line.rows.front(), *now = line.rows.back();
  if (line.redefined) return "defined anew";
  if (!was || !now || !is_told(*was) || !is_told(*now)) return "–";
  const auto before = millionths(*was->value), after = millionths(*now->value);
  if (!before || !after) return "–";
  const Millionths change = *after - *before;
  if (change == 0) return "none";
  const std::string sign = change > 0 ? "+" : "";
  const Measure measure = measure_of(*line.table);
  return sign + (measure == Measure::share ? fixed_words(change * 100, 2) + " points" : said(change, measure, line.table->unit));
}

// Editions of one period are told apart by when they were made.
std::string edition_words(std::span<const Compared> editions, std::size_t i) {
  const auto same = std::ranges::count(editions, editions[i].edition.period.label, [](const Compared& each) { return each.edition.period.label; });
  return editions[i].edition.period.label + (same > 1 ? ", as of " + count_words(static_cast<std::int64_t>(editions[i].edition.as_of.size)) : "");
}

void write_editions(Markup& page, std::span<const Compared> editions) {
  open_section(page, "editions", "The editions");
  open_table(page, "editions-table", "The editions compared");
  page.open("thead").open("tr").element("th", "Period", {{"scope", "col"}}).element("th", "As known on", {{"scope", "col"}}).element("th", "Entries", {{"scope", "col"}, {"class", "n"}}).element("th", "Digest", {{"scope", "col"}}).close().close();
  page.open("tbody").line();
  for (const auto& [edition, digest] : editions) {
    page.open("tr").element("th", edition.period.label, {{"scope", "row"}}).element("td", time_words(edition.as_of.recorded_at));
    page.element("td", count_words(static_cast<std::int64_t>(edition.as_of.size)), {{"class", "n"}}).open("td", {{"class", "code"}}).text(hex(digest.bytes)).close().close().line();
  }
  page.close().close().close();
  std::set<std::string> told;  // a restated edition is told of once
  for (std::size_t i = 1; i < editions.size(); ++i)
    for (const std::string& caveat : caveats(editions[i - 1].edition, editions[i].edition))
      if (told.insert(caveat).second) page.element("p", edition_words(editions, i - 1) + " and " + edition_words(editions, i) + ": " + caveat + ".", {{"class", "caveat"}});
  page.close().line();
}

void write_line(Markup& page, const Line& line, bool with_change) {
  page.open("tr").open("th", {{"scope", "row"}}).element("span", title_words(line.table->title), {{"class", "label"}}).text(" ").element("span", line.table->id, {{"class", "code"}});
  if (!line.group.empty()) page.open("p", {{"class", "remark"}}).element("bdi", group_words(line.table->by, line.group)).close();
  if (line.redefined) page.element("p", "Its definition changed between these editions: the values are not comparable.", {{"class", "remark flag"}});
  page.close();
  for (std::size_t i = 0; i < line.rows.size(); ++i)
    if (line.rows[i]) write_value(page, *line.tables[i], *line.rows[i]);
    else page.element("td", "not there", {{"class", "n none"}});
  if (with_change) page.element("td", change_words(line), {{"class", "n"}});
  page.close().line();
}

std::string series_of(std::span<const Compared> editions, const Line& line, const std::string& id) {
  std::vector<Mark> marks;
  Millionths low = 0, high = 0;
  bool any = false;
  for (std::size_t i = 0; i < line.rows.size(); ++i) {
    Mark mark{.label = editions[i].edition.period.label, .said = line.rows[i] ? said(*line.tables[i], *line.rows[i]) : "not there", .value = {}, .interval = {}, .withheld = line.rows[i] && !line.rows[i]->withheld.empty()};
    if (line.rows[i] && is_told(*line.rows[i])) mark.value = millionths(*line.rows[i]->value);
    if (mark.value) {
      low = any ? std::min(low, *mark.value) : *mark.value;
      high = any ? std::max(high, *mark.value) : *mark.value;
      any = true;
    }
    marks.push_back(std::move(mark));
  }
  const Measure measure = measure_of(*line.table);
  const Say words = [&](Millionths at) { return tick_words(at, measure, line.table->unit); };
  const Axis axis = linear_axis(std::min<Millionths>(low, 0), high, words, false, measure == Measure::duration ? unit_of_time(high) : 1);
  std::string description = std::to_string(marks.size()) + " editions.";
  for (const Mark& mark : marks) description += " " + mark.label + ": " + mark.said + ".";
  const std::string title = title_words(line.table->title);
  Markup out;
  out.open("figure").element("figcaption", title, {{"class", "title"}}).raw(series_chart({id, title, description}, axis, marks)).close();
  return out.take();
}

void write_lines(Markup& page, std::span<const Compared> editions, const std::string& id, const std::string& caption, std::span<const Line* const> lines) {
  const bool with_change = editions.size() == 2;
  open_table(page, id, caption);
  page.open("thead").open("tr").element("th", "Figure", {{"scope", "col"}});
  for (std::size_t i = 0; i < editions.size(); ++i) page.element("th", edition_words(editions, i), {{"scope", "col"}, {"class", "n"}});
  if (with_change) page.element("th", "Change", {{"scope", "col"}, {"class", "n"}});
  page.close().close().open("tbody").line();
  for (const Line* line : lines) write_line(page, *line, with_change);
  page.close().close().close().line();
}

void write_compared_section(Markup& page, std::span<const Compared> editions, const Section& section) {
  const std::vector<Line> lines = lines_of(editions, section.id);
  std::vector<const Line*> whole, split;
  for (const Line& line : lines)
    if (line.group.empty()) whole.push_back(&line);
    else if (editions.size() == 2 && differs(line)) split.push_back(&line);
  const std::string id = "section-" + anchor(section.id);
  open_section(page, id, section.title);
  if (whole.empty() && split.empty()) page.element("p", "There is nothing to compare.", {{"class", "no-data"}});
  page.open("div", {{"class", "block wide matrix"}});
  if (editions.size() > 2) {
    page.open("div", {{"class", "panels"}});
    std::size_t drawn = 0;
    for (const Line* line : whole) {
      const auto told = std::ranges::count_if(line->rows, [](const Row* row) { return row && is_told(*row) && *row->value != "0"; });
      if (told < 2 || line->redefined || drawn == series_max) continue;
      page.raw(series_of(editions, *line, id + "-series-" + std::to_string(++drawn)));
    }
    page.close().line();
  }
  if (!whole.empty()) write_lines(page, editions, id + "-all", section.title, whole);
  page.close();
  if (!split.empty()) {
    page.open("div", {{"class", "block wide"}}).element("h3", "Split figures that differ");
    write_lines(page, editions, id + "-split", section.title + ": split figures that differ", split);
    page.close();
  }
  page.close().line();
}

}  // namespace

std::string render_comparison(std::span<const Compared> editions) {
  ENSURE(!editions.empty() && editions.size() <= compared_max);
  const Edition& latest = editions.back().edition;
  const std::string title = template_words(latest.template_id) + ": " + edition_words(editions, 0) + (editions.size() == 1 ? "" : " to " + edition_words(editions, editions.size() - 1));
  Markup page;
  page.open("header").open("div", {{"class", "masthead"}}).element("p", latest.origin, {{"class", "kicker"}}).element("h1", title);
  page.element("p", editions.size() == 2 ? "Two editions side by side: every figure of the whole, and the split figures that differ." : "Every figure of the whole, through the editions.", {{"class", "lede"}}).close().close().line();
  page.open("div", {{"class", "columns"}}).open("nav", {{"aria-labelledby", "contents-h"}}).element("h2", "Contents", {{"id", "contents-h"}}).open("ol").line();
  page.open("li").element("a", "The editions", {{"href", "#editions"}}).close().line();
  for (const Section& section : latest.sections) page.open("li").open("a", {{"href", "#section-" + anchor(section.id)}}).element("span", section.id, {{"class", "code"}}).text(" " + section.title).close().close().line();
  page.close().close().open("main", {{"id", "main"}, {"tabindex", "-1"}}).line();
  write_editions(page, editions);
  for (const Section& section : latest.sections) write_compared_section(page, editions, section);
  page.close().close().open("footer").element("p", "Made from the editions named above; each can be checked by itself with caseledger verify.").close();
  return whole_page(title, page.take());
}

}  // namespace caseledger::reports
