// C2SP tlog-tiles: which tiles a tree has, what they are called and what stands in them.
#include <catch2/catch.hpp>
#include <map>

#include "ledger/core/merkle.h"
#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

// Leaf i is the hash of i as u32le.
Hash numbered_leaf(std::uint32_t i) {
  Buffer entry;
  append_le(entry, i);
  return leaf_hash(entry);
}

std::string digest(std::span<const Hash> hashes) {
  Buffer all;
  for (const Hash& hash : hashes) append(all, hash.bytes);
  return hex(sha256(all).bytes);
}

// What a log keeps: full tiles as trim() gives them, and the open ones from the edge.
struct TiledLog {
  Edge edge;
  std::map<std::pair<unsigned, std::uint64_t>, Hashes> full;

  void grow_to(std::uint32_t size, std::uint32_t trim_every) {
    while (edge.size() < size) {
      edge.append(numbered_leaf(static_cast<std::uint32_t>(edge.size())));
      if (edge.size() % trim_every == 0) trim();
    }
    trim();
  }
  void trim() {
    for (auto& tile : edge.trim()) {
      REQUIRE(tile.id.width == 256);
      REQUIRE(full.emplace(std::pair{tile.id.level, tile.id.index}, std::move(tile.hashes)).second);
    }
  }
  Hashes tile(unsigned level, std::uint64_t index) const {
    if (const auto found = full.find({level, index}); found != full.end()) return found->second;
    Hashes hashes;
    for (unsigned i = 0; i < tile_width(level, index, edge.size()); ++i) hashes.push_back(edge.node({8 * level, index * 256 + i}).value());
    return hashes;
  }
  ReadNode nodes() const {
    return [this](Node node) -> Result<Hash> { return node_from_tile(node, tile(node.level / 8, node.index >> (8 - node.level % 8))); };
  }
};

}  // namespace

TEST_CASE("tile paths are written in groups of three digits, all but the last behind an x") {
  CHECK(path_number(0) == "000");
  CHECK(path_number(7) == "007");
  CHECK(path_number(999) == "999");
  CHECK(path_number(1000) == "x001/000");
  CHECK(path_number(1'234'067) == "x001/x234/067");
  CHECK(path_number(~std::uint64_t{0}) == "x018/x446/x744/x073/x709/x551/615");
  CHECK(tile_path({0, 1234, 5}) == "tile/0/x001/234.p/5");
  CHECK(tile_path({0, 0, 256}) == "tile/0/000");
  CHECK(tile_path({63, 1, 255}) == "tile/63/001.p/255");
  CHECK(entries_path(1'234'067, 256) == "tile/entries/x001/x234/067");
  CHECK(entries_path(0, 1) == "tile/entries/000.p/1");
}

TEST_CASE("a tile path reads back as it was written") {
  for (const std::uint64_t index : {0ull, 1ull, 999ull, 1000ull, 1'000'000ull, 1'234'067ull, 1ull << 56, 9'999'999'999'999'999'999ull})
    for (const unsigned width : {1u, 112u, 255u, 256u}) {
      const auto entries = parse_entries_path(entries_path(index, width).substr(std::string("tile/entries/").size()));
      REQUIRE(entries);
      CHECK(entries->index == index);
      CHECK(entries->width == width);
      for (const unsigned level : {0u, 1u, 63u}) {
        const TileId tile{level, index, width};
        CHECK(parse_tile_path(tile_path(tile).substr(std::string("tile/").size())).value() == tile);
      }
    }
}

TEST_CASE("a path that no tile is written as is not found") {
  for (const char* rubbish :
       {"", "0", "00", "0000", "01", "1000", "x001", "x001/", "x001/x234", "x001/x234/x067", "001/234", "x000/001", "x0001/234", "X001/234",
        "/000", "000/", "000/000", "x001//234", "..", "../000", "x001/../234", "x001/..", "./000", " 000", "000 ", "+00", "-01", "0x0",
        "000.p", "000.p/", "000.p/0", "000.p/256", "000.p/257", "000.p/01", "000.p/+1", "000.p/-1", "000.p/1/", "000.p/1 ", "000.p/x01",
        "000.p/4294967297", "000.p/18446744073709551617", "000.p/5.p/5", "000.P/5", "000.p5", ".p/5", "000%2ep/5", "x000/x000/000",
        "x018/x446/x744/x073/x709/x551/616", "x999/x999/x999/x999/x999/x999/999", "x001/x001/x001/x001/x001/x001/x001/001"}) {
    INFO(rubbish);
    const auto entries = parse_entries_path(rubbish);
    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == Errc::not_found);
    CHECK_FALSE(parse_tile_path("0/" + std::string(rubbish)));
  }
  CHECK_FALSE(parse_entries_path(std::string("000\0", 4)));
  for (const char* rubbish : {"000", "/000", "64/000", "00/000", "-1/000", "+1/000", "x01/000", "256/000", "18446744073709551616/000",
                              "entries/000", "0 /000", "data/000", "../000"}) {
    INFO(rubbish);
    CHECK_FALSE(parse_tile_path(rubbish));
  }
}

