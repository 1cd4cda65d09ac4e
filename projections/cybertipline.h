// CyberTipline years as they are published: counts of reports, files and referrals, each table a figure of its own.
//
// | id | counts | --by | published table it stands beside |
// |---|---|---|---|
// | CT.reports | reports received | source: esp, public | reports by source |
// | CT.user_location | reports received | user_location: us, international, unknown | where the user is, as determined |
// | CT.state | reports with a user in the U.S. | state: US-CA …, not_stated | U.S. states, of the same places |
// | CT.country | reports received | country: as listed by the source, not_listed | countries; not the user location, which differs |
// | CT.incident_type | reports received | incident_type: names of IncidentType | incident types, as at intake |
// | CT.files | files of reports | file_type: image, video, other | attachments |
// | CT.referrals | referrals made | recipient_class: names of RecipientClass; detail: actionable, informational | recipients by level of detail |
// | CT.feedback | referrals with feedback | recipient_class | feedback of law enforcement |
//
// Where a user is was determined last by jurisdiction.determined, or else with the report, in its envelope.
//
// Reports and files count by when the report was received, referrals by when they were made, feedback by when a referral's first came.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& cybertipline();

}  // namespace caseledger::projections
