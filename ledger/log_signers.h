// The private keys that sign the log, each for the sizes that governance gives it.
//
// Genesis names the first. A rotation is admitted only where the ledger holds its key, so that the first checkpoint of its size, and every
// start after it, can be signed.
#pragma once

#include <functional>
#include <map>

#include "ledger/rules/authority.h"

namespace caseledger {

// Where the ledger finds the key that a rotation names. Errors: not_found, and what reading it fails with.
using FindLogKey = std::function<Result<Signer>(const Vkey&)>;

// The key that signs a checkpoint of this size; nothing before genesis.
const Vkey* log_key_at(std::span<const rules::Authority::LogKey> keys, std::uint64_t size);

// A checkpoint of a log that may have had several keys: that of its size has to have signed it. Errors: those of open_checkpoint.
Result<SignedCheckpoint> open_checkpoint(std::string_view note, std::span<const rules::Authority::LogKey> keys, std::span<const Vkey> witnesses = {});

class LogSigners {
 public:
  LogSigners(Signer given, FindLogKey find);

  const Vkey& given() const { return given_; }
  Result<const Signer*> of(const Vkey& key);
  // Of a checkpoint of this size.
  Result<const Signer*> at(const rules::Authority& authority, std::uint64_t size);

 private:
  const Vkey given_;
  const FindLogKey find_;
  std::map<PublicKey, Signer> held_;
};

}  // namespace caseledger
