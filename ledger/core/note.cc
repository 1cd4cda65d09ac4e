#include "ledger/core/note.h"

#include <algorithm>
#include <sodium.h>
#include <utility>

namespace caseledger {

namespace {
constexpr std::string_view dash = "\u2014 ";
constexpr std::size_t note_bytes_max = 64 * 1024, signatures_max = 64;

std::uint32_t key_id(std::string_view name, KeyType type, const PublicKey& key) {
  Buffer input;
  append(input, bytes_of(name));
  input.push_back('\n');
  input.push_back(static_cast<std::uint8_t>(type));
  append(input, key);
  return load_be<std::uint32_t>(sha256(input).bytes.data());
}

std::string key_text(std::string_view name, std::uint32_t id, KeyType type, Bytes key) {
  Buffer typed{static_cast<std::uint8_t>(type)};
  append(typed, key);
  std::uint8_t id_bytes[4];
  store_be(id_bytes, id);
  return std::string(name) + '+' + hex(id_bytes) + '+' + base64(typed);
}

struct KeyParts {
  std::string name;
  std::uint32_t id;
  KeyType type;
  std::array<std::uint8_t, 32> key;
};

Result<KeyParts> parse_key_text(std::string_view text) {
  const auto bad = [&](const char* why) { return fail(Errc::malformed, std::string("not a key: ") + why); };
  const auto first = text.find('+');
  const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return bad("wanted <name>+<key id>+<base64>");
  KeyParts parts{std::string(text.substr(0, first)), 0, KeyType::ed25519, {}};
  if (!is_key_name(parts.name)) return bad("the name is empty, has a space or is not UTF-8");
  const auto id = exactly<4>(from_hex(text.substr(first + 1, second - first - 1)));
  const auto typed = exactly<33>(from_base64(text.substr(second + 1)));
  if (!id) return bad("the key id is not eight hexadecimal digits");
  if (!typed || ((*typed)[0] != 0x01 && (*typed)[0] != 0x04)) return bad("wanted an Ed25519 key (type 01 or 04)");
  parts.id = load_be<std::uint32_t>(id->data());
  parts.type = static_cast<KeyType>((*typed)[0]);
  std::copy(typed->begin() + 1, typed->end(), parts.key.begin());
  return parts;
}

std::string cosigned_text(std::string_view text, std::uint64_t unix_seconds) {
  return "cosignature/v1\ntime " + std::to_string(unix_seconds) + '\n' + std::string(text);
}
}  // namespace

bool verify_ed25519(const PublicKey& key, Bytes message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

bool is_key_name(std::string_view name) {
  // Every code point beyond ASCII that Unicode calls White_Space.
  constexpr std::string_view spaces[] = {"\xc2\x85", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
                                         "\u2006",   "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
                                         "\u3000"};
  return !name.empty() && is_utf8(name) && std::ranges::none_of(name, [](unsigned char c) { return c <= 0x20 || c == '+' || c == 0x7f; }) &&
         std::ranges::none_of(spaces, [&](std::string_view space) { return name.find(space) != std::string_view::npos; });
}

std::uint32_t Vkey::id() const { return key_id(name, type, key); }
std::string Vkey::text() const { return key_text(name, id(), type, key); }

Result<Vkey> parse_vkey(std::string_view text) {
  TRY_AS(parts, parse_key_text(text));
  Vkey vkey{parts.name, parts.type, parts.key};
  if (vkey.id() != parts.id) return fail(Errc::malformed, "not a key: the key id does not belong to the name and the key");
  return vkey;
}

// ── private keys ──

Result<Signer> Signer::from_seed(std::string name, Bytes seed, KeyType type) {
  if (seed.size() != 32) return fail(Errc::malformed, "a key seed has 32 bytes");
  if (!is_key_name(name)) return fail(Errc::malformed, "a key name is UTF-8, not empty, and has neither space nor '+'");
  Vkey vkey{std::move(name), type, {}};
  ENSURE(sodium_init() >= 0);  // sodium_malloc aborts without; once is enough, more do no harm
  auto* secret = static_cast<std::uint8_t*>(sodium_malloc(crypto_sign_SECRETKEYBYTES));
  ENSURE(secret != nullptr);
  crypto_sign_seed_keypair(vkey.key.data(), secret, seed.data());
  return Signer(std::move(vkey), secret);
}

Signer Signer::generate(std::string name) {
  std::uint8_t seed[32];
  randombytes_buf(seed, sizeof seed);
  auto signer = from_seed(std::move(name), seed);
  sodium_memzero(seed, sizeof seed);
  ENSURE(signer);
  return std::move(*signer);
}

Result<Signer> Signer::parse(std::string_view text) {
  constexpr std::string_view prefix = "PRIVATE+KEY+";
  if (!text.starts_with(prefix)) return fail(Errc::malformed, "not a private key: wanted PRIVATE+KEY+<name>+<key id>+<base64>");
  TRY_AS(parts, parse_key_text(text.substr(prefix.size())));
  auto signer = from_seed(parts.name, parts.key, parts.type);
  sodium_memzero(parts.key.data(), parts.key.size());
  if (signer && signer->vkey().id() != parts.id) return fail(Errc::malformed, "not a private key: the key id does not belong to it");
  return signer;
}

Signer::Signer(Signer&& other) noexcept : vkey_(std::move(other.vkey_)), secret_(std::exchange(other.secret_, nullptr)) {}
Signer& Signer::operator=(Signer&& other) noexcept {
  std::swap(vkey_, other.vkey_);
  std::swap(secret_, other.secret_);
  return *this;
}
Signer::~Signer() { sodium_free(secret_); }

Signature Signer::sign(Bytes message) const {
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret_);
  return signature;
}

Hash Signer::derive(std::string_view use) const {
  Hash out;
  crypto_generichash(out.bytes.data(), out.bytes.size(), reinterpret_cast<const std::uint8_t*>(use.data()), use.size(), secret_, 32);
  return out;
}

std::string Signer::private_text() const { return "PRIVATE+KEY+" + key_text(vkey_.name, vkey_.id(), vkey_.type, {secret_, 32}); }

// ── notes ──

std::string NoteSignature::line() const {
  Buffer raw;
  append_be(raw, key_id);
  append(raw, blob);
  return std::string(dash) + name + ' ' + base64(raw) + '\n';
}

Result<Note> parse_note(std::string_view whole) {
  const auto bad = [](const char* why) { return fail(Errc::malformed, std::string("not a signed note: ") + why); };
  if (whole.size() > note_bytes_max) return fail(Errc::too_large, "a note has at most 65,536 bytes");
  for (unsigned char c : whole)
    if (c < 0x20 && c != '\n') return bad("it holds control characters");
  if (!is_utf8(whole)) return bad("it is not UTF-8");
  const auto blank = whole.rfind("\n\n");
  if (blank == std::string_view::npos) return bad("no empty line before the signatures");
  Note note{std::string(whole.substr(0, blank + 1)), {}};
  std::string_view rest = whole.substr(blank + 2);
  if (rest.empty() || rest.back() != '\n') return bad("it does not end with a signature line");
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (!line.starts_with(dash)) return bad("a signature line does not begin with an em dash");
    line.remove_prefix(dash.size());
    const auto space = line.find(' ');
    if (space == std::string_view::npos || !is_key_name(line.substr(0, space))) return bad("a signature line has no key name");
    auto raw = from_base64(line.substr(space + 1));
    if (!raw || raw->size() < 5) return bad("a signature is not base64");
    if (note.signatures.size() == signatures_max) return fail(Errc::too_large, "a note has at most 64 signatures");
    note.signatures.push_back(
        {std::string(line.substr(0, space)), load_be<std::uint32_t>(raw->data()), Buffer(raw->begin() + 4, raw->end())});
  }
  return note;
}

