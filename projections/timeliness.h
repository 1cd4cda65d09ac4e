// Whether what has to be done soon was (M1 to M5), by the clocks of cases, their NCIC records and their AMBER alerts.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& timeliness();

}  // namespace caseledger::projections
