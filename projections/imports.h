// Facts recorded elsewhere (T15): how many were taken in, and how many of them the state machines would have refused.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& imports();

}  // namespace caseledger::projections
