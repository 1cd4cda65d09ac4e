// What a stream is at one version: its kind, its phase, and the little the rules need to remember.
//
// A StreamState is a fold of the stream's events and of nothing else. It is 32 bytes because the sequencer keeps one for
// every stream of the ledger in memory.
#pragma once

#include "ledger/core/event.h"

namespace caseledger::rules {

enum class Phase : std::uint8_t {
  none,  // no event yet
  open,  // kinds without a state machine
  // governance
  constituting, constituted,
  // case
  active, located, recovered, deceased, long_term, closed, merged,
  // report
  received, finished, retracted, expired, rejected, scored, designated, referred, informational,
  // referral
  made, delivered, accepted, declined, revoked, transferred,
  // alert
  raised, adjudicated, actioned,
  // deployment, analysis, forensic exam
  requested, completed, approved, converted_virtual, dispatched, arrived, ended,
  // lead, tip
  created, dispositioned, assessed,
  // evidence
  held, returned, destroyed,
  // hot-list entry
  listed, unlisted,
};

std::string_view name(Phase phase);

struct StreamState {
  StreamKind kind = StreamKind::unset;
  Phase phase = Phase::none;
  std::uint8_t flags = 0;
  std::uint8_t reserved = 0;
  Version version = 0;
  Position last;               // of the event with that version

  // case
  std::uint8_t children = 0;   // missing children added
  std::uint8_t recovered = 0;  // of them, back alive
  std::uint8_t deceased = 0;   // of them, found dead
  std::uint8_t located = 0;
  Version only_child = 0;      // the event that added it, while there is one child
  Version closing = 0;         // the first of the two events that close it
  Version closed_by = 0;       // what a reopening has to name

  friend bool operator==(const StreamState&, const StreamState&) = default;
};
static_assert(sizeof(StreamState) == 32 && std::has_unique_object_representations_v<StreamState>);

inline constexpr std::uint8_t alerted = 1;    // case: a public notice is active
inline constexpr std::uint8_t confirmed = 2;  // alert: an adjudication found a true match
inline constexpr std::uint8_t amended = 4;    // a correction or retraction changed what earlier events say

// The state after one more event that stands. Total: it is defined for events the rules would refuse, so that imported
// facts and replays always fold. Over recorded events, some of which may amend others, advance() of standing.h folds.
StreamState apply(StreamState state, const EventView& event, Position position);

// Whom a reopening makes missing again. One that names the close of a case that ended with every child back or found dead: all of them. One that
// names another close: nobody who is back or dead. One that names the event that found a child: that child, and nobody else.
struct LostAgain {
  Version found_by = 0;  // 0: it names the close
  // everyone_was_found: back, or found dead. found: the event that found the child in question.
  bool is_lost(bool everyone_was_found, Version found) const { return found_by == 0 ? everyone_was_found : found == found_by; }
};
LostAgain lost_again(const StreamState& before, const schema::CaseReopened& reopened);

// The state after one more version of which no event is left: it counts, and changes nothing else.
StreamState pass(StreamState state, StreamKind kind, Version version, Position position);

}  // namespace caseledger::rules
