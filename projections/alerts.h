// What automated detectors raise and what becomes of it (T5): alerts, the episodes they are part of, whether they were right, who was acted upon.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& alerts();

}  // namespace caseledger::projections
