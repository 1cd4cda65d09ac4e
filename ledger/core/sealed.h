// Sealed parts: personal data stays out of the tree; the signed event holds only a commitment to it.
#pragma once

#include "ledger/core/hash.h"
#include "ledger/core/id.h"

namespace caseledger {

inline constexpr std::size_t part_bytes_max = 16 * 1024;
inline constexpr std::size_t parts_per_event_max = 16;

// Opens one part of one event of a batch.
struct Opening {
  std::uint16_t event = 0;  // index in the batch
  std::uint16_t part = 0;
  std::array<std::uint8_t, 32> salt{};
  std::string plaintext;    // a JSON object of the part's named fields
};

// SHA-256("caseledger/part/v1\0" ‖ salt ‖ u32le length ‖ plaintext)
Hash part_commitment(const std::array<std::uint8_t, 32>& salt, std::string_view plaintext);

struct PartPlace {
  StreamId stream;
  Version version = 0;
  std::uint16_t part = 0;
  friend auto operator<=>(const PartPlace&, const PartPlace&) = default;
};

// The key of everything about a subject, and that of one part, which follows from it and from which it does not follow.
using SubjectKey = std::array<std::uint8_t, 32>;
struct PartKey {
  std::array<std::uint8_t, 32> bytes{};
  friend bool operator==(const PartKey&, const PartKey&) = default;
};
PartKey part_key(const SubjectKey& subject, const PartPlace& place);

// nonce ‖ XChaCha20-Poly1305 under the part's key, as "Sealed parts" in docs/formats.md lays out; padded to a power of two.
Buffer seal_part(const PartKey& key, std::string_view origin, const PartPlace& place, const Hash& commitment, const Opening& opening);

// The opening back from its ciphertext; malformed when key, place or commitment are others.
Result<Opening> unseal_part(const PartKey& key, std::string_view origin, const PartPlace& place, const Hash& commitment, Bytes sealed);

}  // namespace caseledger
