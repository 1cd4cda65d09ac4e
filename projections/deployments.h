// Help on site and from afar (T10): asked for, decided, on its way, there, over; and what it contributed.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& deployments();

}  // namespace caseledger::projections
