// Examinations, evidence and the victims identified from it (T11): how long, with which result, how sure, and in whose hands.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& forensics();

}  // namespace caseledger::projections
