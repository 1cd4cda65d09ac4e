// The log's leaf and the records behind it: their layout byte for byte, and what is refused as either.
#include "ledger/core/entry.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "ledger/core/merkle.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

constexpr std::string_view origin = "ledger.example/tenant-1";

// Written out by another implementation: author seed 60..7f, events "event 0" and "event 1", position 5.
constexpr std::string_view encoded =
    "0100000002000000050000000000000040222018240a0600174553b456dddfc6908ecab1c101fe6ab21e2baa0617795b7d43a63482993fd5"
    "9597a008c399108ddc67f881629dfbda16be63fcb74b42892f749dde08d3364ad81e395c2fdcf1847459a58c5be1af50e959139147c738a6"
    "39de294189fd106ae43b0e824d21d2112201685b4b74568f3b29db28f6017e536ee30b9c82372903";

Entry sample_entry() {
  const Signer author = signer("author", 0x60);
  Entry entry;
  entry.count = 2;
  entry.first_position = {5};
  entry.recorded_at = 1'700'000'000'123'456;
  entry.author = author.vkey().key;
  entry.root = tree_head(leaves_of({"event 0", "event 1"}));
  entry.signature = author.sign(bytes_of(batch_text(origin, entry.count, entry.root)));
  return entry;
}

Errc refusal(Buffer bytes) {
  const auto entry = parse_entry(bytes);
  REQUIRE_FALSE(entry);
  return entry.error().code;
}

}  // namespace

TEST_CASE("an entry is the 152 bytes that the format says, and reads back whole") {
  const Entry entry = sample_entry();
  CHECK(hex(entry.encode()) == encoded);
  CHECK(parse_entry(unhex(encoded)).value() == entry);
  CHECK(entry.end() == Position{7});
}

TEST_CASE("every field of an entry stands at its own offset") {
  Entry entry;
  entry.count = 0x0104;
  entry.first_position = {0x1112131415161718};
  entry.recorded_at = 0x2122232425262728;
  entry.author = counting<32>(0x30);
  entry.root = {counting<32>(0x60)};
  entry.signature = counting<64>(0x90);
  const auto bytes = entry.encode();
  static_assert(bytes.size() == 152);
  const auto at = [&](std::size_t offset, std::size_t length) { return hex(Bytes(bytes).subspan(offset, length)); };
  CHECK(at(0, 4) == "01000000");
  CHECK(at(4, 4) == "04010000");
  CHECK(at(8, 8) == "1817161514131211");
  CHECK(at(16, 8) == "2827262524232221");
  CHECK(at(24, 32) == hex(counting<32>(0x30)));
  CHECK(at(56, 32) == hex(counting<32>(0x60)));
  CHECK(at(88, 64) == hex(counting<64>(0x90)));
  CHECK(parse_entry(bytes).value() == entry);
}

TEST_CASE("any bit changed in an entry's bytes changes the entry or refuses it") {
  const Buffer bytes = unhex(encoded);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    Buffer flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    if (const auto entry = parse_entry(flipped)) {
      REQUIRE(equal(entry->encode(), flipped));
      REQUIRE(*entry != sample_entry());
    } else {
      REQUIRE(bit < 64);  // format and count
    }
  }
}

TEST_CASE("an entry of another size, format or count is refused") {
  const Buffer good = unhex(encoded);
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, std::size_t{151}, std::size_t{153}, std::size_t{304}}) {
    Buffer bytes = good;
    bytes.resize(size);
    CHECK(refusal(bytes) == Errc::malformed);
  }
  const auto with = [&](std::size_t offset, std::uint32_t value) {
    Buffer bytes = good;
    store_le(bytes.data() + offset, value);
    return bytes;
  };
  for (const std::uint32_t format : {0u, 2u, 0x01000000u}) CHECK(refusal(with(0, format)) == Errc::malformed);
  for (const std::uint32_t count : {0u, 1025u, 0x80000001u, 0xffffffffu}) CHECK(refusal(with(4, count)) == Errc::malformed);
  for (const std::uint32_t count : {1u, 1024u}) CHECK(parse_entry(with(4, count))->count == count);
}

