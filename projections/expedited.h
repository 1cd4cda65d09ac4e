// Who asks that an item be put first, why, by which clause, and whether it is: the requests of T4. The shares and waits are in triage.h.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& expedited();

}  // namespace caseledger::projections
