// What becomes of missing children: R1–R5 and R8, by case type at intake and by the state the child is missing from.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& recovery();

}  // namespace caseledger::projections
