// Where people and money go (T14): posts and budgets by unit, for the time they are given for.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& resources();

}  // namespace caseledger::projections
