// Tips and leads (T12): what they were worth, how soon that was known, and what came of them.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& tips();

}  // namespace caseledger::projections
