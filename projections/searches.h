// Searches of other systems (T7): by whom, why, how wide, over how long, and at which hour.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& searches();

}  // namespace caseledger::projections