TEST_CASE("a tree has the tiles that tlog-tiles counts for its size") {
  CHECK(tile_width(0, 0, 0) == 0);
  CHECK(tile_width(0, 0, 255) == 255);
  CHECK(tile_width(1, 0, 255) == 0);

  CHECK(tile_width(0, 0, 256) == 256);
  CHECK(tile_width(0, 1, 256) == 0);
  CHECK(tile_width(1, 0, 256) == 1);
  CHECK(tile_width(2, 0, 256) == 0);

  for (std::uint64_t index = 0; index < 273; ++index) REQUIRE(tile_width(0, index, 70'000) == 256);
  CHECK(tile_width(0, 273, 70'000) == 112);
  CHECK(tile_width(0, 274, 70'000) == 0);
  CHECK(tile_width(1, 0, 70'000) == 256);
  CHECK(tile_width(1, 1, 70'000) == 17);
  CHECK(tile_width(1, 2, 70'000) == 0);
  CHECK(tile_width(2, 0, 70'000) == 1);
  CHECK(tile_width(2, 1, 70'000) == 0);
  CHECK(tile_width(3, 0, 70'000) == 0);

  CHECK(tile_width(0, ~std::uint64_t{0} >> 8, ~std::uint64_t{0}) == 255);
  CHECK(tile_width(0, ~std::uint64_t{0}, ~std::uint64_t{0}) == 0);
  CHECK(tile_width(7, 0, ~std::uint64_t{0}) == 255);
  CHECK(tile_width(8, 0, ~std::uint64_t{0}) == 0);
  CHECK(tile_width(63, 0, ~std::uint64_t{0}) == 0);
}

TEST_CASE("the tiles of 256 leaves hold the hashes that RFC 6962 gives") {
  TiledLog log;
  log.grow_to(256, 1);
  CHECK(hex(log.edge.root().bytes) == "e2491d0f4b5701aafd0ebf1cb7605c57a0804b16393315b050496da7cc41c921");
  CHECK(log.full.size() == 1);
  CHECK(digest(log.tile(0, 0)) == "d1dc25afba393a76328dfb4e5a07309f293e7e56bb109391d9325be83867377a");
  CHECK(digest(log.tile(1, 0)) == "7a08e91d92322959ae3cadd699c85a02cef75e1b47ea48c43ee9b9180bac6c1f");
  CHECK(log.tile(1, 0) == Hashes{log.edge.root()});
  CHECK(log.tile(0, 1).empty());
}

TEST_CASE("the tiles of 70,000 leaves hold the hashes that RFC 6962 gives, however often the edge was trimmed") {
  const std::uint32_t trim_every = GENERATE(1u, 100u, 256u, 70'000u);
  TiledLog log;
  log.grow_to(70'000, trim_every);
  CHECK(hex(log.edge.root().bytes) == "6106cf7825278ad474eddb4145a6981a010cb656dc81c0a7926db6ec29007f04");
  CHECK(log.full.size() == 274);  // 273 of level 0, one of level 1
  CHECK(digest(log.tile(0, 272)) == "6f171df8ce0ba84d177d0f5a8ef52cffcce96dab4a354cd662629b4a3d5d35af");
  CHECK(digest(log.tile(0, 273)) == "6ffdb08419b31666b6853901f5d0c69bfb436a763ad671038d301c818d648114");
  CHECK(digest(log.tile(1, 0)) == "072c8cb224090cddaffbe7f4be3d6633a3d077be0e343ed941ed127610dbc505");
  CHECK(digest(log.tile(1, 1)) == "37b00dc79907fa0cf5a1d6991e3e3c86f900eb77ef8c586c366afc81beda1d2f");
  CHECK(digest(log.tile(2, 0)) == "3798b4878750cc784076775489683e5831133dd37013830a991211a61dd894e5");

  for (const std::uint64_t index : {std::uint64_t{273 * 256}, std::uint64_t{69'950}, std::uint64_t{69'999}}) {
    const Hash leaf = numbered_leaf(static_cast<std::uint32_t>(index));
    CHECK(verify_inclusion(leaf, index, 70'000, log.edge.inclusion_proof(index).value(), log.edge.root()));
  }
  CHECK_FALSE(log.edge.node({0, 273 * 256 - 1}));  // went with its tile
  CHECK_FALSE(log.edge.node({8, 0}));
  CHECK(log.edge.node({16, 0}));
  CHECK_FALSE(log.edge.node({16, 1}));  // not complete
  CHECK_FALSE(log.edge.node({17, 0}));
}

TEST_CASE("every proof in a tree of 70,000 can be read from its tiles") {
  TiledLog log;
  log.grow_to(70'000, 1000);
  const Hash root = log.edge.root();
  CHECK(tree_head(70'000, log.nodes()).value() == root);
  for (const std::uint32_t index : {0u, 1u, 255u, 256u, 65'535u, 65'536u, 69'887u, 69'888u, 69'999u}) {
    INFO(index);
    CHECK(verify_inclusion(numbered_leaf(index), index, 70'000, inclusion_proof(index, 70'000, log.nodes()).value(), root));
  }
  for (const std::uint32_t before : {1u, 255u, 256u, 257u, 65'535u, 65'536u, 65'537u, 69'999u, 70'000u}) {
    INFO(before);
    const Hash head = tree_head(before, log.nodes()).value();
    CHECK(verify_consistency(before, head, 70'000, root, consistency_proof(before, 70'000, log.nodes()).value()));
  }
}
