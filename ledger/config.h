// Every limit of the ledger, by name. Defaults are what the tests run at the edge of.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace caseledger {

struct Config {
  // What waits for verification and for the sequencer; past it a submission is answered `overloaded`.
  std::size_t waiting_batches_max = 16 * 1024;
  std::size_t waiting_bytes_max = 64u << 20;
  std::uint32_t overloaded_retry_ms = 250;

  unsigned verify_threads = 2;
  std::size_t verify_handoff_max = 32;     // batches a verifier takes at once

  std::size_t group_batches_max = 1024;    // batches in one commit
  std::size_t group_bytes_max = 8u << 20;

  std::chrono::microseconds clock_tolerance = std::chrono::minutes(5);        // how far ahead occurred_at may lie
  std::chrono::microseconds clock_divergence_max = std::chrono::seconds(10);  // wall clock against boot clock
  std::chrono::microseconds gap_max = std::chrono::hours(24 * 30);            // since the last entry, unless confirmed
  bool gap_confirmed = false;

  std::size_t heads_run_rows = 250'000;    // rows of changed heads collected before a sorted run is written
  std::size_t heads_rows_max = 500'000;  // waiting rows at which the sequencer waits for the folds
};

}  // namespace caseledger
