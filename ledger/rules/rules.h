// What admission refuses about one event of an author who may act: the state machines and their guards.
//
// Pure: the same function serves the sequencer, which asks before an event is recorded, and the audit, which asks again.
#pragma once

#include <functional>

#include "ledger/rules/authority.h"
#include "ledger/rules/standing.h"

namespace caseledger::rules {

// The streams of people that a document is about, as their DocumentLinked events have it; may name more than that.
using FindLinked = std::function<Result<std::vector<StreamId>>(const SubjectId& document)>;

// What the rules may ask of the ledger as it is just before the event.
struct Context {
  const Authority& authority;
  const Enrolment* author;  // nullptr only for genesis
  PublicKey key;
  Micros now;
  Micros clock_tolerance;
  // The state of a stream; version 0 where there is none.
  const std::function<StreamState(const StreamId&)>& stream;
  const FindRecorded& find;
  EntryIndex entry = {};               // the event's own
  const Excisions* bygone = nullptr;   // for who asks again later: events whose bytes are gone since
  const FindLinked* linked = nullptr;  // without it nobody is known to be linked
};

// May this event follow in a stream of this state? refs are the references its bytes hold.
// Errors: version_conflict, illegal_transition, unresolved_reference, not_permitted, four_eyes, future, value_out_of_range.
Result<void> admit(const StreamState& state, const EventView& event, std::span<const FoundRef> refs, const Context& context);

// The part of it that an imported fact may break and still be recorded, as an anomaly.
Result<void> admit_transition(const StreamState& state, const EventView& event, const Context& context);

}  // namespace caseledger::rules
