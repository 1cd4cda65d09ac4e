// Searches of other systems (T7): by whom, for whose case, why, how wide, over how long, and at which hour.
//
// The same search may stand in the logs of several readers, of one who asked and of one who was asked: by its system and id it counts in the log that
// recorded it first.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& searches();

}  // namespace caseledger::projections
