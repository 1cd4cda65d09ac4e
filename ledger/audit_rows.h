// A walk over rows that may be damaged: it goes on behind what cannot be read, and remembers what that was.
#pragma once

#include "ledger/store/database.h"

namespace caseledger::audit {

// Rows whose keys begin with a u64be number, in order. A key that is too short for one has the number of the row before it.
class Rows {
 public:
  explicit Rows(store::Database::Cursor cursor) : cursor_(std::move(cursor)) {
    cursor_.seek_first();
    settle(0);
  }

  bool valid() const { return cursor_.valid(); }
  Bytes key() const { return cursor_.key(); }
  Bytes value() const { return cursor_.value(); }
  std::uint64_t number() const { return number_; }
  void next() {
    cursor_.next();
    settle(number_ + 1);
  }

  // Numbers whose rows, if there are any, cannot be read.
  struct Gap {
    std::uint64_t from, to;  // behind the last
    Error error;
    bool told = false;

    std::string range() const { return std::to_string(from) + (to == open_end ? " on" : " to " + std::to_string(to - 1)); }
  };
  static constexpr std::uint64_t open_end = ~std::uint64_t{0};
  bool has_gap() const { return gap_.has_value(); }
  Gap* gap_at(std::uint64_t number) { return gap_ && number >= gap_->from && number < gap_->to ? &*gap_ : nullptr; }

 private:
  // After a move: names the row, or finds the first one behind what cannot be read. `from`: the least number it can have.
  void settle(std::uint64_t from) {
    if (!cursor_.valid()) {
      if (auto read = cursor_.status(); !read) resume(from, std::move(read.error()));
    }
    if (cursor_.valid() && cursor_.key().size() >= 8) number_ = load_be<std::uint64_t>(cursor_.key().data());
  }

  bool reads_at(std::uint64_t number) {
    std::uint8_t key[8];
    store_be(key, number);
    cursor_.seek(key);
    return cursor_.valid() || cursor_.status();
  }

  // A damaged block or file covers a stretch of keys: strides find a place behind it, halving finds its end.
  void resume(std::uint64_t from, Error error) {
    constexpr std::uint64_t none = open_end;
    std::uint64_t bad = from, good = none;
    for (std::uint64_t stride = 1; good == none && stride < none / 4 && from < none / 4; stride *= 2) {
      if (reads_at(from + stride)) good = from + stride;
      else bad = from + stride;
    }
    while (good != none && good - bad > 1) {
      const std::uint64_t middle = bad + (good - bad) / 2;
      (reads_at(middle) ? good : bad) = middle;
    }
    if (good != none) reads_at(good);
    const std::uint64_t begin = gap_ && gap_->to == from ? gap_->from : from;
    gap_ = Gap{begin, good, std::move(error), begin != from && gap_->told};
  }

  store::Database::Cursor cursor_;
  std::uint64_t number_ = 0;
  std::optional<Gap> gap_;
};

}  // namespace caseledger::audit