TEST_CASE("an author signs origin, count and root as three lines") {
  CHECK(batch_text(origin, 2, empty_root()) == "ledger.example/tenant-1/batch\n2\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST_CASE("an author's signature holds for its own origin, count, root and key, and says nothing of place or time") {
  const Entry entry = sample_entry();
  CHECK(verify_author(entry, origin));
  CHECK_FALSE(verify_author(entry, "ledger.example/tenant-2"));
  CHECK_FALSE(verify_author(entry, ""));
  Entry other = entry;
  other.count = 1;
  CHECK_FALSE(verify_author(other, origin));
  other = entry;
  other.root.bytes[31] ^= 1;
  CHECK_FALSE(verify_author(other, origin));
  other = entry;
  other.author = signer("author", 0x61).vkey().key;
  CHECK_FALSE(verify_author(other, origin));
  other = entry;
  other.signature[0] ^= 1;
  CHECK_FALSE(verify_author(other, origin));
  other = entry;
  other.first_position = {6};
  other.recorded_at = 0;
  CHECK(verify_author(other, origin));
}

TEST_CASE("a record's items are kind, length and bytes, and give the batch's root") {
  Buffer items;
  append_item(items, ItemKind::event, bytes_of("event 0"));
  append_item(items, ItemKind::leaf, leaf_hash(bytes_of("event 1")).bytes);
  CHECK(hex(items) ==
        "00070000006576656e742030"
        "0120000000189a944dd1bd99ed6685a75670d57a64591e901d32714d6f6c58e55d8a9edb46");
  const auto parsed = parse_items(items, 2);
  REQUIRE(parsed);
  CHECK((*parsed)[0].kind == ItemKind::event);
  CHECK(text_of((*parsed)[0].bytes) == "event 0");
  CHECK((*parsed)[1].kind == ItemKind::leaf);
  CHECK(items_root(*parsed) == sample_entry().root);  // withheld or not, the root is the same

  Buffer both;
  append_item(both, ItemKind::event, bytes_of("event 0"));
  append_item(both, ItemKind::event, bytes_of("event 1"));
  CHECK(items_root(parse_items(both, 2).value()) == sample_entry().root);
}

TEST_CASE("a record with another number of items, an unknown kind or a wrong length is refused") {
  Buffer items;
  append_item(items, ItemKind::event, bytes_of("event 0"));
  append_item(items, ItemKind::leaf, counting<32>(0));
  REQUIRE(parse_items(items, 2));
  CHECK(parse_items(items, 1).error().code == Errc::malformed);
  CHECK(parse_items(items, 3).error().code == Errc::malformed);
  CHECK(parse_items(items, 0).error().code == Errc::malformed);
  CHECK(parse_items({}, 0)->empty());
  for (std::size_t size = 0; size < items.size(); ++size) {
    const Buffer cut(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(parse_items(cut, 2));
  }
  const auto refused = [](std::string_view text, std::uint32_t count) { return !parse_items(unhex(text), count); };
  CHECK_FALSE(refused("0000000000", 1));
  CHECK(refused("0200000000", 1));                         // kind
  CHECK(refused("ff00000000", 1));
  CHECK(refused("0100000000", 1));                         // a leaf of no bytes
  CHECK(refused("011f000000" + std::string(62, '0'), 1));  // of 31
  CHECK(refused("0121000000" + std::string(66, '0'), 1));  // of 33
  CHECK(refused("00ffffffff00", 1));                       // a length beyond the end
  CHECK(refused("000000000000", 1));                       // trailing bytes
}

TEST_CASE("no bytes break the reading of entries and records, and what is read is all that stood there") {
  const auto holds = [](const Buffer& bytes, std::uint32_t count) {
    if (const auto items = parse_items(bytes, count)) {
      Buffer again;
      for (const Item& item : *items) append_item(again, item.kind, item.bytes);
      RC_ASSERT(items->size() == count);
      RC_ASSERT(again == bytes);
      items_root(*items);
    }
  };
  CHECK(rc::check("random bytes", [&](const Buffer& bytes) {
    holds(bytes, *rc::gen::inRange(0u, 1025u));
    if (const auto entry = parse_entry(bytes)) RC_ASSERT(equal(entry->encode(), bytes));
  }));
  CHECK(rc::check("likely bytes", [&] {
    holds(*rc::gen::container<Buffer>(rc::gen::element<std::uint8_t>(0, 0, 0, 0, 0, 0, 1, 2, 32)), *rc::gen::inRange(0u, 8u));
  }));
  CHECK(rc::check("damaged records", [&] {
    Buffer items;
    const auto count = *rc::gen::inRange(1u, 6u);
    for (std::uint32_t i = 0; i < count; ++i)
      *rc::gen::arbitrary<bool>() ? append_item(items, ItemKind::leaf, counting<32>(0))
                                  : append_item(items, ItemKind::event, *rc::gen::arbitrary<Buffer>());
    items[*rc::gen::inRange<std::size_t>(0, items.size())] = *rc::gen::element<std::uint8_t>(0, 1, 2, 5, 32, 255);
    holds(items, count);
  }));
  CHECK(rc::check("entries", [] {
    Buffer bytes = unhex(encoded);
    for (int i = 0; i < 3; ++i) bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    if (const auto entry = parse_entry(bytes)) RC_ASSERT(equal(entry->encode(), bytes));
  }));
}
