// C2SP signed notes, and the checkpoints written as such.
//
// A note is text ending in a newline, an empty line, and signature lines "— <key name> <base64(key id ‖ signature)>".
// A checkpoint's text is exactly three lines: origin, size, base64(root).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/core/hash.h"
#include "ledger/core/id.h"

namespace caseledger {

enum class KeyType : std::uint8_t { ed25519 = 0x01, cosignature = 0x04 };

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

bool verify_ed25519(const PublicKey& key, Bytes message, const Signature& signature);

// A public key with its name: "<name>+<8 hex digits of the key id>+<base64(type ‖ key)>".
struct Vkey {
  std::string name;
  KeyType type = KeyType::ed25519;
  PublicKey key{};

  std::uint32_t id() const;  // the first four bytes of SHA-256(name ‖ \n ‖ type ‖ key), big-endian
  std::string text() const;
  friend bool operator==(const Vkey&, const Vkey&) = default;
};
Result<Vkey> parse_vkey(std::string_view text);
bool is_key_name(std::string_view name);  // UTF-8, not empty, no space, no '+'

// A private key: a seed of 32 bytes in locked memory, wiped when it goes.
class Signer {
 public:
  static Signer generate(std::string name);
  static Result<Signer> from_seed(std::string name, Bytes seed, KeyType type = KeyType::ed25519);
  static Result<Signer> parse(std::string_view text);  // "PRIVATE+KEY+<name>+<key id>+<base64(type ‖ seed)>"
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  const Vkey& vkey() const { return vkey_; }
  Signature sign(Bytes message) const;
  std::string private_text() const;  // holds the secret
  Hash derive(std::string_view use) const;  // another secret of the key's keeper, for this use alone

 private:
  Signer(Vkey vkey, std::uint8_t* secret) : vkey_(std::move(vkey)), secret_(secret) {}
  Vkey vkey_;
  std::uint8_t* secret_;  // 64 bytes, sodium_malloc
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id;
  Buffer blob;  // behind the key id

  std::string line() const;
};

struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;
};
Result<Note> parse_note(std::string_view whole);  // at most 64 KiB, 64 signatures
NoteSignature sign_note(std::string_view text, const Signer& signer);
// Cosignature (0x04): over "cosignature/v1\ntime <seconds>\n" ‖ text.
NoteSignature cosign_note(std::string_view text, const Signer& witness, std::uint64_t unix_seconds);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root = {};

  std::string text() const;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};
Result<Checkpoint> parse_checkpoint_text(std::string_view text);

// A checkpoint with everything known to have signed it.
struct SignedCheckpoint {
  Checkpoint checkpoint;
  struct Cosignature {
    std::string witness;
    std::uint64_t unix_seconds;
  };
  std::vector<Cosignature> cosignatures;  // verified, of the witnesses asked for, each once
};

// Opens a checkpoint note: the log's signature has to be there and hold; so does each signature by a witness asked for.
// Signatures of unknown keys are ignored.
Result<SignedCheckpoint> open_checkpoint(std::string_view note, const Vkey& log, std::span<const Vkey> witnesses = {});

std::string sign_checkpoint(const Checkpoint& checkpoint, const Signer& log);

}  // namespace caseledger
