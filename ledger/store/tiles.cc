#include "ledger/store/tiles.h"

#include <algorithm>

namespace caseledger::store {

void Tiles::append(const Hash& leaf) {
  const std::lock_guard lock(mutex_);
  edge_.append(leaf);
}

Hash Tiles::root() const {
  const std::lock_guard lock(mutex_);
  return edge_.root();
}

std::uint64_t Tiles::size() const {
  const std::lock_guard lock(mutex_);
  return edge_.size();
}

Result<Hashes> Tiles::fresh_proof(EntryIndex index) const {
  const std::lock_guard lock(mutex_);
  return edge_.inclusion_proof(index.value);
}

void Tiles::keep() {
  const std::lock_guard lock(mutex_);
  for (auto& tile : edge_.trim()) waiting_.tiles.push_back(std::move(tile));
  waiting_.size = {edge_.size()};
}

void Tiles::forget(std::uint64_t size) {
  keep();
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_.tiles, [&](const Edge::FullTile& tile) { return size >> 8 * tile.id.level >> 8 > tile.id.index; });
}

Tiles::Waiting Tiles::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

void Tiles::written(std::size_t count) {
  const std::lock_guard lock(mutex_);
  waiting_.tiles.erase(waiting_.tiles.begin(), waiting_.tiles.begin() + static_cast<std::ptrdiff_t>(count));
}

Result<Hashes> Tiles::full_tile(unsigned level, std::uint64_t index) const {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& tile : waiting_.tiles)
      if (tile.id.level == level && tile.id.index == index) return tile.hashes;
  }
  TRY_AS(hashes, folds_.tile(level, index));
  if (!hashes) return fail(Errc::io, "the tile " + tile_path({level, index, 256}) + " is missing from the folds; rebuild them");
  return std::move(*hashes);
}

Result<Hashes> Tiles::tile(const TileId& tile) const {
  {
    const std::lock_guard lock(mutex_);
    if (tile_width(tile.level, tile.index, edge_.size()) < tile.width) return fail(Errc::not_found, "the log has no " + tile_path(tile));
    Hashes hashes;
    for (unsigned i = 0; i < tile.width; ++i) {
      const auto hash = edge_.node({tile.level * 8, tile.index * 256 + i});
      if (!hash) break;
      hashes.push_back(*hash);
    }
    if (hashes.size() == tile.width) return hashes;
  }
  TRY_AS(hashes, full_tile(tile.level, tile.index));
  hashes.resize(tile.width);
  return std::move(hashes);
}

Result<Hash> Tiles::node(Node node) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto hash = edge_.node(node)) return *hash;
  }
  // The tile that holds it: its hashes stand at the next lower multiple of eight.
  TRY_AS(hashes, full_tile(node.level / 8, node.index << node.level % 8 >> 8));
  return node_from_tile(node, hashes);
}

Result<Hashes> Tiles::inclusion(EntryIndex index, std::uint64_t size) const {
  return inclusion_proof(index.value, size, [this](Node place) { return node(place); });
}

Result<Hashes> Tiles::consistency(std::uint64_t old_size, std::uint64_t size) const {
  return consistency_proof(old_size, size, [this](Node place) { return node(place); });
}

Result<Hash> Tiles::root(std::uint64_t size) const {
  return tree_head(size, [this](Node place) { return node(place); });
}

}  // namespace caseledger::store
