// Appends for the ledger's own key, one event at a time, and waits for what becomes of it.
//
// Its submissions have session 0, which no connection has. answered() is to see every outcome of the ledger.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "ledger/ledger.h"

namespace caseledger::api {

class ServiceAuthor {
 public:
  explicit ServiceAuthor(Signer key) : key_(std::move(key)) {}

  const PublicKey& key() const { return key_.vkey().key; }
  void answered(const Outcome& outcome);  // on the sequencer's thread

  // From one thread. Errors: what the ledger refused it for, overloaded, draining, io (no answer in time).
  Result<void> append(Ledger& ledger, const Buffer& event, std::chrono::milliseconds at_most = std::chrono::seconds(10));

 private:
  const Signer key_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t request_ = 0;
  std::optional<Result<void>> answer_;  // to that request
};

}  // namespace caseledger::api
