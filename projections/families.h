// Services for families and what people agreed to (T13).
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& families();

}  // namespace caseledger::projections
