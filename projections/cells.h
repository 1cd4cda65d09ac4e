// The sums: what all streams add up to. A cell has a key, the projection's own bytes, and numbers, each in a slot of the cell.
//
// A cell that is only counted has its number in slot 0. One that stands for many measures, or for a histogram, has a slot for each, so that
// there are as many cells as combinations of dimensions and not as many as streams. What comes to zero is gone: equal sums, equal cells.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <ranges>
#include <span>
#include <string>
#include <string_view>

#include "ledger/core/id.h"

namespace caseledger::projections {

using Slot = std::uint32_t;

struct Number {
  Slot slot;
  std::int64_t n;

  friend bool operator==(const Number&, const Number&) = default;
};

// The numbers of one cell in the order of their slots, none of them 0.
class Sums {
 public:
  std::int64_t at(Slot slot) const;
  auto begin() const { return numbers_.begin(); }
  auto end() const { return numbers_.end(); }
  bool empty() const { return numbers_.empty(); }
  void add(std::span<const Number> numbers, std::int64_t sign = 1);  // sign −1 takes them away

  friend bool operator==(const Sums& a, const Sums& b) { return a.numbers_ == b.numbers_; }

 private:
  friend class Cells;
  boost::container::small_vector<Number, 1> numbers_;
  bool touched_ = false;
};

class Cells {
 public:
  void add(std::string_view key, std::int64_t n) {
    const Number one{0, n};
    if (n != 0) add(key, std::span(&one, 1));
  }
  // sign: 1 or −1, to take away what was added.
  void add(std::string_view key, std::span<const Number> numbers, std::int64_t sign = 1);
  void merge(const Cells& other);

  const Sums& at(std::string_view key) const;
  const auto& all() const { return cells_; }
  // Key and number of cells that are only counted.
  auto counts() const {
    return cells_ | std::views::transform([](const auto& cell) { return std::pair(std::string_view(cell.first), cell.second.at(0)); });
  }

  // The keys of cells changed since the last time, sorted; some may be gone. The first time all, unless they were loaded.
  std::vector<std::string> take_touched();
  void load(std::string_view key, Sums sums);

 private:
  struct HashText {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  boost::unordered_flat_map<std::string, Sums, HashText, std::equal_to<>> cells_;
  bool all_touched_ = true;
  std::vector<std::string> touched_;
};

// Where a projection puts what one stream adds.
class Share {
 public:
  Share(const StreamId& stream, Cells& cells, std::int64_t sign = 1) : stream_(stream), cells_(cells), sign_(sign) {}
  const StreamId& stream() const { return stream_; }
  void operator()(std::string_view key, std::int64_t n) const { cells_.add(key, sign_ * n); }
  void operator()(std::string_view key, std::span<const Number> numbers) const { cells_.add(key, numbers, sign_); }

 private:
  const StreamId& stream_;
  Cells& cells_;
  std::int64_t sign_;
};

}  // namespace caseledger::projections
