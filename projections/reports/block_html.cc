#include "projections/reports/block_html.h"

#include <algorithm>
#include <map>


namespace caseledger::reports {

namespace {

using Kind = Block::Kind;

bool any_entry(const Block& block, auto is_so) {
  return std::ranges::any_of(block.entries, [&](const Entry& entry) { return is_so(*entry.table, *entry.row); });
}

// The columns that have something to say in this block.
struct Columns {
  bool interval, counted, exact;
};

Columns columns_of(const Block& block) {
  return {.interval = any_entry(block, [](const Table&, const Row& row) { return row.interval && row.withheld.empty(); }),
          .counted = any_entry(block, [](const Table&, const Row& row) { return !counted_words(row).empty(); }),
          .exact = any_entry(block, [](const Table& table, const Row& row) { return is_told(row) && measure_of(table) != Measure::count; })};
}

std::string exact_words(const Table& table, const Row& row) {
  if (!is_told(row) || measure_of(table) == Measure::count) return {};
  if (measure_of(table) != Measure::duration) return *row.value;
  const auto us = millionths(*row.value);
  if (!us) return *row.value;
  return *us % (Millionths(million) * million) == 0 ? fixed_words(*us / million, 0) + " s" : fixed_words(*us, 0) + " µs";
}

void number_head(Markup& page, std::string_view words) { page.element("th", words, {{"scope", "col"}, {"class", "n"}}); }

void write_heads(Markup& page, const Block& block, const Columns& columns) {
  page.open("thead").open("tr");
  const Table& table = *block.entries.front().table;
  const std::size_t dimensions = block.kind == Kind::split ? table.by.size() : 0;
  std::string outer;
  for (std::size_t i = 0; i + 1 < dimensions; ++i) outer += (i ? ", " : "") + dimension_words(table.by[i]);
  if (dimensions > 1) page.element("th", outer, {{"scope", "col"}});
  page.element("th", dimensions > 0 ? dimension_words(table.by.back()) : block.kind == Kind::horizons ? "Within" : block.kind == Kind::parts ? "Part" : "Figure", {{"scope", "col"}});
  const bool one_measure = block.kind != Kind::list;
  const std::string unit = one_measure ? unit_words(table.unit) : "";
  number_head(page, unit.empty() || unit == "time" ? "Value" : dimension_words(unit));
  if (columns.interval) number_head(page, "95 % interval");
  if (columns.counted) number_head(page, "Counted");
  if (columns.exact) number_head(page, "Exact");
  page.close().close();
}

// What holds for every entry is told once, above the table.
std::string common_note(const Block& block) {
  const std::string& note = block.entries.front().table->note;
  const bool is_common = std::ranges::all_of(block.entries, [&](const Entry& entry) { return entry.table->note == note; });
  return is_common && block.entries.size() > 1 ? note : "";
}

// Flags whose words are the value already.
bool is_said_as_value(std::string_view flag) { return flag == "no_data" || flag == "not_reached" || flag == "not_observed" || flag == "not_defined" || flag == "too_large"; }

void write_remarks(Markup& page, const Table& table, const Row& row, bool with_note) {
  if (with_note && !table.note.empty()) page.element("p", table.note, {{"class", "remark"}});
  if (!row.note.empty()) page.element("p", row.note, {{"class", "remark"}});
  for (const std::string& flag : row.flags)
    if (!is_said_as_value(flag)) page.element("p", flag_words(flag), {{"class", "remark flag"}});
  if (!row.withheld.empty()) page.element("p", withheld_words(row.withheld), {{"class", "remark"}});
}

void write_cells(Markup& page, const Entry& entry, const Columns& columns) {
  write_value(page, *entry.table, *entry.row);
  if (columns.interval) page.element("td", interval_words(*entry.table, *entry.row), {{"class", "n"}});
  if (columns.counted) page.element("td", counted_words(*entry.row), {{"class", "n"}});
  if (columns.exact) page.element("td", exact_words(*entry.table, *entry.row), {{"class", "n exact"}});
  page.close().line();
}

void write_row_head(Markup& page, const Entry& entry, const std::string& label, bool is_own_metric, bool with_note) {
  page.open("th", {{"scope", "row"}}).open("a", {{"class", "label"}, {"href", "#" + entry.id}}).element("bdi", label).close();
  if (is_own_metric) page.text(" ").element("a", entry.table->id, {{"class", "code"}, {"href", "#definition-" + anchor(entry.table->id)}});
  write_remarks(page, *entry.table, *entry.row, with_note);
  page.close();
}

std::string outer_words(const Entry& entry) {
  std::string out;
  for (std::size_t i = 0; i + 1 < entry.row->group.size(); ++i) out += (i ? ", " : "") + value_words(entry.table->by[i], entry.row->group[i]);
  return out;
}

// Rows of several dimensions stand together under all but the last.
void write_nested_rows(Markup& page, const Block& block, const Columns& columns) {
  for (std::size_t at = 0; at < block.entries.size();) {
    const std::string outer = outer_words(block.entries[at]);
    std::size_t end = at;
    while (end < block.entries.size() && outer_words(block.entries[end]) == outer) ++end;
    page.open("tbody");
    for (std::size_t i = at; i < end; ++i) {
      const Entry& entry = block.entries[i];
      page.open("tr", {{"id", entry.id}});
      if (i == at) page.open("th", {{"scope", "rowgroup"}, {"rowspan", std::to_string(end - at)}, {"class", "outer"}}).element("bdi", outer).close();
      write_row_head(page, entry, value_words(entry.table->by.back(), entry.row->group.back()), false, false);
      write_cells(page, entry, columns);
    }
    page.close();
    at = end;
  }
}

void write_rows(Markup& page, const Block& block, const Columns& columns) {
  const bool with_notes = common_note(block).empty();
  page.open("tbody").line();
  for (const Entry& entry : block.entries) {
    page.open("tr", {{"id", entry.id}});
    write_row_head(page, entry, entry.label, block.kind != Kind::split, with_notes);
    write_cells(page, entry, columns);
  }
  page.close();
}

// A row a time, a column a quantile.
void write_quantiles(Markup& page, const Block& block) {
  std::vector<std::string> quantiles, labels;
  std::map<std::pair<std::string, std::string>, const Entry*> cells;
  for (const Entry& entry : block.entries) {
    const std::string quantile(quantile_of(entry.table->id));
    if (std::ranges::find(quantiles, quantile) == quantiles.end()) quantiles.push_back(quantile);
    if (std::ranges::find(labels, entry.label) == labels.end()) labels.push_back(entry.label);
    cells[{entry.label, quantile}] = &entry;
  }
  std::ranges::sort(quantiles);
  page.open("thead").open("tr").element("th", "Time", {{"scope", "col"}});
  for (const std::string& quantile : quantiles) number_head(page, quantile.substr(1) + " % within");
  page.close().close().open("tbody").line();
  for (const std::string& label : labels) {
    page.open("tr").open("th", {{"scope", "row"}}).element("span", label, {{"class", "label"}}).close();
    for (const std::string& quantile : quantiles) {
      const auto cell = cells.find({label, quantile});
      if (cell == cells.end()) page.element("td", "–", {{"class", "n none"}});
      else {
        const Entry& entry = *cell->second;
        page.open("td", {{"class", is_told(*entry.row) ? "n" : entry.row->withheld.empty() ? "n none" : "n withheld"}, {"id", entry.id}});
        page.element("a", said(*entry.table, *entry.row), {{"href", "#definition-" + anchor(entry.table->id)}}).close();
      }
    }
    page.close().line();
  }
  page.close();
}

void write_table(Markup& page, const Block& block) {
  open_table(page, block.id, block.kind == Kind::list ? "Figures of this section" : block.title);
  if (block.kind == Kind::quantiles) {
    write_quantiles(page, block);
  } else {
    const Columns columns = columns_of(block);
    write_heads(page, block, columns);
    if (block.kind == Kind::split && block.entries.front().table->by.size() > 1) write_nested_rows(page, block, columns);
    else write_rows(page, block, columns);
  }
  page.close().close().line();
}

std::string block_class(const Block& block, bool has_chart) {
  return block.kind == Kind::matrix ? "block wide matrix" : has_chart ? "block with-chart" : "block";
}

}  // namespace

void write_value(Markup& page, const Table& table, const Row& row) {
  if (is_told(row)) page.open("td", {{"class", "n value"}}).element("data", said(table, row), {{"value", *row.value}}).close();
  else page.element("td", said(table, row), {{"class", row.withheld.empty() ? "n none" : "n withheld"}});
}

void open_table(Markup& page, const std::string& id, const std::string& caption) {
  page.open("div", {{"class", "scroll"}, {"role", "group"}, {"tabindex", "0"}, {"aria-labelledby", id + "-c"}});
  page.open("table").element("caption", caption, {{"id", id + "-c"}, {"class", "quiet"}}).line();
}

void write_block(Markup& page, const Block& block) {
  const std::string chart = block_chart(block);
  page.open("div", {{"class", block_class(block, !chart.empty())}, {"id", block.id}});
  const Table& table = *block.entries.front().table;
  if (block.kind != Kind::list) {
    page.open("div", {{"class", "head"}}).open("h3").text(block.title);
    if (block.kind == Kind::split) page.text(" ").element("a", table.id, {{"class", "code"}, {"href", "#definition-" + anchor(table.id)}});
    page.close();
    if (const std::string note = common_note(block); !note.empty()) page.element("p", note, {{"class", "note"}});
    page.close();
  }
  if (!chart.empty()) page.raw(chart).line();
  if (block.kind == Kind::matrix) write_matrix(page, block);
  else write_table(page, block);
  page.close().line();
}

}  // namespace caseledger::reports
