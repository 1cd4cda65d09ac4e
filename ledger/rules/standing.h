// What stands of a stream: its events after the corrections and retractions that were decided in it.
//
// The log keeps every event as it was recorded. A correction that was approved puts its replacement in the target's place,
// an approved retraction makes the target void; whoever folds a stream folds what stands. Later decisions win.
#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "ledger/core/note.h"
#include "ledger/rules/stream.h"

namespace caseledger::rules {

// An event that stands in the log, or earlier in the same batch.
struct Recorded {
  EventView event;
  PublicKey author;
  Position position = {};  // where whoever lends it knows
};

// One recorded event; nothing where there is none, or its bytes are gone.
using FindRecorded = std::function<std::optional<Recorded>(const StreamId&, Version)>;

// Does the event change what earlier ones of its stream say?
bool amends(const EventView& event);

class Standing {
 public:
  // The first `version` events of a stream, as find gives them; what it lends has to stay.
  Standing(const StreamId& stream, Version version, const FindRecorded& find);

  // One more event of the stream.
  void add(const Recorded& recorded);

  Version version() const { return static_cast<Version>(events_.size()); }
  // The event itself, its replacement, or nothing where it is void or its bytes are gone.
  std::optional<Recorded> at(Version version) const;
  enum class Fate : std::uint8_t { stands, corrected, retracted };
  Fate fate(Version version) const { return fates_[version - 1]; }

  // Folded from what stands, up to a version. The positions of all but the last are not known here.
  StreamState state(Version up_to, Position last) const;
  // That of one version more.
  StreamState step(StreamState state, Version version, Position last) const;
  // Was a correction or retraction approved in it?
  bool amended() const { return amended_; }
  // The version that a decision changes; 0: it changes none.
  Version changed_by(Version decision) const;

 private:
  void amend(const EventView& decision);

  std::vector<std::optional<Recorded>> events_;  // as recorded
  std::vector<std::optional<Recorded>> standing_;
  std::vector<Fate> fates_;
  std::deque<Buffer> replacements_;  // aligned, what standing_ points into
  std::vector<std::pair<Version, Version>> changes_;  // decision, and what it changes, in their order
  bool amended_ = false;
};

// The state of a stream of `version` events, the last of which stands at `last`: folded from those whose bytes find still gives.
StreamState refold(const StreamId& stream, StreamKind kind, Version version, Position last, const FindRecorded& find);

// The state after one more recorded event, whatever it does to earlier ones.
StreamState advance(const StreamState& state, const EventView& event, Position position, const FindRecorded& find);

}  // namespace caseledger::rules
