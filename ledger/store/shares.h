// Which organisations may read a stream beside the one that opened it: what its AccessGranted events and the referrals of it name.
//
// add() belongs to the sequencer, waiting() and written() to whoever writes behind the commits; any thread reads, and sees both together.
#pragma once

#include <mutex>

#include "ledger/store/folds.h"

namespace caseledger::store {

// The shares that an event brings. A referral is itself shared with its recipient, as is the item it is of.
std::vector<Share> shares_of(const EventView& event, Position position);

class Shares {
 public:
  explicit Shares(const Folds& folds) : folds_(folds) {}

  void add(const std::vector<Share>& shares);
  std::vector<Share> waiting() const;
  void written(std::size_t count);  // the first so many of those waiting

  // Errors: io.
  Result<std::vector<Share>> of(const StreamId& stream) const;

 private:
  const Folds& folds_;
  mutable std::mutex mutex_;
  std::vector<Share> waiting_;
};

}  // namespace caseledger::store
