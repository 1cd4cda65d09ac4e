#define OPENSSL_SUPPRESS_DEPRECATED  // as in hash.cc
#include "ledger/core/running_hash.h"

#include <openssl/sha.h>

namespace caseledger {

void RunningHash::Free::operator()(SHA256state_st* context) const { delete context; }

RunningHash::RunningHash() : context_(new SHA256_CTX) { SHA256_Init(context_.get()); }

void RunningHash::add(Bytes piece) { SHA256_Update(context_.get(), piece.data(), piece.size()); }

Hash RunningHash::end() {
  Hash out;
  SHA256_Final(out.bytes.data(), context_.get());
  return out;
}

}  // namespace caseledger
