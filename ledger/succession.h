// How whoever trusts one key of the log learns of the one after it: by the governors' decision, proved under what the trusted key signed.
//
// A rotation's proof is the governance events it rests on, genesis first: what made the governors, what proposed the key, what approved it.
// Each comes with its receipt under a checkpoint by the key that hands over, below the size from which the new one signs.
#pragma once

#include "ledger/core/receipt.h"
#include "ledger/log_signers.h"
#include "ledger/store/log.h"
#include "ledger/store/tiles.h"

namespace caseledger {

struct Succession {
  rules::Authority::LogKey key;
  struct Proven {
    Buffer event;
    std::string receipt;  // .tlog-proof
  };
  std::vector<Proven> events;
};

// Of every key but genesis' own, in order; governance: the stream's last event. Errors: io, verification_failed, not_found.
Result<std::vector<Succession>> successions(const store::Log& log, const store::Tiles& tiles, const rules::Authority& authority, Position last, Version version);

// The log's keys from the trusted one on. Errors: verification_failed and others, where a proof does not hold.
Result<std::vector<rules::Authority::LogKey>> follow_successions(const Vkey& trusted, std::span<const Succession> successions);

}  // namespace caseledger
