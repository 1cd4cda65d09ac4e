// The sums: what all streams add up to. A cell has a key, the projection's own bytes, and numbers, each in a slot of the cell.
//
// A cell that is only counted has its number in slot 0. One that stands for many measures, or for a histogram, has a slot for each, so that
// there are as many cells as combinations of dimensions and not as many as streams. What comes to zero is gone: equal sums, equal cells.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/id.h"
#include "projections/heard.h"

namespace caseledger::projections {

using Slot = std::uint32_t;

// There are millions of them: without the four bytes between its members.
struct [[gnu::packed, gnu::aligned(4)]] Number {
  Slot slot;
  std::int64_t n;

  friend bool operator==(const Number& a, const Number& b) { return a.slot == b.slot && a.n == b.n; }
};

// The numbers of one cell in the order of their slots, none of them 0. Holds until the cells change.
class Sums {
 public:
  explicit Sums(std::span<const Number> numbers = {}) : numbers_(numbers) {}
  std::int64_t at(Slot slot) const;
  auto begin() const { return numbers_.begin(); }
  auto end() const { return numbers_.end(); }
  bool empty() const { return numbers_.empty(); }

  friend bool operator==(const Sums& a, const Sums& b) { return std::ranges::equal(a.numbers_, b.numbers_); }

 private:
  std::span<const Number> numbers_;
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

  Sums at(std::string_view key) const;
  std::size_t size() const { return cells_.size(); }
  // Key and numbers of each cell, in no order.
  auto all() const {
    return Walk(cells_) | std::views::transform([](const Cell& cell) { return std::pair(cell.key(), Sums(cell.numbers())); });
  }
  // Key and number of cells that are only counted.
  auto counts() const {
    return Walk(cells_) | std::views::transform([](const Cell& cell) { return std::pair(cell.key(), Sums(cell.numbers()).at(0)); });
  }
  friend bool operator==(const Cells& a, const Cells& b) { return a.cells_ == b.cells_; }

  // The keys of cells changed since the last time, sorted; some may be gone. The first time all, unless they were loaded.
  std::vector<std::string> take_touched();
  void load(std::string_view key, std::span<const Number> numbers);

 private:
  // In one block of memory, with room for some more numbers.
  class Cell {
   public:
    explicit Cell(std::string_view key, std::size_t room);

    std::string_view key() const { return {reinterpret_cast<const char*>(block_.get() + 1), block_->key_size}; }
    std::span<const Number> numbers() const { return {first(), block_->count}; }
    bool touched() const { return block_->touched; }
    // Neither changes the key, by which the set finds it.
    void add(std::span<const Number> numbers, std::int64_t sign) const;
    void touch(bool touched) const { block_->touched = touched; }
    // That it will be looked at soon.
    void expect() const {
      __builtin_prefetch(block_.get());
      __builtin_prefetch(reinterpret_cast<const char*>(block_.get()) + 64);
    }

    friend bool operator==(const Cell& a, const Cell& b) { return a.key() == b.key() && std::ranges::equal(a.numbers(), b.numbers()); }

   private:
    struct Block {  // before the key, filled up to whole words, and the numbers
      std::uint32_t count, room, key_size : 31, touched : 1;
    };
    struct Free {
      void operator()(Block* block) const { std::free(block); }
    };
    static std::size_t begin_of_numbers(std::size_t key_size) { return sizeof(Block) + (key_size + 3) / 4 * 4; }
    Number* first() const { return reinterpret_cast<Number*>(reinterpret_cast<char*>(block_.get()) + begin_of_numbers(block_->key_size)); }
    void make_room(std::size_t room) const;

    mutable std::unique_ptr<Block, Free> block_;
  };
  struct HashKey {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
    std::size_t operator()(const Cell& cell) const { return (*this)(cell.key()); }
  };
  struct SameKey {
    using is_transparent = void;
    static std::string_view key(std::string_view key) { return key; }
    static std::string_view key(const Cell& cell) { return cell.key(); }
    bool operator()(const auto& a, const auto& b) const { return key(a) == key(b); }
  };
  using Set = boost::unordered_flat_set<Cell, HashKey, SameKey>;

  // Every cell. A walk over hundreds of thousands would wait for memory at each; it asks for those that come next in time.
  class Walk : public std::ranges::view_interface<Walk> {
   public:
    class Iterator {
     public:
      using value_type = Cell;
      using difference_type = std::ptrdiff_t;
      Iterator() = default;
      Iterator(Set::const_iterator at, Set::const_iterator end) : at_(at), ahead_(at), end_(end) {
        for (int i = 0; i < cells_ahead; ++i) look_ahead();
      }
      const Cell& operator*() const { return *at_; }
      Iterator& operator++() {
        ++at_;
        look_ahead();
        return *this;
      }
      Iterator operator++(int) {
        const Iterator before = *this;
        ++*this;
        return before;
      }
      friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

     private:
      static constexpr int cells_ahead = 12;
      void look_ahead() {
        if (ahead_ != end_) (ahead_++)->expect();
      }
      Set::const_iterator at_, ahead_, end_;
    };

    explicit Walk(const Set& cells) : cells_(&cells) {}
    Iterator begin() const { return {cells_->begin(), cells_->end()}; }
    Iterator end() const { return {cells_->end(), cells_->end()}; }

   private:
    const Set* cells_;
  };

  Set cells_;
  bool all_touched_ = true;
  std::vector<std::string> touched_;
};

// Where a projection puts what one stream adds, and what other streams tell that one.
class Share {
 public:
  Share(const StreamId& stream, Cells& cells, std::int64_t sign = 1, Heard heard = Heard()) : stream_(stream), cells_(cells), sign_(sign), heard_(heard) {}
  const StreamId& stream() const { return stream_; }
  const Heard& heard() const { return heard_; }
  void operator()(std::string_view key, std::int64_t n) const { cells_.add(key, sign_ * n); }
  void operator()(std::string_view key, std::span<const Number> numbers) const { cells_.add(key, numbers, sign_); }

 private:
  const StreamId& stream_;
  Cells& cells_;
  std::int64_t sign_;
  Heard heard_;
};

}  // namespace caseledger::projections
