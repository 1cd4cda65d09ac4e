// The engine under every projection: states by stream, sums by cell, and the laws that hold for all of them.
//
// Incremental = rebuilt = parallel: any split of the log into runs, and any partition of the streams over threads, gives
// the same digest. A Fold belongs to one thread.
#pragma once

#include <array>
#include <span>

#include "projections/projection.h"

namespace caseledger::projections {

class Fold {
 public:
  explicit Fold(const Projection& projection);

  const Projection& projection() const { return *projection_; }
  const Cells& cells() const { return cells_; }
  std::size_t streams() const { return states_.size(); }
  std::string_view state(const StreamId& stream) const;

  // One more event of the log. One that the projection does not want costs a look into a table.
  void apply(const Fact& fact) {
    if (wanted_[static_cast<std::uint8_t>(fact.event.type)]) step(fact);
  }

  // The stream's share is that of these facts: all of it that stands, in order.
  void refold(const StreamId& stream, std::span<const Fact> facts);

  // Adds a fold of other streams of the same log.
  void merge(Fold&& other);

  // SHA-256 over all rows in key order: equal digests, equal state.
  Hash digest() const;

  // ── rows on disk: "s" ‖ stream → state, "c" ‖ cell → i64le; an empty value means the row is gone ──
  using Row = std::pair<std::string, std::string>;
  void track_changes();  // from now on
  void track_all();      // everything there is counts as changed
  std::vector<Row> take_changes();
  Result<void> load(std::string_view key, std::string_view value);

 private:
  void step(const Fact& fact);
  void become_next(const StreamId& stream);
  void report_touched();

  const Projection* projection_;
  std::array<bool, 256> wanted_;
  std::unordered_map<StreamId, std::string> states_;
  std::string next_;  // scratch, kept for its capacity
  Cells cells_;
  bool tracking_ = false;
  std::unordered_map<StreamId, bool> touched_streams_;
  std::unordered_map<std::string, bool> touched_cells_;
};

}  // namespace caseledger::projections
