// The phase of a case, for a fold that reads only the events that can change it: a little of its state, and the rules' own state machine.
#pragma once

#include "ledger/rules/stream.h"

namespace caseledger::projections {

struct CasePhase {
  Version version = 0;  // of the last event read
  Version closing = 0;
  Version closed_by = 0;
  rules::Phase phase = rules::Phase::none;
  std::uint8_t children = 0;
  std::uint8_t recovered = 0;
  std::uint8_t deceased = 0;
  std::uint8_t located = 0;
};

rules::StreamState state_of(const CasePhase& phase);  // as far as it is known

// Whether a case of this type is about children that are missing: what recovery, timeliness and families count.
bool is_of_missing_child(schema::CaseType type);

// Whether a case's phase can depend on events of this type.
bool moves_case(schema::Body type);

// The phase after one more of them.
CasePhase after(const CasePhase& phase, const EventView& event, Position position);

}  // namespace caseledger::projections
