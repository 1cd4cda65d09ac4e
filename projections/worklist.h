// What waits in the queues now: the worklists, and T2.backlog.
//
// Only waiting items have cells, one each, so a list costs what waits and not what ever waited.
#pragma once

#include <array>
#include <map>
#include <set>

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& queues();

// One item that waits.
struct Waiting {
  std::string queue;
  StreamId item;
  StreamId stream;                       // in whose events it stands, mostly the item itself
  StreamKind kind = StreamKind::unset;   // of that stream
  schema::Priority priority = schema::Priority::unset;
  Micros entered_at = 0, due_at = 0;     // due_at 0: none
  bool expedited = false;
  std::string jurisdiction;

  bool overdue(Micros as_of) const { return due_at != 0 && due_at < as_of; }
};

// Which items are wanted; what is empty matches everything.
struct WaitingFilter {
  std::optional<std::string> queue = {};
  std::set<schema::Priority> priorities = {};
  std::set<StreamKind> kinds = {};              // of the streams that the items stand in
  std::vector<std::string> jurisdictions = {};  // "US" covers "US-TX"
  bool overdue = false;                         // only those past their due time

  bool matches(const Waiting& waiting, Micros as_of) const;
};

// In no order. cells: of queues().
std::vector<Waiting> waiting(const Cells& cells, Micros as_of, const WaitingFilter& filter = {});

// What comes first: by priority, P0 first and those without one last; then by due time, those without one last; then by how long it waits.
// No two items that wait are equal, so a list goes on behind any of them, whatever came or went meanwhile.
struct Urgency {
  std::int32_t priority = 0;
  Micros due_at = 0, entered_at = 0;
  Uuid item, stream;

  friend auto operator<=>(const Urgency&, const Urgency&) = default;
};
Urgency urgency(const Waiting& waiting);

// What waits in one queue, in numbers.
struct QueueLength {
  std::int64_t waiting = 0, overdue = 0;
  Micros oldest_entered_at = 0;  // 0: nothing waits
  std::array<std::int64_t, static_cast<std::size_t>(schema::Priority::MAX) + 1> by_priority{};
};

// Of every queue that something of these waits in, by name.
std::map<std::string, QueueLength> queue_lengths(std::span<const Waiting> items, Micros as_of);

}  // namespace caseledger::projections
