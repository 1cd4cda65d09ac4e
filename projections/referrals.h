// What becomes of referrals, and what the recipients say of them: T8, the countries of T9, and the reversals of T3.
//
// At any moment a referral stands in one place: on its way, delivered, lapsed, accepted, declined, transferred or revoked. It is lapsed
// while its acknowledgement is overdue at the as-of and nobody has answered it or taken it back.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& referrals();

}  // namespace caseledger::projections
