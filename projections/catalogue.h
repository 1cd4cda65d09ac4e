// Every projection there is.
#pragma once

#include <span>

#include "projections/projection.h"

namespace caseledger::projections {

std::span<const Projection* const> catalogue();

}  // namespace caseledger::projections
