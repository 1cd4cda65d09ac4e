// From the plan to events: what one stream has to say in one phase, as a group.
#pragma once

#include "api/simulate/event_writer.h"
#include "api/simulate/year_plan.h"

namespace caseledger::api::simulate {

// Where the events of a group go; the buffers of earlier groups are used again.
class Group {
 public:
  SimulatedEvent& add() {
    if (used_ == events_.size()) events_.emplace_back();
    return events_[used_++];
  }
  std::span<SimulatedEvent> events() { return {events_.data(), used_}; }
  void clear() { used_ = 0; }

 private:
  std::vector<SimulatedEvent> events_;
  std::size_t used_ = 0;
};

// Each writes the events of one stream that belong to the phase; where there are none the group stays empty.
void write_policy(const YearPlan& year, EventWriter& writer, Group& out);
void write_case(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);
void write_hotlist_entry(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);
void write_alert(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);
void write_deployment(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);

// The version of the event by which an alert or a deployment caused a recovery.
Version acting_version(const AlertPlan& alert);
Version outcome_version(const DeploymentPlan& deployment);

}  // namespace caseledger::api::simulate
