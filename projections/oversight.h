// What the ledger and its auditors say about the ledger (T15): findings, refused appends, logins and handshakes.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& oversight();

}  // namespace caseledger::projections
