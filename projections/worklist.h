// What waits in the queues now: the worklists, and T2.backlog.
//
// Only waiting items have cells, one each, so a list costs what waits and not what ever waited.
#pragma once

#include <array>
#include <map>

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

// What waits in one queue, in numbers.
struct QueueLength {
  std::int64_t waiting = 0, overdue = 0;
  Micros oldest_entered_at = 0;  // 0: nothing waits
  std::array<std::int64_t, static_cast<std::size_t>(schema::Priority::MAX) + 1> by_priority{};
};

// Of every queue that something waits in, by name. cells: of queues().
std::map<std::string, QueueLength> queue_lengths(const Cells& cells, Micros as_of);

struct Worklist {
  QueueLength length;
  std::vector<Waiting> first;
};

// The first `limit` items of a queue: by priority, P0 first and those without one last; then by due time, those without one last; then by
// how long they wait.
Worklist list(const Cells& cells, std::string_view queue, Micros as_of, std::size_t limit);

}  // namespace caseledger::projections
