// What cases are assigned to teams, beside the posts that teams are given (T14.team).
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& teams();

}  // namespace caseledger::projections
