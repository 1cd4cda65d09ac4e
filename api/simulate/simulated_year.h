// A year that is written on demand: phase by phase, each phase in groups of events that belong together.
//
// The same arguments give the same bytes on every machine. All events of a phase have one author. Append the phases in order and wait
// between them until all of one is recorded: what an event refers to then stands in the ledger, or before it in its own group. The groups of
// one phase may be recorded in any order, but where in_order(phase). A group is never to be split between two batches; it has at most
// group_events_max events.
#pragma once

#include "api/simulate/stream_events.h"

namespace caseledger::api {

inline constexpr std::size_t group_events_max = 24;

class SimulatedYear;

// The events of some groups of one phase, one after the other. Any number of these may run at the same time, on any threads; the year
// has to outlive them.
class PhaseEvents {
 public:
  // False at the end. The event's buffers are used again: pass the same one for speed.
  bool next(SimulatedEvent& out);
  std::uint64_t groups_done() const { return at_; }

 private:
  friend class SimulatedYear;
  PhaseEvents(const SimulatedYear& year, Phase phase, std::uint64_t first_group, std::uint64_t end_group)
      : year_(&year), phase_(phase), at_(first_group), end_(end_group) {}

  const SimulatedYear* year_;
  Phase phase_;
  std::uint64_t at_, end_;  // groups
  simulate::EventWriter writer_;
  simulate::Group group_;
  std::size_t given_ = 0;   // of the group
};

class SimulatedYear {
 public:
  SimulatedYear() = default;
  SimulatedYear(const SimulatedYear&) = delete;
  virtual ~SimulatedYear() = default;

  // A group may turn out to be empty: not every case is closed.
  virtual std::uint64_t groups(Phase phase) const = 0;
  std::uint64_t all_groups() const;
  PhaseEvents events(Phase phase) const { return events(phase, 0, groups(phase)); }
  PhaseEvents events(Phase phase, std::uint64_t first_group, std::uint64_t end_group) const { return {*this, phase, first_group, end_group}; }

  // Recorded in the first phase, version 1 each; in force once the governors adopt them.
  virtual std::vector<StreamId> policies() const = 0;

 private:
  friend class PhaseEvents;
  virtual void write_group(Phase phase, std::uint64_t number, simulate::EventWriter& writer, simulate::Group& out) const = 0;
};

}  // namespace caseledger::api
