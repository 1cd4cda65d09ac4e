// A year that is written on demand: phase by phase, each phase in groups of events that belong together.
//
// The same arguments give the same bytes on every machine. All events of a phase have one author. Append the legs in order and wait
// between them until all of one is recorded: what an event refers to then stands in the ledger, or before it in its own group. The groups of
// one leg may be recorded in any order, but where in_order(phase). A group is never to be split between two batches; it has at most
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

// Groups of one phase that are appended in one go.
struct Leg {
  Phase phase;
  std::uint64_t first_group, end_group;
};
inline constexpr std::uint64_t leg_reports = 50'000;

class SimulatedYear {
 public:
  SimulatedYear() = default;
  SimulatedYear(const SimulatedYear&) = delete;
  virtual ~SimulatedYear() = default;

  // A group may turn out to be empty: not every case is closed.
  virtual std::uint64_t groups(Phase phase) const = 0;
  std::uint64_t all_groups() const;
  // All that there is, in the order to append it in: phase by phase, and the reports by so many at a time, with everything that becomes of them,
  // so that no more than those wait in the queues, as at a desk that keeps up with its work.
  std::vector<Leg> legs() const;
  PhaseEvents events(const Leg& leg) const { return {*this, leg.phase, leg.first_group, leg.end_group}; }
  PhaseEvents events(Phase phase) const { return events({phase, 0, groups(phase)}); }

  // Recorded in the first phase, version 1 each; in force once the governors adopt them.
  virtual std::vector<StreamId> policies() const = 0;

 private:
  friend class PhaseEvents;
  virtual void write_group(Phase phase, std::uint64_t number, simulate::EventWriter& writer, simulate::Group& out) const = 0;
};

}  // namespace caseledger::api
