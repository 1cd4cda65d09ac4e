// Vehicles on hot lists (T6): how fast an entry reaches the detectors, and how long it outlives the case it was made for.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& hotlist();

}  // namespace caseledger::projections
