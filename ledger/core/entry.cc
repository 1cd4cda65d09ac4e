#include "ledger/core/entry.h"

#include "ledger/core/merkle.h"

namespace caseledger {

std::array<std::uint8_t, entry_bytes> Entry::encode() const {
  std::array<std::uint8_t, entry_bytes> out;
  store_le<std::uint32_t>(&out[0], 1);
  store_le(&out[4], count);
  store_le(&out[8], first_position.value);
  store_le(&out[16], recorded_at);
  std::memcpy(&out[24], author.data(), 32);
  std::memcpy(&out[56], root.bytes.data(), 32);
  std::memcpy(&out[88], signature.data(), 64);
  return out;
}

Result<Entry> parse_entry(Bytes bytes) {
  if (bytes.size() != entry_bytes) return fail(Errc::malformed, "an entry has 152 bytes, found " + std::to_string(bytes.size()));
  const std::uint8_t* at = bytes.data();
  if (const auto format = load_le<std::uint32_t>(at); format != 1)
    return fail(Errc::malformed, "an entry of format " + std::to_string(format) + "; only 1 is known");
  Entry entry;
  entry.count = load_le<std::uint32_t>(at + 4);
  if (entry.count < 1 || entry.count > events_per_batch_max)
    return fail(Errc::malformed, "an entry counts 1 to 1,024 events, found " + std::to_string(entry.count));
  entry.first_position = {load_le<std::uint64_t>(at + 8)};
  entry.recorded_at = load_le<Micros>(at + 16);
  std::memcpy(entry.author.data(), at + 24, 32);
  std::memcpy(entry.root.bytes.data(), at + 56, 32);
  std::memcpy(entry.signature.data(), at + 88, 64);
  return entry;
}

std::string batch_text(std::string_view origin, std::uint32_t count, const Hash& root) {
  std::string text(origin);
  text += "/batch\n";
  text += std::to_string(count);
  text += '\n';
  text += base64(root.bytes);
  text += '\n';
  return text;
}

bool verify_author(const Entry& entry, std::string_view origin) {
  return verify_ed25519(entry.author, bytes_of(batch_text(origin, entry.count, entry.root)), entry.signature);
}

Hash Item::leaf() const {
  if (kind == ItemKind::event) return leaf_hash(bytes);
  Hash hash;
  std::memcpy(hash.bytes.data(), bytes.data(), 32);
  return hash;
}

void append_item(Buffer& items, ItemKind kind, Bytes bytes) {
  items.push_back(static_cast<std::uint8_t>(kind));
  append_le(items, static_cast<std::uint32_t>(bytes.size()));
  append(items, bytes);
}

Result<std::vector<Item>> parse_items(Bytes items, std::uint32_t count) {
  std::vector<Item> found;
  found.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (items.size() < 5) return fail(Errc::malformed, "a record ends before its item " + std::to_string(i) + " of " + std::to_string(count));
    const std::uint8_t kind = items[0];
    const std::size_t length = load_le<std::uint32_t>(items.data() + 1);
    if (kind > 1 || (kind == 1 && length != 32)) return fail(Errc::malformed, "item " + std::to_string(i) + " of a record is of no known kind");
    if (items.size() - 5 < length) return fail(Errc::malformed, "a record ends inside its item " + std::to_string(i));
    found.push_back({static_cast<ItemKind>(kind), items.subspan(5, length)});
    items = items.subspan(5 + length);
  }
  if (!items.empty()) return fail(Errc::malformed, "a record has bytes behind its last item");
  return found;
}

Hash items_root(const std::vector<Item>& items) {
  Hashes leaves;
  leaves.reserve(items.size());
  for (const Item& item : items) leaves.push_back(item.leaf());
  return tree_head(leaves);
}

}  // namespace caseledger
