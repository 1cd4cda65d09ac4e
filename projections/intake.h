// What comes in: reports, the incidents and files they stand for, how good they are, and what becomes of their submission: T1.
//
// Split by country, a report counts under the first country it states, so that the countries add up to all reports. A CyberTipline report
// comes over the channel esp_api. What is not designated counts as undesignated: received = referral + informational + unfounded +
// spam_test + undesignated.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& intake();

}  // namespace caseledger::projections
