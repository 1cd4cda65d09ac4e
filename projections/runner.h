// Keeps every projection of the catalogue at the head of the log.
//
// A thread of its own follows the log from the projections' cursor; catching up after a start and following live are one path, a run of some
// thousand events at a time. Between two runs whoever wants to read has the next turn. Rows and cursor are written together, so a crash costs
// a refold of what was not yet written; rows that an earlier version kept in another form are dropped, and the log is folded again.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "ledger/ledger.h"
#include "projections/fold.h"

namespace caseledger::projections {

// The state of all folds at a size of the log, from the log alone, settled. heads may be null.
// The streams are divided among the threads; each reads the whole log. With a shelf the states rest there in the end; without, all are in memory.
Result<Folds> rebuild(const store::Log& log, std::uint64_t size, unsigned threads, store::Heads* heads = nullptr,
                      const std::function<void(std::uint64_t events)>& progress = {}, Shelf* shelf = nullptr);

class Runner {
 public:
  // Loads the written sums and starts to follow; states are read when their stream moves. Where there are none of this version, long logs are
  // folded anew before it returns, which anew() is told first. Errors: io, verification_failed (damaged rows: rebuild them), which failure() tells
  // of states.
  static Result<std::unique_ptr<Runner>> open(Ledger& ledger, const std::function<void(const Head& head)>& anew = {});
  ~Runner();

  // What has been folded: entries.
  EntryIndex cursor() const { return {cursor_.load()}; }
  // Waits until so many are, a time has passed or the projections have stopped. True: they are.
  bool wait_for(EntryIndex size, std::chrono::milliseconds at_most = std::chrono::hours(24)) const;

  // Reads under a lock that keeps the folder out for the while.
  template <class Read>
  auto read(Read read) const {
    const auto lock = take_turn();
    return read(folds_, EntryIndex{cursor_.load()}, as_of_);
  }

  std::optional<Error> failure() const;

 private:
  explicit Runner(Ledger& ledger);
  Result<void> load(const std::function<void(const Head& head)>& anew);
  Result<void> load_purged();
  void run();
  Result<void> follow(std::uint64_t size);
  Result<void> fold_run(store::Log::Scan& scan, std::uint64_t size);
  Result<void> leave_out_excised(Position from, Position end);  // by what was decided there
  Result<std::vector<store::StoredEvent>> durable_events(const StreamId& stream, Position end) const;
  Result<void> write();
  Result<void> purge();

  // Whoever waits holds the turn, so that nobody else comes first.
  std::unique_lock<std::mutex> take_turn() const {
    const std::lock_guard turn(turn_);
    return std::unique_lock(mutex_);
  }

  Ledger& ledger_;
  mutable std::mutex turn_, mutex_;
  Folds folds_;
  std::unique_ptr<Shelf> shelf_;  // the written rows
  Micros as_of_ = 0;  // recorded_at of the last entry folded
  std::atomic<std::uint64_t> cursor_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t unwritten_events_ = 0;
  Position excised_, purged_;  // behind the last excision that is folded; behind the last of which the written rows' files hold nothing
  mutable std::mutex failure_mutex_;  // of its own: a long read keeps nobody from knowing
  std::optional<Error> failure_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace caseledger::projections
