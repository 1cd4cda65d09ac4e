// The log's leaf: 152 bytes, little-endian, hashed verbatim. Holds no case data.
#pragma once

#include "ledger/core/note.h"

namespace caseledger {

inline constexpr std::size_t entry_bytes = 152;
inline constexpr std::uint32_t events_per_batch_max = 1024;

struct Entry {
  std::uint32_t count = 0;  // events, 1..1024
  Position first_position;
  Micros recorded_at = 0;   // the sequencer's clock, never decreasing
  PublicKey author{};
  Hash root;                // of the batch
  Signature signature{};    // by the author, over batch_text(origin, count, root)

  std::array<std::uint8_t, entry_bytes> encode() const;
  Position end() const { return first_position + count; }
  friend bool operator==(const Entry&, const Entry&) = default;
};

// Refuses another format than 1 and a count outside 1..1024.
Result<Entry> parse_entry(Bytes bytes);

// What an author signs: "<origin>/batch\n<count>\n<base64(root)>\n".
std::string batch_text(std::string_view origin, std::uint32_t count, const Hash& root);
bool verify_author(const Entry& entry, std::string_view origin);

// The record of a batch as bundles carry it: entry ‖ count × item, item = kind ‖ u32le length ‖ bytes.
enum class ItemKind : std::uint8_t { event = 0, leaf = 1 };

struct Item {
  ItemKind kind;
  Bytes bytes;  // the event, or its leaf hash where it is withheld or excised

  Hash leaf() const;
};

void append_item(Buffer& items, ItemKind kind, Bytes bytes);
Result<std::vector<Item>> parse_items(Bytes items, std::uint32_t count);

// The batch root over the items; has to equal the entry's.
Hash items_root(const std::vector<Item>& items);

}  // namespace caseledger
