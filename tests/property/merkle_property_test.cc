// The tree, its edge and its tiles against the recursive definitions of RFC 6962, on trees nobody chose.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

#include "ledger/core/merkle.h"
#include "tests/support/naive_tree.h"
#include "tests/support/samples.h"

using namespace caseledger;
using samples::AllNodes;

namespace {

constexpr std::size_t leaves_max = 2000;

Buffer entry_of(std::uint32_t seed, std::size_t index) {
  Buffer entry;
  append_le(entry, seed);
  append_le(entry, static_cast<std::uint32_t>(index));
  return entry;
}

Hashes leaves_from(std::uint32_t seed, std::size_t count) {
  Hashes leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(naive::leaf(entry_of(seed, i)));
  return leaves;
}

// Mostly any size, often one beside a power of two, where trees change their shape.
rc::Gen<std::size_t> some_size(std::size_t least = 1) {
  const auto beside_a_power = rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 11), rc::gen::inRange(-1, 2)), [least](const auto& pick) {
    const auto size = (std::int64_t{1} << std::get<0>(pick)) + std::get<1>(pick);
    return std::max(least, static_cast<std::size_t>(std::max<std::int64_t>(size, 1)));
  });
  return rc::gen::oneOf(rc::gen::noShrink(rc::gen::inRange<std::size_t>(least, leaves_max + 1)),
                        rc::gen::inRange<std::size_t>(least, least + 20), beside_a_power);
}

Hashes some_leaves() { return leaves_from(*rc::gen::arbitrary<std::uint32_t>(), *some_size()); }

std::size_t below(std::size_t end) { return *rc::gen::inRange<std::size_t>(0, end); }

// The hashes of one level of a tree of these leaves, [from, to), straight from the definition.
Hashes naive_level(std::span<const Hash> leaves, unsigned level, std::uint64_t from, std::uint64_t to) {
  Hashes hashes;
  for (std::uint64_t i = from; i < to; ++i) hashes.push_back(naive::MTH(leaves.subspan(i << level, std::uint64_t{1} << level)));
  return hashes;
}

}  // namespace

TEST_CASE("leaf and node hashes are those of RFC 6962") {
  CHECK(rc::check("leaf_hash", [](const Buffer& entry) { RC_ASSERT(leaf_hash(entry) == naive::leaf(entry)); }));
  CHECK(rc::check("node_hash", [](const Buffer& a, const Buffer& b) {
    const Hash left = sha256(a), right = sha256(b);
    RC_ASSERT(node_hash(left, right) == naive::node(left, right));
  }));
}

TEST_CASE("the root is MTH, from leaves, from nodes and from the edge") {
  CHECK(rc::check("root", [] {
    const Hashes leaves = leaves_from(*rc::gen::arbitrary<std::uint32_t>(), *some_size(0));
    const Hash root = naive::MTH(leaves);
    Edge edge;
    for (const Hash& leaf : leaves) edge.append(leaf);
    RC_ASSERT(tree_head(leaves) == root);
    RC_ASSERT(tree_head(leaves.size(), AllNodes(leaves).within(leaves.size())).value() == root);
    RC_ASSERT(edge.root() == root);
  }));
}

TEST_CASE("an inclusion proof is PATH, read from complete nodes only, and verifies") {
  CHECK(rc::check("inclusion", [] {
    const Hashes leaves = some_leaves();
    const auto index = below(leaves.size());
    const Hashes path = naive::PATH(index, leaves);
    RC_ASSERT(inclusion_proof(leaves, index) == path);
    RC_ASSERT(inclusion_proof(index, leaves.size(), AllNodes(leaves).within(leaves.size())).value() == path);
    RC_ASSERT(verify_inclusion(leaves[index], index, leaves.size(), path, naive::MTH(leaves)).has_value());
  }));
}

TEST_CASE("a consistency proof is PROOF, read from complete nodes only, and verifies") {
  CHECK(rc::check("consistency", [] {
    const Hashes leaves = some_leaves();
    const auto old_size = below(leaves.size()) + 1;
    const Hashes proof = naive::PROOF(old_size, leaves);
    const Hash before = naive::MTH(std::span(leaves).first(old_size)), after = naive::MTH(leaves);
    RC_ASSERT(consistency_proof(old_size, leaves.size(), AllNodes(leaves).within(leaves.size())).value() == proof);
    RC_ASSERT(verify_consistency(old_size, before, leaves.size(), after, proof).has_value());
  }));
}

