// What a projection is: two pure functions of a stream's events, and the figures read off their sums.
//
// A projection folds each stream by itself into a small state and says what a stream in that state adds to the figures: a
// map cell → int64. The engine (fold.h) keeps the sums by −old +new, so a late or corrected event changes its own stream's
// share and nothing else, parts of the log can be folded apart and added, and a rebuild gives the same bytes.
//
// To add one: write its file, add its line to catalogue.cc.
#pragma once

#include <functional>
#include <unordered_map>

#include "ledger/core/event.h"
#include "ledger/core/note.h"
#include "projections/figure.h"

namespace caseledger::projections {

// One event as folds see it.
struct Fact {
  EventView event;
  Position position;
  EntryIndex entry;
  Micros recorded_at = 0;
  PublicKey author{};
};

// The sums: cell key → count. A key is the projection's own bytes; a cell that sums to zero is gone.
class Cells {
 public:
  void add(std::string_view key, std::int64_t delta);
  std::int64_t at(std::string_view key) const;
  const std::unordered_map<std::string, std::int64_t>& all() const { return sums_; }

 private:
  friend class Fold;
  std::unordered_map<std::string, std::int64_t> sums_;
  std::unordered_map<std::string, bool>* touched_ = nullptr;  // cells to be written, when someone asks
};

class Projection {
 public:
  virtual ~Projection() = default;
  virtual std::string_view id() const = 0;  // stable: names its rows on disk
  virtual bool wants(schema::Body type) const = 0;

  // The stream's state after one more wanted event. Empty before the first; deterministic, total, free of clock, locale,
  // floating point and I/O.
  virtual void step(std::string& state, const Fact& fact) const = 0;

  // What a stream in this state adds: calls add(key, +n) for each of its cells.
  virtual void contribute(std::string_view state, const std::function<void(std::string_view key, std::int64_t n)>& add) const = 0;

  // The figures that can be read off the sums.
  virtual std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const = 0;
};

// A state that is a plain struct travels as its bytes: no padding, no pointers.
template <class State>
State state_of(std::string_view bytes) {
  static_assert(std::has_unique_object_representations_v<State> && std::is_trivially_copyable_v<State>);
  State state{};
  if (!bytes.empty()) std::memcpy(&state, bytes.data(), sizeof state);
  return state;
}
template <class State>
void store_state(std::string& bytes, const State& state) {
  bytes.assign(reinterpret_cast<const char*>(&state), sizeof state);
}

}  // namespace caseledger::projections
