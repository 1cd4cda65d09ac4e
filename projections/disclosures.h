// Who looked at records and to whom data went (T16): views of sealed parts by purpose, disseminations by reason.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& disclosures();

}  // namespace caseledger::projections
