// How far licence-plate readers reach: cameras, reads, hits and retention by jurisdiction, from the newest snapshot of each portal.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& coverage();

}  // namespace caseledger::projections
