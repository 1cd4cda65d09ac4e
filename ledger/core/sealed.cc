#include "ledger/core/sealed.h"

#include <algorithm>
#include <sodium.h>

namespace caseledger {

namespace {
constexpr std::string_view commitment_label{"caseledger/part/v1\0", 19};
constexpr std::string_view key_label = "caseledger/part-key/v1";
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

void append_place(Buffer& to, const PartPlace& place) {
  append(to, place.stream.bytes);
  append_le(to, place.version);
  append_le(to, place.part);
}

Buffer associated(std::string_view origin, const PartPlace& place, const Hash& commitment) {
  Buffer data;
  append(data, bytes_of(origin));
  append_place(data, place);
  append(data, commitment.bytes);
  return data;
}
}  // namespace

PartKey part_key(const SubjectKey& subject, const PartPlace& place) {
  Buffer input;
  append(input, bytes_of(key_label));
  append_place(input, place);
  PartKey key;
  crypto_generichash(key.bytes.data(), key.bytes.size(), input.data(), input.size(), subject.data(), subject.size());
  return key;
}

Hash part_commitment(const std::array<std::uint8_t, 32>& salt, std::string_view plaintext) {
  Buffer input;
  input.reserve(commitment_label.size() + 36 + plaintext.size());
  append(input, bytes_of(commitment_label));
  append(input, salt);
  append_le(input, static_cast<std::uint32_t>(plaintext.size()));
  append(input, bytes_of(plaintext));
  const Hash hash = sha256(input);
  sodium_memzero(input.data(), input.size());
  return hash;
}

Buffer seal_part(const PartKey& key, std::string_view origin, const PartPlace& place, const Hash& commitment, const Opening& opening) {
  Buffer plain;
  const std::size_t used = 32 + 4 + opening.plaintext.size();
  plain.reserve(std::bit_ceil(std::max<std::size_t>(256, used)));
  append(plain, opening.salt);
  append_le(plain, static_cast<std::uint32_t>(opening.plaintext.size()));
  append(plain, bytes_of(opening.plaintext));
  plain.resize(std::bit_ceil(std::max<std::size_t>(256, used)));

  const Buffer aad = associated(origin, place, commitment);
  Buffer sealed(nonce_bytes + plain.size() + tag_bytes);
  randombytes_buf(sealed.data(), nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + nonce_bytes, nullptr, plain.data(), plain.size(), aad.data(), aad.size(),
                                             nullptr, sealed.data(), key.bytes.data());
  sodium_memzero(plain.data(), plain.size());
  return sealed;
}

Result<Opening> unseal_part(const PartKey& key, std::string_view origin, const PartPlace& place, const Hash& commitment, Bytes sealed) {
  const auto bad = [](const char* why) { return fail(Errc::malformed, std::string("the sealed part does not open: ") + why); };
  if (sealed.size() < nonce_bytes + 256 + tag_bytes) return bad("it is too short");
  Buffer plain(sealed.size() - nonce_bytes - tag_bytes);
  const Buffer aad = associated(origin, place, commitment);
  const bool opens = crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, sealed.data() + nonce_bytes,
                                                                sealed.size() - nonce_bytes, aad.data(), aad.size(), sealed.data(),
                                                                key.bytes.data()) == 0;
  if (!opens) return bad("key, place or commitment are not those it was sealed with");
  Opening opening;
  opening.part = place.part;
  std::memcpy(opening.salt.data(), plain.data(), 32);
  const std::size_t length = load_le<std::uint32_t>(plain.data() + 32);
  if (length > plain.size() - 36) return bad("its length is wrong");
  opening.plaintext.assign(reinterpret_cast<const char*>(plain.data()) + 36, length);
  sodium_memzero(plain.data(), plain.size());
  if (part_commitment(opening.salt, opening.plaintext) != commitment) return bad("it is not what was committed to");
  return opening;
}

}  // namespace caseledger
