// How long triage takes, and who is put first: T2 and the shares and waits of T4, by item, type, priority, queue and place.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& triage();

}  // namespace caseledger::projections