TEST_CASE("a proof that differs anywhere does not verify") {
  const auto damaged = [](Hashes proof) {
    const auto kind = proof.empty() ? 0 : below(4);
    if (kind == 0) {
      proof.insert(proof.begin() + static_cast<std::ptrdiff_t>(below(proof.size() + 1)), Hash{});
      return proof;
    }
    const auto at = below(proof.size());
    if (kind == 1) proof[at].bytes[below(32)] ^= static_cast<std::uint8_t>(1 << below(8));
    if (kind == 2) proof.erase(proof.begin() + static_cast<std::ptrdiff_t>(at));
    if (kind == 3) {
      const auto other = below(proof.size());
      RC_PRE(proof[at] != proof[other]);
      std::swap(proof[at], proof[other]);
    }
    return proof;
  };
  CHECK(rc::check("inclusion", [&] {
    const Hashes leaves = some_leaves();
    const auto index = below(leaves.size());
    const Hashes proof = damaged(naive::PATH(index, leaves));
    const auto verdict = verify_inclusion(leaves[index], index, leaves.size(), proof, naive::MTH(leaves));
    RC_ASSERT_FALSE(verdict.has_value());
    RC_ASSERT(verdict.error().code == Errc::verification_failed);
  }));
  CHECK(rc::check("consistency", [&] {
    const Hashes leaves = some_leaves();
    const auto old_size = below(leaves.size()) + 1;
    const Hash before = naive::MTH(std::span(leaves).first(old_size));
    const Hashes proof = damaged(naive::PROOF(old_size, leaves));
    const auto verdict = verify_consistency(old_size, before, leaves.size(), naive::MTH(leaves), proof);
    RC_ASSERT_FALSE(verdict.has_value());
    RC_ASSERT(verdict.error().code == Errc::verification_failed);
  }));
}

TEST_CASE("a history rewritten at any leaf is inconsistent with every tree that held it") {
  CHECK(rc::check("fork", [] {
    Hashes leaves = some_leaves();
    const auto old_size = below(leaves.size()) + 1;
    const Hash before = naive::MTH(std::span(leaves).first(old_size));
    leaves[below(old_size)].bytes[below(32)] ^= 1;
    RC_ASSERT_FALSE(verify_consistency(old_size, before, leaves.size(), naive::MTH(leaves), naive::PROOF(old_size, leaves)).has_value());
  }));
}

TEST_CASE("the edge, trimmed at any points, gives the root, the newest proofs, and each full tile once") {
  CHECK(rc::check("edge", [] {
    const auto seed = *rc::gen::arbitrary<std::uint32_t>();
    const auto steps = *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 400));
    Edge edge;
    Hashes leaves;
    std::map<std::uint64_t, Hashes> tiles;
    std::size_t kept_from = 0;
    for (const auto step : steps) {
      if (leaves.size() + step > leaves_max) break;
      for (std::size_t i = 0; i < step; ++i) {
        leaves.push_back(naive::leaf(entry_of(seed, leaves.size())));
        edge.append(leaves.back());
      }
      RC_ASSERT(edge.size() == leaves.size());
      RC_ASSERT(edge.root() == naive::MTH(leaves));
      if (leaves.size() > kept_from) {
        const auto index = *rc::gen::element(kept_from, kept_from + below(leaves.size() - kept_from), leaves.size() - 1);
        RC_ASSERT(edge.inclusion_proof(index).value() == naive::PATH(index, leaves));
      }
      if (*rc::gen::arbitrary<bool>()) {
        for (auto& tile : edge.trim()) {
          RC_ASSERT(tile.id.level == 0u);  // a full tile of level 1 needs 65,536 leaves
          RC_ASSERT(tile.id.width == 256u);
          RC_ASSERT(tiles.emplace(tile.id.index, std::move(tile.hashes)).second);
        }
        kept_from = leaves.size() / 256 * 256;
        RC_ASSERT(tiles.size() == leaves.size() / 256);
      }
    }
    for (const auto& [index, hashes] : tiles) RC_ASSERT(hashes == naive_level(leaves, 0, index * 256, index * 256 + 256));
  }));
}

