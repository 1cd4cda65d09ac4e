// From the plan to events: what one thing of the plan has to say in one phase, as a group.
#pragma once

#include "api/simulate/pen.h"
#include "api/simulate/year_plan.h"

namespace caseledger::api::simulate {

// Each writes the events of one stream that belong to the phase; where there are none the group stays empty.
void write_case(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);
void write_hotlist_entry(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);
void write_alert(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);
void write_deployment(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);

// The version of the event by which an alert or a deployment caused a recovery.
Version acting_version(const AlertPlan& alert);
Version outcome_version(const DeploymentPlan& deployment);

}  // namespace caseledger::api::simulate
