// Sealed parts: what opens them, what does not, and how long they are.
#include "ledger/core/sealed.h"

#include <sodium.h>

#include <catch2/catch.hpp>
#include <set>

#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

constexpr std::string_view origin = "ledger.example/tenant-1";
const SubjectKey key = counting<32>(0x00);

PartPlace place() { return {parse_uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").value(), 3, 1}; }

Opening opening_of(std::string plaintext) { return {0, 1, counting<32>(0x40), std::move(plaintext)}; }

// Sealed by another implementation with the nonce 80..97: salt 40..5f, plaintext {"name":"A. Example"}.
constexpr std::string_view known_plaintext = R"({"name":"A. Example"})";
constexpr std::string_view known_commitment = "bcfb381061c50a34d1fbc8d00d225259045591fca40bffd62d53d6a4cd00bcd2";
constexpr std::string_view known_sealed =
    "808182838485868788898a8b8c8d8e8f90919293949596977dd970505a181cdea6c24ddaf2afc48e5cb7f32452e7948073dab026de9d08c9"
    "aed6bbd0017245ef7370ce6a40b94667d83d998a36113beb3e96f43fe576335121cb9adc24892fb469583b98aae22153c27857a25b2cb35b"
    "fc0e23ef59a9a254de2ad08c6a8166897ddd8879dca857794751efe8f680eaaae257db43492720186459bbcc6fcfb2029f50aa3f3ab2860a"
    "8e0f934ad19b00896c8928ae9300723560465ff10342d32a2d43b7a0ed7dec491d1bca7ac989a838508311cee0d9c48846d7865ff18ccbd5"
    "daf6d140cd75ac86d2de452f6a8120a4af326db8198ed675d9fb824b13f09b094d3888c4bfe43e90fd9da64b8cfc43bf35762e0e90c65b48"
    "415913663c414d3762bb67ad4be5cee4";

// Seals any bytes under the right part key, as only the holder of the subject's key could: for what the seal alone does not catch.
Buffer seal_raw(const Buffer& plain, const Hash& commitment) {
  Buffer input, aad, part_key(32), sealed(24 + plain.size() + 16);
  append(input, bytes_of("caseledger/part-key/v1"));
  append(aad, bytes_of(origin));
  for (Buffer* each : {&input, &aad}) {
    append(*each, place().stream.bytes);
    append_le<std::uint32_t>(*each, 3);
    append_le<std::uint16_t>(*each, 1);
  }
  append(aad, commitment.bytes);
  crypto_generichash(part_key.data(), 32, input.data(), input.size(), key.data(), 32);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + 24, nullptr, plain.data(), plain.size(), aad.data(), aad.size(), nullptr,
                                             sealed.data(), part_key.data());
  return sealed;
}

}  // namespace

TEST_CASE("a commitment is SHA-256 of label, salt, length and plaintext") {
  CHECK(hex(part_commitment(counting<32>(0x40), known_plaintext).bytes) == known_commitment);
  Buffer input;
  append(input, bytes_of(std::string_view("caseledger/part/v1\0", 19)));
  append(input, counting<32>(0x40));
  append_le<std::uint32_t>(input, 21);
  append(input, bytes_of(known_plaintext));
  CHECK(part_commitment(counting<32>(0x40), known_plaintext) == sha256(input));
  CHECK(part_commitment(counting<32>(0x41), known_plaintext) != sha256(input));
}

TEST_CASE("a part sealed by another implementation of the format opens") {
  const auto opened = unseal_part(part_key(key, place()), origin, place(), {exactly<32>(from_hex(known_commitment)).value()}, unhex(known_sealed));
  REQUIRE(opened);
  CHECK(opened->plaintext == known_plaintext);
  CHECK(opened->salt == counting<32>(0x40));
  CHECK(opened->part == 1);
}

