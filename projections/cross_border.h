// Requests to other countries, from sending to answer, and training held with partners: T9.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& cross_border();
const Projection& training();

}  // namespace caseledger::projections
