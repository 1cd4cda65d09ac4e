// Cells gathered by group: one row for every combination of the dimensions asked for that occurs, as sheet.h writes them.
//
// A Row takes cells with add(cell, n) and says what they come to with write(sheet). What a cell can be split by is an array of names and
// values; the values may be views into the cell.
#pragma once

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>

#include "ledger/core/bytes.h"
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
    const auto dimensions = dimensions_of_(any);
    for (std::size_t i = 0; i < dimensions.size(); ++i)
      if (std::ranges::find(query.by, dimensions[i].first) != query.by.end()) split_by_.push_back(i);
    if (split_by_.empty()) rows_.try_emplace({}, blank_);
  }

  // n: a count, or all numbers of the cell.
  template <class Cell, class Numbers>
  void add(const Cell& cell, const Numbers& n) {
    const auto dimensions = dimensions_of_(cell);
    values_.clear();
    for (const std::size_t i : split_by_) {
      append_le(values_, static_cast<std::uint32_t>(dimensions[i].second.size()));
      values_ += dimensions[i].second;
    }
    Row*& row = by_values_[values_];
    if (!row) row = &rows_.try_emplace(group_of(query_, dimensions), blank_).first->second;
    row->add(cell, n);
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
  std::vector<std::size_t> split_by_;  // which of the dimensions
  boost::unordered_flat_map<std::string, Row*> by_values_;  // of those dimensions, each behind its length: many cells are of few groups
  std::string values_;
};

template <class Row, class Cell, class DimensionsOf>
Rows<Row, DimensionsOf> rows_of(const FigureQuery& query, const Cell& any, DimensionsOf dimensions_of, Row blank = {}) {
  return {query, any, std::move(dimensions_of), std::move(blank)};
}

}  // namespace caseledger::projections
