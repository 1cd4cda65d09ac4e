// A section as a reader meets it: figures that belong together stand in one table, beside one chart.
//
// Single figures that are parts of one whole ("…, those of class: misread"), one figure at several horizons ("R4.3h.km", "R4.6h.km"), and the
// quantiles of times ("….p50", "….p90") are put together; a figure split by dimensions is a block by itself, and several split the same way are one
// table; the rest is a list, which comes first.
#pragma once

#include <set>

#include "projections/reports/words.h"

namespace caseledger::reports {

// One figure in its place on the page.
struct Entry {
  const Table* table;
  const Row* row;
  std::string label;  // what tells it from the others of its block
  std::string id;     // its fragment: "R1-by-case_type-NFA"
};

struct Block {
  enum class Kind { list, parts, horizons, quantiles, split, matrix };
  Kind kind;
  std::string title;
  std::string id;  // its fragment: "table-R1-by-case_type"
  std::vector<Entry> entries;
};

// Fragments, each given once per document; a name that is taken gets a number.
class Fragments {
 public:
  std::string take(const std::string& wanted);

 private:
  std::set<std::string> taken_;
};

// By the numbers they begin with, where both do: "6-11" before "12-14".
bool comes_before(const std::vector<std::string>& group, const std::vector<std::string>& other);

std::vector<Block> blocks_of(const Section& section, Fragments& fragments);

// Of a quantile "….p90": "p90". Of a horizon "R4.3h.km": "3h". Otherwise empty.
std::string_view quantile_of(std::string_view id);
std::string_view horizon_of(std::string_view id);

}  // namespace caseledger::reports
