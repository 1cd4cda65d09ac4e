// The engine under every projection: the states of each stream side by side, the sums by projection, and the laws that hold for all of them.
//
// Incremental = rebuilt = parallel: any split of the log into runs, and any partition of the streams over threads, gives the same digests.
// A run of events only steps states; what its streams add changes once, when the run is settled: −old +new of each stream that moved, or that
// heard something else from one that did.
// The states of streams that moved lately are in memory; those of the others rest on a shelf, if there is one, and are fetched when their
// stream moves again: memory is bounded however many streams there are. Belongs to one thread.
#pragma once

#include <array>
#include <map>
#include <span>
#include <unordered_set>

#include "projections/catalogue.h"
#include "projections/projection.h"
#include "projections/shelf.h"
#include "projections/standing.h"
#include "projections/streams.h"

namespace caseledger::projections {

class Folds {
 public:
  explicit Folds(std::span<const Projection* const> projections = catalogue());
  explicit Folds(const Projection& only);

  // From now on states rest there. Memory holds so many bytes of them, and twice that at most.
  void rest_on(Shelf& shelf, std::size_t bytes);

  // One more event of the log, of a stream in which nothing was amended. One that no projection wants costs a look into a table.
  // Errors of all that step: those of the shelf.
  Result<void> apply(const Fact& fact);
  // The stream's share is that of these facts: all of it, as it stands or as it was recorded.
  Result<void> refold(const StreamId& stream, const Standing& standing);
  // The end of a run: from here on the sums hold what was applied.
  void settle();
  // Memory for what comes: what has not moved lately goes to rest. Between runs, and only when all changes were taken and written.
  Result<void> make_room();
  // All goes to rest, and nothing but the sums is left here: at the end of a part of the log that was folded anew.
  Result<void> put_to_rest();
  // Adds folds of other streams of the same log. Both are settled.
  void merge(Folds&& other);

  // What one stream has told another: what it says so many times less, and what more. Or what an event says to its node: that and nothing else.
  struct Told {
    StreamId to;
    std::uint8_t projection;
    std::optional<std::string> less, more;
    std::int64_t times = 1;
    bool alone = false;
  };
  // Where streams are folded apart, what one tells goes to the folds of the other, which hear it: what these are to hear themselves is left to
  // them. What one event after the other says to the same node goes in that order, all else in any.
  using Send = std::function<bool(Told& told)>;  // false: left
  void send_by(Send send) { send_ = std::move(send); }
  Result<void> hear(const Told& told);

  // ── what they come to, once settled ──
  const Cells& cells(const Projection& projection) const;
  // Figures of every projection, or those whose id is wanted or begins with "<wanted>.".
  std::vector<Figure> figures(const FigureQuery& query, std::span<const std::string> wanted = {}) const;
  // Each stream that adds to a projection's sums, and what it adds: the figures of that alone are its share of them.
  Result<void> each_stream(const Projection& projection, const std::function<void(const StreamId& stream, const Cells& share)>& visit) const;
  std::size_t streams_in_memory() const { return streams_.size(); }
  std::size_t cells() const;  // of all projections
  // By projection: SHA-256 over its states and cells in the order of their keys. Equal digests, equal state.
  Result<std::map<std::string_view, Hash>> digests() const;

  // ── rows on disk: "s" ‖ stream → its states and what it heard, "c" ‖ projection ‖ cell → its numbers; an empty value means the row is gone ──
  using Row = std::pair<std::string, std::string>;
  static std::string stream_key(const StreamId& stream);
  static Result<StreamId> stream_of_key(std::string_view key);  // of the first sort
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
  Result<Streams::Place> fetch(const StreamId& stream, bool begins);
  using Messages = std::vector<Projection::Message>;  // sorted
  Heard heard_by(const Streams::Place& place, unsigned number) const;
  Messages messages_of(unsigned number, std::string_view state, const Heard& heard) const;
  void note_told(unsigned number, const Messages& before, const Messages& now);
  void note_said(unsigned number, const StreamId& stream, const Standing& standing);
  Result<void> send_told();
  Result<void> take_in(const Told& told);
  void become_next(Streams::Place place, const StreamId& stream);
  Result<void> each_states(const std::function<void(const StreamId& stream, std::string_view states)>& visit) const;
  Result<void> lay_down_older();
  void contribute(const StreamId& stream, std::string_view states, std::string_view except, std::int64_t sign);

  std::vector<const Projection*> projections_;
  std::vector<bool> tells_;  // by projection
  Send send_;
  std::array<std::vector<std::uint8_t>, body_numbers> wanting_;  // which projections want an event type
  Streams streams_;
  Shelf* shelf_ = nullptr;
  std::size_t lately_bytes_max_ = 0;
  std::vector<Cells> cells_;         // by projection
  bool anew_ = true;                 // nothing was settled yet: no stream in memory is in the sums, every one at rest is
  std::vector<Unsettled> unsettled_;
  std::string before_;
  bool all_unwritten_ = true;
  std::vector<StreamId> unwritten_;
  std::unordered_set<StreamId> early_;  // streams that heard something before they began, while all is folded anew
  std::string next_, state_;                   // scratch, kept for their capacity
  std::vector<Told> told_;
};

}  // namespace caseledger::projections
