#include "ledger/log_signers.h"

namespace caseledger {

const Vkey* log_key_at(std::span<const rules::Authority::LogKey> keys, std::uint64_t size) {
  const Vkey* found = nullptr;
  for (const auto& each : keys)
    if (each.from_size <= size) found = &each.vkey;
  return found;
}

Result<SignedCheckpoint> open_checkpoint(std::string_view note, std::span<const rules::Authority::LogKey> keys, std::span<const Vkey> witnesses) {
  TRY_AS(parsed, parse_note(note));
  TRY_AS(claimed, parse_checkpoint_text(parsed.text));
  const Vkey* key = log_key_at(keys, claimed.size);
  if (!key) return fail(Errc::verification_failed, "no key is known that signs the log at size " + std::to_string(claimed.size));
  auto opened = open_checkpoint(note, *key, witnesses);
  if (opened || keys.size() == 1) return opened;
  for (const auto& each : keys)
    if (each.vkey != *key && open_checkpoint(note, each.vkey))
      return fail(Errc::verification_failed, "the checkpoint of size " + std::to_string(claimed.size) + " is signed by " + each.vkey.text() + " alone; at that size it takes " + key->text());
  return opened;
}

LogSigners::LogSigners(Signer given, FindLogKey find) : given_(given.vkey()), find_(std::move(find)) { held_.emplace(given_.key, std::move(given)); }

Result<const Signer*> LogSigners::of(const Vkey& key) {
  if (const auto held = held_.find(key.key); held != held_.end()) return &held->second;
  auto found = find_ ? find_(key) : fail(Errc::not_found, "no keys are kept beside the first");
  if (!found) return fail(found.error().code, "the ledger does not hold the log key " + key.text() + ": " + found.error().sentence);
  if (found->vkey() != key) return fail(Errc::wrong_origin, "wanted the log key " + key.text() + ", found " + found->vkey().text());
  return &held_.emplace(key.key, std::move(*found)).first->second;
}

Result<const Signer*> LogSigners::at(const rules::Authority& authority, std::uint64_t size) {
  const Vkey* key = log_key_at(authority.log_keys(), size);
  return of(key ? *key : given_);
}

}  // namespace caseledger
