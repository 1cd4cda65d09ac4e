// Exchanges: what could be counted otherwise without any sum of a population noticing.
//
// Take one leaf of each dimension, and another one of some of them: one unit more where an even number of the others is taken, one less where
// an odd number is, is an exchange (in a plain table the four corners of a rectangle). It changes exactly the cells whose nodes hold one leaf
// of each pair and not the other, each by one unit, and the cells below may carry as many units as there is room for.
#pragma once

#include <limits>
#include <map>
#include <span>

#include "projections/reports/disclosure.h"

namespace caseledger::reports::disclosure {

inline constexpr std::size_t exchanges_max = 400'000;  // looked at for one cell; what lies beyond is not found
inline constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max() / 4;

// By how much a cell may grow and shrink, and what it costs to let it: nothing where it is withheld already.
struct Room {
  std::int64_t up = 0, down = 0, cost = 0;
};

struct Exchange {
  struct Corner {
    std::uint32_t cell;
    int sign;
  };
  std::int64_t units = 0, cost = 0;
  std::vector<Corner> corners;
};

// Where a population's cells lie. The population outlives it.
class Grid {
 public:
  static Result<Grid> over(const Population& population);

  // The cheapest exchange that gives the cell `wanted` units more (sign 1) or fewer (−1); if there is none, the one that gives it most.
  // None at all has no units. for_nothing: only of those that cost nothing.
  Exchange cheapest(std::size_t cell, int sign, std::int64_t wanted, std::span<const Room> rooms, bool for_nothing = false);

  std::optional<std::size_t> at(const std::vector<std::uint32_t>& place) const;
  // Cells beside it along one dimension, at most so many, the last dimension's first.
  std::vector<std::size_t> siblings_of(std::size_t cell, std::size_t most) const;
  bool above_or_same(std::size_t dimension, std::uint32_t node, std::uint32_t of) const;
  // In how many dimensions it is a sum.
  std::int64_t sums(std::size_t cell) const;

 private:
  struct Step {
    std::size_t offset;
    int sign;
  };
  struct Way {  // one leaf, or one against another
    std::vector<Step> steps;
    bool against = false;
  };
  enum class Reach : std::uint8_t { alone, siblings, anywhere };
  struct Axis {
    std::size_t stride = 0;
    std::vector<std::uint32_t> leaves;
    std::vector<std::vector<std::uint32_t>> above;  // of each node, itself and everything included; ascending
    std::vector<std::vector<std::uint32_t>> below;  // of each node, the nodes right under it
    bool alone = true;                              // no table splits by it and by another dimension too
    std::map<std::pair<std::uint32_t, Reach>, std::vector<Way>> ways = {};  // of each node, once they were asked for
  };
  struct Search;

  explicit Grid(const Population& population) : population_(population) {}
  void lay_axes();
  void lay_cells();
  const std::vector<Way>& ways(std::size_t dimension, std::uint32_t node, Reach reach);
  std::size_t place_of(const std::vector<std::uint32_t>& at) const;
  bool siblings(std::size_t dimension, std::uint32_t a, std::uint32_t b) const;

  const Population& population_;
  std::vector<Axis> axes_;
  std::vector<std::int32_t> cells_;  // by place: a cell, or one of the two below
  static constexpr std::int32_t no_table = -1, known_zero = -2;
};

}  // namespace caseledger::reports::disclosure