NoteSignature sign_note(std::string_view text, const Signer& signer) {
  const Signature signature = signer.sign(bytes_of(text));
  return {signer.vkey().name, signer.vkey().id(), Buffer(signature.begin(), signature.end())};
}

NoteSignature cosign_note(std::string_view text, const Signer& witness, std::uint64_t unix_seconds) {
  const Signature signature = witness.sign(bytes_of(cosigned_text(text, unix_seconds)));
  NoteSignature line{witness.vkey().name, witness.vkey().id(), {}};
  append_be(line.blob, unix_seconds);
  append(line.blob, signature);
  return line;
}

// ── checkpoints ──

std::string Checkpoint::text() const { return origin + '\n' + std::to_string(size) + '\n' + base64(root.bytes) + '\n'; }

Result<Checkpoint> parse_checkpoint_text(std::string_view text) {
  const auto bad = [](const char* why) { return fail(Errc::malformed, std::string("not a checkpoint: ") + why); };
  std::string_view lines[3];
  for (auto& line : lines) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || end == 0) return bad("wanted three lines: origin, size, root");
    line = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  if (!text.empty()) return bad("more than three lines");
  const auto size = from_decimal(lines[1]);
  const auto root = exactly<32>(from_base64(lines[2]));
  if (!size) return bad("the size is not a decimal number");
  if (!root) return bad("the root is not base64 of 32 bytes");
  return Checkpoint{std::string(lines[0]), *size, {*root}};
}

Result<SignedCheckpoint> open_checkpoint(std::string_view whole, const Vkey& log, std::span<const Vkey> witnesses) {
  TRY_AS(note, parse_note(whole));
  SignedCheckpoint opened;
  bool by_log = false;
  for (const auto& line : note.signatures) {
    if (line.name == log.name && line.key_id == log.id()) {
      if (line.blob.size() != 64) return fail(Errc::malformed, "the log's signature has not 64 bytes");
      Signature signature;
      std::ranges::copy(line.blob, signature.begin());
      if (!verify_ed25519(log.key, bytes_of(note.text), signature))
        return fail(Errc::verification_failed, "the checkpoint's signature by " + log.name + " does not hold");
      by_log = true;
    }
    for (const Vkey& witness : witnesses) {
      if (line.name != witness.name || line.key_id != witness.id()) continue;
      if (line.blob.size() != 72) return fail(Errc::malformed, "the cosignature by " + witness.name + " has not 72 bytes");
      const auto seconds = load_be<std::uint64_t>(line.blob.data());
      if (seconds >> 63 != 0) return fail(Errc::malformed, "the cosignature by " + witness.name + " has a time beyond 2^63 - 1");
      Signature signature;
      std::copy(line.blob.begin() + 8, line.blob.end(), signature.begin());
      if (!verify_ed25519(witness.key, bytes_of(cosigned_text(note.text, seconds)), signature))
        return fail(Errc::verification_failed, "the cosignature by " + witness.name + " does not hold");
      if (std::ranges::none_of(opened.cosignatures, [&](const auto& each) { return each.witness == witness.name; }))
        opened.cosignatures.push_back({witness.name, seconds});
    }
  }
  if (!by_log) return fail(Errc::verification_failed, "the checkpoint is not signed by " + log.text());
  TRY_AS(checkpoint, parse_checkpoint_text(note.text));
  if (checkpoint.origin != log.name)
    return fail(Errc::wrong_origin, "the checkpoint is of " + checkpoint.origin + ", the key belongs to " + log.name);
  opened.checkpoint = std::move(checkpoint);
  return opened;
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const Signer& log) {
  const std::string text = checkpoint.text();
  return text + '\n' + sign_note(text, log).line();
}

}  // namespace caseledger
