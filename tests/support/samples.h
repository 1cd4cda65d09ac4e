// What several tests of the core are made of: literal bytes, known keys, and trees with all their nodes.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/merkle.h"
#include "ledger/core/note.h"

// Failures print hashes as hexadecimal.
template <>
struct Catch::StringMaker<caseledger::Hash> {
  static std::string convert(const caseledger::Hash& hash) { return caseledger::hex(hash.bytes); }
};

namespace samples {

using namespace caseledger;

// first, first + 1, …
template <std::size_t N>
std::array<std::uint8_t, N> counting(std::uint8_t first) {
  std::array<std::uint8_t, N> bytes;
  for (std::size_t i = 0; i < N; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return bytes;
}

inline Buffer unhex(std::string_view text) {
  auto bytes = from_hex(text);
  REQUIRE(bytes);
  return *bytes;
}

inline Hash hash64(std::string_view text) {
  const auto bytes = exactly<32>(from_base64(text));
  REQUIRE(bytes);
  return {*bytes};
}

// The key whose seed counts up from `first`.
inline Signer signer(std::string name, std::uint8_t first, KeyType type = KeyType::ed25519) {
  auto made = Signer::from_seed(std::move(name), counting<32>(first), type);
  REQUIRE(made);
  return std::move(*made);
}

inline Hashes leaves_of(const std::vector<std::string>& entries) {
  Hashes leaves;
  for (const auto& entry : entries) leaves.push_back(leaf_hash(bytes_of(entry)));
  return leaves;
}

// Leaf i is the single byte i.
inline Hashes byte_leaves(std::size_t count) {
  Hashes leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash(Buffer{static_cast<std::uint8_t>(i)}));
  return leaves;
}

inline std::span<const Hash> first(const Hashes& leaves, std::size_t count) { return std::span(leaves).first(count); }

// As much of an event as the core looks at: four bytes, the file identifier, and a content.
inline std::string event_like(std::string_view content) { return std::string("\x10\0\0\0CLEV", 8) + std::string(content); }

inline std::vector<Bytes> views_of(const std::vector<std::string>& texts) {
  std::vector<Bytes> views;
  for (const auto& text : texts) views.push_back(bytes_of(text));
  return views;
}

// Every complete node of a tree, as a store has them. Asking for any other is a broken promise.
class AllNodes {
 public:
  explicit AllNodes(Hashes leaves) : levels_{std::move(leaves)} {
    while (levels_.back().size() > 1) {
      Hashes above;
      for (std::size_t i = 0; i + 1 < levels_.back().size(); i += 2) above.push_back(node_hash(levels_.back()[i], levels_.back()[i + 1]));
      levels_.push_back(std::move(above));
    }
  }
  // As a tree of only the first `size` leaves has them.
  ReadNode within(std::uint64_t size) const {
    return [this, size](Node node) -> Result<Hash> {
      if ((node.index + 1) << node.level > size) return fail(Errc::io, "no complete node");
      return levels_.at(node.level).at(node.index);
    };
  }

 private:
  std::vector<Hashes> levels_;
};

}  // namespace samples
