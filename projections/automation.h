// Who decides in triage, rules, models or people, and who overrides whom: T3.
//
// A decision is a designation or a priority. It is automated when its basis is a rule or a model, and opaque when its basis is a model and
// the item's last score before it cannot be computed again from the log: it holds no features, or another model than the policy's points
// table made it. A person has looked at a decision when the item was reviewed by one later on, or the decision was overridden.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& automation();

}  // namespace caseledger::projections
