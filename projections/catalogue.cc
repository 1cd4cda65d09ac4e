#include "projections/catalogue.h"

#include "projections/cases.h"
#include "projections/coverage.h"
#include "projections/recovery.h"

namespace caseledger::projections {

std::span<const Projection* const> catalogue() {
  static const Projection* const all[] = {
      &cases(),
      &coverage(),
      &recovery(),
  };
  return all;
}

}  // namespace caseledger::projections
