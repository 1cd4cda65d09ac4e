// Writes what the sequencer changed into the folds: heads in sorted runs, full tiles, skips, shares. Rids the log's files of what was
// excised.
//
// A thread of its own, behind the commits. What a crash loses is folded again from the log at the next start.
#pragma once

#include <condition_variable>
#include <thread>

#include "ledger/sequencer.h"

namespace caseledger {

class Keeper {
 public:
  Keeper(store::Log& log, store::Folds& folds, store::Tiles& tiles, store::Shares& shares, const Config& config);
  ~Keeper();  // writes what it has

  // Takes over what a commit changed; waits while too much is waiting to be written.
  void moved(Moved moved);

  // The first error, after which nothing more is written: the folds stay behind, the log goes on.
  std::optional<Error> failure() const;

 private:
  bool something_is_due() const;                                           // mutex_ is held
  void run();
  Result<void> purge();
  Result<void> write_small();                                              // tiles, skips and shares: all that wait
  Result<void> write_small(const std::vector<store::Share>& shares);
  Result<void> write_heads(std::vector<store::Heads::Row> rows, EntryIndex size);

  store::Log& log_;
  store::Folds& folds_;
  store::Tiles& tiles_;
  store::Shares& shares_;
  const Config& config_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<store::Heads::Row> heads_;
  std::vector<Moved::Skip> skips_;
  std::vector<Position> excised_;
  std::chrono::steady_clock::time_point purge_again_;
  EntryIndex size_;
  bool stopping_ = false;
  std::optional<Error> failure_;
  std::thread thread_;
};

}  // namespace caseledger
