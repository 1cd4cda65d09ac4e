// The engine under every projection: the states of each stream side by side, the sums by projection, and the laws that hold for all of them.
//
// Incremental = rebuilt = parallel: any split of the log into runs, and any partition of the streams over threads, gives the same digests.
// A run of events only steps states; what its streams add changes once, when the run is settled: −old +new of each stream that moved.
// Belongs to one thread.
#pragma once

#include <array>
#include <map>
#include <span>

#include "projections/catalogue.h"
#include "projections/projection.h"
#include "projections/streams.h"

namespace caseledger::projections {

class Folds {
 public:
  explicit Folds(std::span<const Projection* const> projections = catalogue());
  explicit Folds(const Projection& only);

  // One more event of the log, of a stream in which nothing was amended. One that no projection wants costs a look into a table.
  void apply(const Fact& fact);
  // The stream's share is that of these facts: all of it that stands, in order.
  void refold(const StreamId& stream, std::span<const Fact> facts);
  // The end of a run: from here on the sums hold what was applied.
  void settle();
  // Adds folds of other streams of the same log. Both are settled.
  void merge(Folds&& other);

  // ── what they come to, once settled ──
  const Cells& cells(const Projection& projection) const;
  // Figures of every projection, or those whose id is wanted or begins with "<wanted>.".
  std::vector<Figure> figures(const FigureQuery& query, std::span<const std::string> wanted = {}) const;
  // Each stream that adds to a projection's sums, and what it adds: the figures of that alone are its share of them.
  void each_stream(const Projection& projection, const std::function<void(const StreamId& stream, const Cells& share)>& visit) const;
  std::size_t streams() const { return streams_.size(); }
  std::size_t cells() const;  // of all projections
  // By projection: SHA-256 over its states and cells in the order of their keys. Equal digests, equal state.
  std::map<std::string_view, Hash> digests() const;

  // ── rows on disk: "s" ‖ stream → its states, "c" ‖ projection ‖ cell → its numbers; an empty value means the row is gone ──
  using Row = std::pair<std::string, std::string>;
  // Whose rows these are: the projections in their order with their versions. Rows of another kind mean nothing here.
  std::string kind_of_rows() const;
  // What has changed since the last time, in the order of keys; the first time everything.
  std::vector<Row> take_changes();
  Result<void> load(std::string_view key, std::string_view value);

 private:
  struct Unsettled {
    StreamId stream;
    std::size_t begin, size;  // of its settled states, in before_
  };
  unsigned number_of(const Projection& projection) const;
  void become_next(Streams::Place place, const StreamId& stream);
  void contribute(const StreamId& stream, std::string_view states, std::string_view except, std::int64_t sign);

  std::vector<const Projection*> projections_;
  std::array<std::vector<std::uint8_t>, body_numbers> wanting_;  // which projections want an event type
  Streams streams_;
  std::vector<Cells> cells_;         // by projection
  bool anew_ = true;                 // nothing was settled yet: every stream is new
  std::vector<Unsettled> unsettled_;
  std::string before_;
  bool all_unwritten_ = true;
  std::vector<StreamId> unwritten_;
  std::string next_, state_;         // scratch, kept for their capacity
};

}  // namespace caseledger::projections
