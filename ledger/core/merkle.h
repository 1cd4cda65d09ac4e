// The RFC 6962 §2.1 tree: heads, inclusion and consistency proofs, and their verification.
//
// A node (level, index) is the head of the complete subtree over leaves [index·2^level, (index+1)·2^level). Proofs are
// lists of hashes from the leaf's side upwards. Who owns the nodes is not this file's concern: proofs ask a ReadNode.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ledger/core/hash.h"

namespace caseledger {

struct Node {
  unsigned level;
  std::uint64_t index;
};
using ReadNode = std::function<Result<Hash>(Node)>;
using Hashes = std::vector<Hash>;

Hash empty_root();                             // SHA-256 of nothing
Hash tree_head(std::span<const Hash> leaves);  // of leaf hashes

// Proofs from all leaf hashes, for the small trees inside batches.
Hashes inclusion_proof(std::span<const Hash> leaves, std::uint64_t index);

// Proofs from stored nodes. index < size; 1 <= old_size <= size.
Result<Hashes> inclusion_proof(std::uint64_t index, std::uint64_t size, const ReadNode& read);
Result<Hashes> consistency_proof(std::uint64_t old_size, std::uint64_t size, const ReadNode& read);
Result<Hash> tree_head(std::uint64_t size, const ReadNode& read);

// The head that a proof leads to; an error when the proof has the wrong length for that place.
Result<Hash> head_from_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> proof);
Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> proof,
                              const Hash& root);
Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size, const Hash& root,
                                std::span<const Hash> proof);

// C2SP tlog-tiles: 256 hashes of one level, every eighth level of the tree.
struct TileId {
  unsigned level = 0;       // hashes are nodes of level 8·level
  std::uint64_t index = 0;
  unsigned width = 256;     // 1..256

  friend auto operator<=>(const TileId&, const TileId&) = default;
};
std::string tile_path(const TileId& tile);      // "tile/0/x001/234.p/5"
std::string entries_path(std::uint64_t index, unsigned width);
std::string path_number(std::uint64_t number);  // "x001/234/067"

// Reads what the two above write, and nothing else: "0/x001/234.p/5" and, for entries, "x001/234.p/5".
Result<TileId> parse_tile_path(std::string_view path);
Result<TileId> parse_entries_path(std::string_view path);

// How many hashes of tile (level, index) a tree of this size has: 0..256.
unsigned tile_width(unsigned level, std::uint64_t index, std::uint64_t size);

// A node inside a tile, computed from the tile's hashes; the tile has to hold them all.
Hash node_from_tile(Node node, std::span<const Hash> tile);

// The right edge of a growing tree: enough to append, to give the head, and to prove the leaves appended since trim().
class Edge {
 public:
  struct FullTile {
    TileId id;
    Hashes hashes;
  };

  std::uint64_t size() const { return size_; }
  Hash root() const;
  void append(const Hash& leaf);

  // Complete nodes of the tiles that were open at the last trim() or were opened since.
  std::optional<Hash> node(Node node) const;
  Result<Hashes> inclusion_proof(std::uint64_t index) const;

  // Tiles completed since the last trim(), then forgotten.
  std::vector<FullTile> trim();

 private:
  struct Level {
    std::uint64_t first = 0;  // index of nodes[0]
    Hashes nodes;
  };
  std::uint64_t size_ = 0;
  std::vector<Level> levels_;
};

}  // namespace caseledger
