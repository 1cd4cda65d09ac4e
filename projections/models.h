// How often models were right (T3), as those say who evaluated them on data of which the truth is known.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& models();

}  // namespace caseledger::projections
