// Cells gathered by group: one row for every combination of the dimensions asked for that occurs, as sheet.h writes them.
//
// A Row takes cells with add(cell, n) and says what they come to with write(sheet). What a cell can be split by is an array of names and
// values; the values may be views into the cell.
#pragma once

#include <array>

#include "projections/sheet.h"

namespace caseledger::projections {

template <std::size_t N>
std::array<std::pair<std::string_view, std::string_view>, N> dimensions(const std::pair<std::string_view, std::string_view> (&each)[N]) {
  return std::to_array(each);
}

template <class Row, class DimensionsOf>
class Rows {
 public:
  // any: a cell to learn the names of the dimensions from. blank: a row that nothing was added to.
  template <class Cell>
  Rows(const FigureQuery& query, const Cell& any, DimensionsOf dimensions_of, Row blank)
      : query_(query), dimensions_of_(std::move(dimensions_of)), blank_(std::move(blank)) {
    if (group_of(query_, dimensions_of_(any)).empty()) rows_.try_emplace({}, blank_);
  }

  // n: a count, or all numbers of the cell.
  template <class Cell, class Numbers>
  void add(const Cell& cell, const Numbers& n) {
    rows_.try_emplace(group_of(query_, dimensions_of_(cell)), blank_).first->second.add(cell, n);
  }

  const std::map<Group, Row>& all() const { return rows_; }

  void write(std::vector<Figure>& figures) const {
    for (const auto& [group, row] : rows_) {
      Sheet sheet(group, figures);
      row.write(sheet);
    }
  }

 private:
  const FigureQuery& query_;
  DimensionsOf dimensions_of_;
  Row blank_;
  std::map<Group, Row> rows_;
};

template <class Row, class Cell, class DimensionsOf>
Rows<Row, DimensionsOf> rows_of(const FigureQuery& query, const Cell& any, DimensionsOf dimensions_of, Row blank = {}) {
  return {query, any, std::move(dimensions_of), std::move(blank)};
}

}  // namespace caseledger::projections
