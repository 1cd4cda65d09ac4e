// How long triage takes, and who is put first: T2 and the shares and waits of T4, by item, type, priority, queue and place.
#pragma once

#include <set>

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& triage();

// The names of all queues that something ever entered. cells: of triage().
std::set<std::string> queues_entered(const Cells& cells);

}  // namespace caseledger::projections
