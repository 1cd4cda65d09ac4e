// What a projection is: two pure functions of a stream's events, and the figures read off their sums.
//
// A projection folds each stream by itself into a small state and says what a stream in that state adds to the sums. The engine (fold.h) keeps
// the sums by −old +new, so a late or corrected event changes its own stream's share and nothing else, parts of the log can be folded apart
// and added, and a rebuild gives the same bytes. Where a figure joins two streams, the one tells the other what that has to know of it.
//
// A state costs its bytes for every stream, a cell for every combination of what its key holds: keys hold codes and, where there are as many
// streams as reports, days and no moments (days.h).
//
// To add one: write its file, add its line to catalogue.cc.
#pragma once

#include <functional>

#include "ledger/core/event.h"
#include "ledger/core/note.h"
#include "projections/cells.h"
#include "projections/figure.h"

namespace caseledger::projections {

// One event as folds see it.
struct Fact {
  EventView event;
  Position position;
  EntryIndex entry;
  Micros recorded_at = 0;
  PublicKey author{};
  Micros changes = 0;  // of a decision that corrects or retracts an event: when that was recorded; 0: it is none, or that is not known
};

class Projection {
 public:
  virtual ~Projection() = default;
  virtual std::string_view id() const = 0;       // stable: names it on disk
  virtual unsigned version() const { return 1; }  // of its states and cells: a new one is folded from the log again
  virtual bool wants(schema::Body type) const = 0;
  // Of a stream in which something was corrected or retracted: does it fold what was recorded, and not what stands?
  virtual bool as_recorded() const { return false; }

  // The stream's state after one more wanted event. Empty before the first; deterministic, total, free of clock, locale,
  // floating point and I/O.
  virtual void step(std::string& state, const Fact& fact) const = 0;

  // What a stream in this state, which is not empty, adds: calls add(key, n) for each of its cells. What others tell it is in add.heard().
  virtual void contribute(std::string_view state, const Share& add) const = 0;

  // What a stream in this state, empty or not, tells others once it has heard this; a pure function of both. What it tells no longer is as if it
  // had never been said. Others are told whether they have begun or not; what they heard adds nothing while they have no state.
  // A node (heard.h) has no state and adds nothing: it tells what follows from what it heard. No message depends on what follows from it.
  struct Message {
    StreamId to;
    std::string what;
    std::int64_t times = 1;
    friend auto operator<=>(const Message&, const Message&) = default;
  };
  using Tell = std::function<void(Message message)>;
  virtual bool tells() const { return false; }  // whether it ever does
  virtual void tell(std::string_view /*state*/, const Heard& /*heard*/, const Tell& /*tell*/) const {}

  // What an event tells a node that is its own, for as long as it stands, in streams of a kind in which each event has something to say to others: such
  // a stream's state does not have to keep all that. Empty: this one says nothing.
  virtual bool says_of(StreamKind) const { return false; }
  virtual std::string says(const Fact&) const { return {}; }

  // Whether figures join a cell to those of other streams as they are read: then those of one stream alone are read with all such cells.
  virtual bool joins(std::string_view /*cell*/) const { return false; }

  // The figures that can be read off the sums.
  virtual std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const = 0;
};

// Where a projection keeps states of several kinds of stream, each begins with its kind.
inline bool is_of(std::string_view state, StreamKind kind) { return state.starts_with(static_cast<char>(kind)); }

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
