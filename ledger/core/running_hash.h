// SHA-256 over bytes that come piece by piece, for what is too much to hold at once.
#pragma once

#include <memory>

#include "ledger/core/hash.h"

struct SHA256state_st;

namespace caseledger {

class RunningHash {
 public:
  RunningHash();
  void add(Bytes piece);
  Hash end();  // of all pieces; once

 private:
  struct Free {
    void operator()(SHA256state_st* context) const;
  };
  std::unique_ptr<SHA256state_st, Free> context_;
};

}  // namespace caseledger