TEST_CASE("the edge has every complete node of an open tile, and no node that is not complete") {
  CHECK(rc::check("nodes", [] {
    const Hashes leaves = some_leaves();
    const auto trimmed_at = below(leaves.size() + 1);
    Edge edge;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (i == trimmed_at) edge.trim();
      edge.append(leaves[i]);
    }
    if (trimmed_at == leaves.size()) edge.trim();
    for (unsigned level = 0; level < 13; ++level) {
      const std::uint64_t complete = leaves.size() >> level;
      const std::uint64_t kept_from = level < 8 ? (trimmed_at / 256 * 256) >> level : 0;
      RC_ASSERT_FALSE(edge.node({level, complete}).has_value());
      if (kept_from > 0) RC_ASSERT_FALSE(edge.node({level, kept_from - 1}).has_value());
      if (kept_from == complete) continue;
      const auto index = kept_from + below(complete - kept_from);
      RC_ASSERT(edge.node({level, index}).value() == naive_level(leaves, level, index, index + 1)[0]);
    }
  }));
}

TEST_CASE("a node read from its tile is MTH of its leaves") {
  CHECK(rc::check("node_from_tile", [] {
    const Hashes leaves = some_leaves();
    const auto level = static_cast<unsigned>(below(static_cast<std::size_t>(std::bit_width(leaves.size()))));
    const auto index = below(leaves.size() >> level);
    const unsigned tile_level = level / 8;
    const std::uint64_t tile = index >> (8 - level % 8);
    const unsigned width = tile_width(tile_level, tile, leaves.size());
    const Hashes hashes = naive_level(leaves, 8 * tile_level, tile * 256, tile * 256 + width);
    RC_ASSERT(node_from_tile({level, index}, hashes) == naive_level(leaves, level, index, index + 1)[0]);
  }));
}

TEST_CASE("the tiles of a tree, by their widths, hold every complete node once and no more") {
  CHECK(rc::check("tile_width", [] {
    const auto size = *rc::gen::arbitrary<std::uint64_t>() >> *rc::gen::inRange(8, 64);
    for (unsigned level = 0; level < 8; ++level) {
      const std::uint64_t complete = size >> 8 * level, last = complete / 256;
      RC_ASSERT(tile_width(level, last, size) == complete % 256);
      RC_ASSERT(tile_width(level, last + 1, size) == 0u);
      if (last > 0) RC_ASSERT(tile_width(level, last - 1, size) == 256u);
      if (last > 0) RC_ASSERT(tile_width(level, *rc::gen::inRange<std::uint64_t>(0, last), size) == 256u);
    }
  }));
}

TEST_CASE("a path is a tile's only if it is exactly what that tile's path is written as") {
  CHECK(rc::check("written and read back", [] {
    const TileId tile{*rc::gen::inRange(0u, 64u), *rc::gen::arbitrary<std::uint64_t>() >> *rc::gen::inRange(1, 64),
                      *rc::gen::inRange(1u, 257u)};
    RC_ASSERT(parse_tile_path(tile_path(tile).substr(5)).value() == tile);
    RC_ASSERT(parse_entries_path(entries_path(tile.index, tile.width).substr(13)).value() == (TileId{0, tile.index, tile.width}));
  }));
  const auto letters = rc::gen::container<std::string>(rc::gen::elementOf(std::string("00112x/.p59")));
  CHECK(rc::check("rubbish", [&] {
    const std::string path = *rc::gen::oneOf(letters, rc::gen::map(letters, [](const std::string& tail) { return "0/000" + tail; }),
                                             rc::gen::map(letters, [](const std::string& tail) { return "1/x001/000.p/" + tail; }));
    if (const auto tile = parse_tile_path(path)) RC_ASSERT(tile_path(*tile) == "tile/" + path);
    if (const auto tile = parse_entries_path(path)) RC_ASSERT(entries_path(tile->index, tile->width) == "tile/entries/" + path);
  }));
}
