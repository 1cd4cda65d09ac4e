// Which organisations may read a stream beside the one that opened it: what its AccessGranted events and the referrals of it name. And whose
// streams a text about several people is linked from.
//
// add() belongs to the sequencer, waiting() and written() to whoever writes behind the commits; any thread reads, and sees both together.
#pragma once

#include <deque>
#include <mutex>

#include "ledger/store/folds.h"

namespace caseledger::store {

// The shares that an event brings. A referral is itself shared with its recipient, as is the item it is of; a document that is linked, with nobody.
std::vector<Share> shares_of(const EventView& event, Position position);

class Log;

class Shares {
 public:
  explicit Shares(const Folds& folds) : folds_(folds) {}

  static constexpr std::size_t write_max = 16 * 1024;  // at a time

  void add(const std::vector<Share>& shares);
  std::size_t size() const;            // of those that wait to be written
  std::vector<Share> waiting() const;  // the first of them, write_max at most
  void written(std::size_t count);     // the first so many

  // Errors: io.
  Result<std::vector<Share>> of(const StreamId& stream) const;
  // The streams of people that link the document. Errors: io, verification_failed.
  Result<std::vector<StreamId>> linked(const SubjectId& document, const Log& log) const;

 private:
  const Folds& folds_;
  mutable std::mutex mutex_;
  std::deque<Share> waiting_;
};

}  // namespace caseledger::store
