// The engine under every projection: states by stream, sums by cell, and the laws that hold for all of them.
//
// Incremental = rebuilt = parallel: any split of the log into runs, and any partition of the streams over threads, gives
// the same digest. A Fold belongs to one thread.
#pragma once

#include <functional>

#include "projections/projection.h"

namespace caseledger::projections {

class Fold {
 public:
  explicit Fold(const Projection& projection) : projection_(&projection) {}

  const Projection& projection() const { return *projection_; }
  const Cells& cells() const { return cells_; }
  std::size_t streams() const { return states_.size(); }
  std::string_view state(const StreamId& stream) const;

  void apply(const Fact& fact);

  // Adds a fold of other streams of the same log.
  void merge(Fold&& other);

  // SHA-256 over all rows in key order: equal digests, equal state.
  Hash digest() const;

  // ── rows on disk: "s" ‖ stream → state, "c" ‖ cell → i64le; an empty value means the row is gone ──
  using Row = std::pair<std::string, std::string>;
  void track_changes();
  std::vector<Row> take_changes();
  Result<void> load(std::string_view key, std::string_view value);

 private:
  const Projection* projection_;
  std::unordered_map<StreamId, std::string> states_;
  Cells cells_;
  bool tracking_ = false;
  std::unordered_map<StreamId, bool> touched_streams_;
  std::unordered_map<std::string, bool> touched_cells_;
};

}  // namespace caseledger::projections
