// A load of signed single-event batches over many sessions, from one thread: as fast as the answers come, or at a rate.
//
// At a rate it is open-loop: sends fall due by a Poisson process whatever the server does, and latency counts from when a
// send was due, so that a stalled server cannot hide the requests it kept waiting.
#pragma once

#include <functional>

#include "ledger/core/id.h"
#include "ledger/core/note.h"

namespace caseledger::api::bench {

struct LoadPlan {
  std::uint16_t port = 0;
  std::string origin;
  unsigned connections = 64;
  unsigned in_flight = 32;          // of each connection, when saturating
  double rate = 0;                  // sends a second over all connections; 0: saturate
  double seconds = 8;
  double warm_up_seconds = 1;       // not counted
};

struct LoadResult {
  std::uint64_t answered = 0;       // while counted
  double seconds = 0, cpu_seconds = 0;  // of the whole process meanwhile
  std::vector<std::int64_t> latencies_us;
  std::uint64_t refused = 0;
  std::vector<std::pair<Position, double>> due;  // where each was recorded, and when its send fell due
};

// batches are used once each, in order; the run ends early when they do. Blocks.
LoadResult run_load(const LoadPlan& plan, const Signer& author, const std::vector<Buffer>& batches, const std::function<void()>& counting_begins = [] {});

}  // namespace caseledger::api::bench
