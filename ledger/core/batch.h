// A batch: 1..1024 events under one author's signature, as they travel.
#pragma once

#include "batch_generated.h"
#include "ledger/core/entry.h"
#include "ledger/core/merkle.h"

namespace caseledger {

inline constexpr std::size_t batch_bytes_max = 1024 * 1024;

// The parts of a batch, pointing into its bytes. Nothing is verified yet beyond the shape.
struct BatchParts {
  PublicKey author;
  Signature signature;
  std::vector<Bytes> events;  // each starts on an 8-byte boundary of the batch
};

// Errors: malformed, too_large.
Result<BatchParts> parse_batch(Bytes batch);

// What an author does: signs the head of the tree over the event bytes and packs them.
Buffer sign_batch(const std::vector<Bytes>& events, std::string_view origin, const Signer& author);

}  // namespace caseledger
