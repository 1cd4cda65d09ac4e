// Erasure, legal holds and preservation (T16): asked, decided and carried out, and how long that took.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& privacy();

}  // namespace caseledger::projections