TEST_CASE("a sealed part opens to what was sealed, and its size tells only the next power of two") {
  // 32 bytes of salt and 4 of length stand before the plaintext, 24 of nonce and 16 of tag around it.
  const std::pair<std::size_t, std::size_t> sizes[] = {
      {0, 256},    {1, 256},    {219, 256},   {220, 256},   {221, 512},       {476, 512},       {477, 1024},
      {988, 1024}, {989, 2048}, {4060, 4096}, {4061, 8192}, {16'348, 16'384}, {16'349, 32'768}, {part_bytes_max, 32'768}};
  for (const auto& [plain, padded] : sizes) {
    INFO(plain);
    const Opening opening = opening_of(std::string(plain, 'x'));
    const Hash commitment = part_commitment(opening.salt, opening.plaintext);
    const Buffer sealed = seal_part(part_key(key, place()), origin, place(), commitment, opening);
    CHECK(sealed.size() == 24 + padded + 16);
    const auto opened = unseal_part(part_key(key, place()), origin, place(), commitment, sealed);
    REQUIRE(opened);
    CHECK(opened->plaintext == opening.plaintext);
    CHECK(opened->salt == opening.salt);
    CHECK(opened->part == place().part);
  }
}

TEST_CASE("the same part sealed again shares no nonce and no ciphertext") {
  const Opening opening = opening_of("x");
  const Hash commitment = part_commitment(opening.salt, opening.plaintext);
  std::set<Buffer> nonces, tails;
  for (int i = 0; i < 50; ++i) {
    const Buffer sealed = seal_part(part_key(key, place()), origin, place(), commitment, opening);
    nonces.insert(Buffer(sealed.begin(), sealed.begin() + 24));
    tails.insert(Buffer(sealed.begin() + 24, sealed.end()));
  }
  CHECK(nonces.size() == 50);
  CHECK(tails.size() == 50);
}

TEST_CASE("a sealed part opens under no other key, origin, stream, version, part or commitment") {
  const Buffer sealed = unhex(known_sealed);
  const Hash commitment = part_commitment(counting<32>(0x40), known_plaintext);
  REQUIRE(unseal_part(part_key(key, place()), origin, place(), commitment, sealed));
  const auto refused = [&](const SubjectKey& by, std::string_view at, const PartPlace& where, const Hash& committed) {
    const auto opened = unseal_part(part_key(by, where), at, where, committed, sealed);
    return !opened && opened.error().code == Errc::malformed;
  };
  SubjectKey other_key = key;
  other_key[31] ^= 1;
  CHECK(refused(other_key, origin, place(), commitment));
  CHECK(refused(key, "ledger.example/tenant-2", place(), commitment));
  CHECK(refused(key, "", place(), commitment));
  PartPlace other = place();
  other.stream.bytes[15] ^= 1;
  CHECK(refused(key, origin, other, commitment));
  other = place();
  other.version = 4;
  CHECK(refused(key, origin, other, commitment));
  other = place();
  other.part = 0;
  CHECK(refused(key, origin, other, commitment));
  Hash other_commitment = commitment;
  other_commitment.bytes[0] ^= 1;
  CHECK(refused(key, origin, place(), other_commitment));
}

TEST_CASE("a sealed part with one bit changed or any byte cut off does not open") {
  const Buffer sealed = unhex(known_sealed);
  const Hash commitment = part_commitment(counting<32>(0x40), known_plaintext);
  for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    Buffer flipped = sealed;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    if (unseal_part(part_key(key, place()), origin, place(), commitment, flipped)) FAIL_CHECK("bit " << bit);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    if (unseal_part(part_key(key, place()), origin, place(), commitment, Bytes(sealed).first(size))) FAIL_CHECK("size " << size);
}

TEST_CASE("what is sealed but lies about its length, or is not what was committed to, does not open") {
  const Hash commitment = part_commitment(counting<32>(0x40), known_plaintext);
  Buffer plain;
  append(plain, counting<32>(0x40));
  append_le<std::uint32_t>(plain, 21);
  append(plain, bytes_of(known_plaintext));
  plain.resize(256);
  REQUIRE(unseal_part(part_key(key, place()), origin, place(), commitment, seal_raw(plain, commitment)));
  const auto refused_with_length = [&](std::uint32_t length) {
    store_le(plain.data() + 32, length);
    const auto opened = unseal_part(part_key(key, place()), origin, place(), commitment, seal_raw(plain, commitment));
    return !opened && opened.error().code == Errc::malformed;
  };
  for (const std::uint32_t length : {0u, 20u, 22u, 220u, 221u, 256u, 0xffffffffu}) {
    INFO(length);
    CHECK(refused_with_length(length));
  }
  CHECK_FALSE(refused_with_length(21));
  plain[36] ^= 1;
  CHECK(refused_with_length(21));
  plain[36] ^= 1;
  plain[0] ^= 1;
  CHECK(refused_with_length(21));
}
