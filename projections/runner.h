// Keeps every projection of the catalogue at the head of the log.
//
// A thread of its own follows the log at the projections' cursors; catching up after a start and following live are one
// path. Rows and cursor are written together, so a crash costs a refold of what was not yet written.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "ledger/ledger.h"
#include "projections/fold.h"

namespace caseledger::projections {

// All projections of the catalogue over one log.
class Folds {
 public:
  Folds();

  // One more event, of a stream in which nothing was amended.
  void apply(const Fact& fact);
  // One more recorded event. A decision that changes what earlier ones say refolds its stream, and nothing else.
  Result<void> take(const store::Log& log, const Fact& fact);
  void merge(Folds&& other);
  std::vector<Fold>& all() { return folds_; }
  const std::vector<Fold>& all() const { return folds_; }
  const Fold& of(const Projection& projection) const;  // one of the catalogue

  // Figures of every projection, or those whose id is wanted or begins with "<wanted>.".
  std::vector<Figure> figures(const FigureQuery& query, std::span<const std::string> wanted = {}) const;

 private:
  std::vector<Fold> folds_;
  std::array<std::vector<std::uint8_t>, body_numbers> wanting_;  // which folds want an event type
};

// The state of all folds at a size of the log, from the log alone. heads may be null.
// The streams are divided among the threads; each reads the whole log.
Result<Folds> rebuild(const store::Log& log, std::uint64_t size, unsigned threads, store::Heads* heads = nullptr,
                      const std::function<void(std::uint64_t events)>& progress = {});

class Runner {
 public:
  // Loads the written rows and starts to follow. Errors: io, verification_failed (damaged rows: rebuild them).
  static Result<std::unique_ptr<Runner>> open(Ledger& ledger);
  ~Runner();

  // What has been folded: entries.
  EntryIndex cursor() const { return {cursor_.load()}; }
  // Waits until so many are, a time has passed or the projections have stopped. True: they are.
  bool wait_for(EntryIndex size, std::chrono::milliseconds at_most = std::chrono::hours(24)) const;

  // Reads under a lock that keeps the folder out for the while.
  template <class Read>
  auto read(Read read) const {
    const std::lock_guard lock(mutex_);
    return read(folds_, EntryIndex{cursor_.load()}, as_of_);
  }

  std::optional<Error> failure() const;

 private:
  explicit Runner(Ledger& ledger) : ledger_(ledger) {}
  Result<void> load();
  void run();
  Result<void> follow(std::uint64_t size);
  Result<void> write();

  Ledger& ledger_;
  mutable std::mutex mutex_;
  Folds folds_;
  Micros as_of_ = 0;  // recorded_at of the last entry folded
  std::atomic<std::uint64_t> cursor_ = 0;
  std::uint64_t written_ = 0;
  mutable std::mutex failure_mutex_;  // of its own: a long read keeps nobody from knowing
  std::optional<Error> failure_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace caseledger::projections
