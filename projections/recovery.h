// What becomes of missing children (R1 to R11), from the start that the case's clocks give it or from each of these clocks.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& recovery();

}  // namespace caseledger::projections
