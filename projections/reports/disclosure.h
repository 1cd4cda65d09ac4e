// Statistical disclosure control: which counts of persons or cases an edition withholds, so that small ones cannot be computed from the rest.
//
// A population is counted in cells. A cell stands at a node of each dimension (a state, an age band, everything), and what is told of one node
// is the sum of what is told of its leaves: rows and margins, tables that share margins, counties within states, months within a year, the
// recovered and the others within all are dimensions of one population. Cells of earlier editions are cells too.
//
// Promised, of every cell that counts 1..k−1 (and, with zero_allowed false, 0), told nowhere:
// - From all numbers told (here and in earlier editions, sums and margins among them) and from counts being whole and not negative, every value
//   1..k−1 stays possible.
// - For one who also reckons with the rules (that a `primary` cell is 1..k−1, a `complementary` one at least k, and what the publisher says of
//   each), at least `protection` values stay possible.
// A cell that differs by 1..k−1 from what an earlier edition told of the same thing is treated alike: all values that near stay possible.
// It is promised by example: each such cell has its exchanges, other tables of whole numbers that give every told number as it is.
// What an exempt total or an earlier edition gives away already cannot be promised, and is a shortfall; the publisher sees it.
//
// Not promised: that a reader who knows some of the persons counted learns nothing; that one who knows how few records changed between two
// editions cannot bound a changed cell; that one who computes this program on every possible table does not exclude some of them.
//
// Pure and deterministic: integers only, the same input gives the same answer on every machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/rules/suppression_policy.h"

namespace caseledger::reports::disclosure {

inline constexpr std::size_t dimensions_max = 5;
inline constexpr std::size_t coordinates_max = 1 << 22;  // nodes of the dimensions, multiplied

// What a dimension distinguishes. Cells whose nodes are of the same levels make one table.
struct Node {
  std::string label;
  std::uint32_t level = 0;
  std::vector<std::uint32_t> in;  // the nodes right above, by their place, which is before this one's; 0 is everything
};

struct Dimension {
  std::string name;
  std::vector<Node> nodes{{.label = "*", .level = 0, .in = {}}};

  std::uint32_t add(std::string label, std::uint32_t level, std::vector<std::uint32_t> in = {0}) {
    nodes.push_back({std::move(label), level, std::move(in)});
    return static_cast<std::uint32_t>(nodes.size() - 1);
  }
};

struct Cell {
  std::vector<std::uint32_t> at;  // a node of each dimension
  std::int64_t value = 0;         // what it is, also where an earlier edition withheld it
  bool here = true;               // told by this edition if it may be; otherwise by an earlier one only
  bool exempt = false;            // told whatever it is
  bool unsaid = false;            // this edition tells its sum alone, or its parts
  std::int64_t worth = 1;         // how much it would be missed, against others of its size
  bool owed = true;               // false: a sum that no edition has a place for, of which nothing is promised
  std::optional<std::int64_t> told_before{};  // what an earlier edition told of the same population and period
  // How one withheld it; unsaid: as part of a sum or line, of which nothing is known.
  enum class Before : std::uint8_t { nothing, primary, complementary, unsaid } before = Before::nothing;
};

// A cell that is not listed although its table is has nobody in it, and that is known.
struct Population {
  std::string name;
  std::vector<Dimension> dimensions;
  std::vector<Cell> cells;
};

enum class Rule : std::uint8_t {
  told,
  primary,        // 1..k−1
  difference,     // 1..k−1 from what an earlier edition told
  earlier,        // an earlier edition withheld it
  complementary,  // at least k, and would give another away
  coarsened,      // unsaid: nothing is said of it, not even whether it is zero
  line,           // the same, because nothing less protects what stands in its row, column or table
  figure,         // the same of a figure altogether: by whoever withholds in several populations
};
const char* name(Rule rule);

struct Decision {
  Rule rule = Rule::told;
  std::optional<std::size_t> because;  // the cell that it protects, for complementary and line
};

// A cell that could be bounded more tightly than promised, because exempt totals or earlier editions told too much.
struct Shortfall {
  std::size_t cell;
  std::int64_t least, most;  // what stays possible
};

struct Verdict {
  std::vector<Decision> decisions;  // one a cell, in their order
  std::vector<Shortfall> shortfalls;
};

// Errors: too_large. A cell at a node that is not there, two cells at one place or a negative count are bugs and abort.
Result<Verdict> withhold(const Population& population, const rules::SuppressionPolicy& policy);

}  // namespace caseledger::reports::disclosure
