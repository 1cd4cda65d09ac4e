// SHA-256, by OpenSSL: with the processor's SHA instructions it is seven times as fast as the portable code in libsodium.
#pragma once

#include "ledger/core/bytes.h"

namespace caseledger {

struct Hash {
  std::array<std::uint8_t, 32> bytes{};

  friend auto operator<=>(const Hash&, const Hash&) = default;
};

Hash sha256(Bytes data);

// RFC 6962 §2.1: a leaf is hashed behind a 0x00, two nodes behind a 0x01.
Hash leaf_hash(Bytes entry);
Hash node_hash(const Hash& left, const Hash& right);

}  // namespace caseledger
