#include <algorithm>
#include <map>
#include <span>

#include "projections/reports/block_html.h"

namespace caseledger::reports {

namespace {

constexpr std::size_t columns_max = 7;  // of groups; more stand below each other
constexpr std::size_t metrics_max = 5;  // beside each other, so that paper holds them

using Group = std::vector<std::string>;

struct Matrix {
  std::vector<const Table*> metrics;
  std::vector<Group> groups;
  std::map<std::pair<const Table*, Group>, const Entry*> cells;
};

Matrix matrix_of(const Block& block) {
  Matrix matrix;
  for (const Entry& entry : block.entries) {
    if (matrix.metrics.empty() || matrix.metrics.back() != entry.table) matrix.metrics.push_back(entry.table);
    if (std::ranges::find(matrix.groups, entry.row->group) == matrix.groups.end()) matrix.groups.push_back(entry.row->group);
    matrix.cells[{entry.table, entry.row->group}] = &entry;
  }
  std::ranges::sort(matrix.groups, comes_before);
  return matrix;
}

void write_cell(Markup& page, const Matrix& matrix, const Table& table, const Group& group) {
  const auto found = matrix.cells.find({&table, group});
  if (found == matrix.cells.end()) {
    page.element("td", "–", {{"class", "n none"}});
    return;
  }
  const Entry& entry = *found->second;
  const Row& row = *entry.row;
  page.open("td", {{"class", is_told(row) ? "n value" : row.withheld.empty() ? "n none" : "n withheld"}, {"id", entry.id}});
  if (is_told(row)) page.element("data", said(table, row), {{"value", *row.value}});
  else page.text(said(table, row));
  if (is_told(row) && row.interval) page.element("small", interval_words(table, row));
  if (is_told(row) && row.denominator) page.element("small", counted_words(row));
  for (const std::string& flag : row.flags)
    if (flag == "not_representative" || flag == "partial") page.element("small", flag == "partial" ? "partial" : "not representative", {{"class", "flag"}});
  page.close();
}

std::string group_head(const Table& table) {
  std::string out;
  for (const std::string& dimension : table.by) out += (out.empty() ? "" : ", ") + dimension_words(dimension);
  return out;
}

void write_metric(Markup& page, const Table& table, std::string_view scope) {
  page.open("th", {{"scope", std::string(scope)}, {scope == "col" ? "class" : "", "n"}}).element("span", title_words(table.title), {{"class", "label"}}).text(" ");
  page.element("a", table.id, {{"class", "code"}, {"href", "#definition-" + anchor(table.id)}}).close();
}

void write_group(Markup& page, const Table& table, const Group& group, std::string_view scope) {
  page.open("th", {{"scope", std::string(scope)}, {scope == "col" ? "class" : "", "n"}}).element("bdi", group_words(table.by, group)).close();
}

}  // namespace

void write_matrix(Markup& page, const Block& block) {
  const Matrix matrix = matrix_of(block);
  const Table& first = *matrix.metrics.front();
  if (matrix.groups.size() <= columns_max) {
    open_table(page, block.id, block.title);
    page.open("thead").open("tr").element("th", "Figure", {{"scope", "col"}});
    for (const Group& group : matrix.groups) write_group(page, first, group, "col");
    page.close().close().open("tbody").line();
    for (const Table* metric : matrix.metrics) {
      page.open("tr");
      write_metric(page, *metric, "row");
      for (const Group& group : matrix.groups) write_cell(page, matrix, *metric, group);
      page.close().line();
    }
    page.close().close().close().line();
    return;
  }
  const std::size_t tables = (matrix.metrics.size() + metrics_max - 1) / metrics_max;
  for (std::size_t i = 0; i < tables; ++i) {
    const std::span metrics = std::span(matrix.metrics).subspan(i * metrics_max, std::min(metrics_max, matrix.metrics.size() - i * metrics_max));
    const std::string number = std::to_string(i + 1);
    open_table(page, i == 0 ? block.id : block.id + "~" + number, block.title + (tables > 1 ? ", table " + number + " of " + std::to_string(tables) : ""));
    page.open("thead").open("tr").element("th", group_head(first), {{"scope", "col"}});
    for (const Table* metric : metrics) write_metric(page, *metric, "col");
    page.close().close().open("tbody").line();
    for (const Group& group : matrix.groups) {
      page.open("tr");
      write_group(page, first, group, "row");
      for (const Table* metric : metrics) write_cell(page, matrix, *metric, group);
      page.close().line();
    }
    page.close().close().close().line();
  }
}

}  // namespace caseledger::reports
