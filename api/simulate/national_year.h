// One national year, simulated: 29,568 missing-child cases with their course, and 20.5 million CyberTipline reports.
//
// The same scale and seed give the same bytes on every machine. Everything is decided when the year is made, in about 10 MB, and
// written on demand: phase by phase, each phase in groups of one stream's events. All events of a phase have one author. Append the
// phases in order and wait between them until all of one is recorded: what an event refers to then stands in the ledger, or before it in its
// own group. A group is never to be split between two batches; it has at most 16 events.
//
// What is published and what is assumed stands beside the numbers: published.h, case_plan.h, alert_plan.h, deployment_plan.h, reports.h.
#pragma once

#include "api/simulate/reports.h"
#include "api/simulate/stream_events.h"
#include "api/simulate/totals.h"

namespace caseledger::api {

// 1:N of the year, for reports and for cases with all that belongs to them. N ≥ 1.
struct Scale {
  std::uint64_t reports = 1, cases = 1;
};

Author author_of(Phase phase);
std::string_view name(Phase phase);
inline constexpr std::size_t group_events_max = 16;

class NationalYear;

// The events of some groups of one phase, one after the other. Any number of these may run at the same time, on any threads; the year
// has to outlive them.
class PhaseEvents {
 public:
  // False at the end. The event's buffers are used again: pass the same one for speed.
  bool next(SimulatedEvent& out);

 private:
  friend class NationalYear;
  PhaseEvents(const NationalYear& year, Phase phase, std::uint64_t first_group, std::uint64_t end_group)
      : year_(&year), phase_(phase), at_(first_group), end_(end_group) {}
  void write_group(std::uint64_t number);

  const NationalYear* year_;
  Phase phase_;
  std::uint64_t at_, end_;  // groups
  simulate::EventWriter writer_;
  simulate::Group group_;
  std::size_t given_ = 0;   // of the group
};

class NationalYear {
 public:
  NationalYear(Scale scale, std::uint64_t seed);

  // Exact.
  const Totals& planned() const { return totals_; }

  // Deployments are decided by it. Recorded in the first phase; in force once the governors adopt it.
  StreamId deployment_policy() const { return uuid_of(plan_.deployment_policy.stream()); }

  // A group may turn out to be empty: not every case is closed.
  std::uint64_t groups(Phase phase) const;
  PhaseEvents events(Phase phase) const { return events(phase, 0, groups(phase)); }
  PhaseEvents events(Phase phase, std::uint64_t first_group, std::uint64_t end_group) const { return {*this, phase, first_group, end_group}; }

 private:
  friend class PhaseEvents;
  simulate::YearPlan plan_;
  simulate::Reports reports_;
  Totals totals_;
};

}  // namespace caseledger::api
