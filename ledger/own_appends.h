// Appends of the ledger's own: signed by its service key, one event a batch, each awaited.
#pragma once

#include <map>

#include "ledger/ledger.h"

namespace caseledger {

class OwnAppends {
 public:
  static constexpr std::uint64_t session = ~std::uint64_t{0};  // of its tickets

  // Every outcome of the ledger, from its sink.
  void answered(const Outcome& outcome);

  // Returns once the event is recorded. Errors: those of admission, and io when no answer came in time.
  std::expected<Recorded, Rejection> append(Ledger& ledger, const Signer& service, Bytes event);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t requests_ = 0;
  std::map<std::uint64_t, std::optional<std::expected<Recorded, Rejection>>> waiting_;
};

}  // namespace caseledger
