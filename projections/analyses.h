// Analyses asked for and delivered: how many, how soon, and how many leads they gave.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& analyses();

}  // namespace caseledger::projections
