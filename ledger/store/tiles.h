// The log's tree: hashes of every published size, in memory at the right edge and in the folds behind it.
//
// The sequencer appends; any thread reads. A leaf may be appended before its commit is durable: readers ask for sizes that
// were published, and a prefix of a tree never changes.
#pragma once

#include <mutex>

#include "ledger/core/merkle.h"
#include "ledger/store/folds.h"

namespace caseledger::store {

class Tiles {
 public:
  explicit Tiles(const Folds& folds) : folds_(folds) {}

  // The sequencer's side.
  void append(const Hash& leaf);
  Hash root() const;
  std::uint64_t size() const;
  Result<Hashes> fresh_proof(EntryIndex index) const;  // of an entry appended since the last keep()
  void keep();                                         // full tiles go to the ones waiting to be written
  void forget(std::uint64_t size);                     // at start: tiles of the first `size` entries are written already

  // The folder's side: what is to be written, and, once it is, forgotten.
  struct Waiting {
    std::vector<Edge::FullTile> tiles;
    EntryIndex size;  // with them, all full tiles of this many entries are written
  };
  Waiting waiting() const;
  void written(std::size_t count);

  // The readers' side. Errors: not_found beyond the size, io.
  Result<Hashes> tile(const TileId& tile) const;
  Result<Hash> node(Node node) const;
  Result<Hashes> inclusion(EntryIndex index, std::uint64_t size) const;
  Result<Hashes> consistency(std::uint64_t old_size, std::uint64_t size) const;
  Result<Hash> root(std::uint64_t size) const;

 private:
  Result<Hashes> full_tile(unsigned level, std::uint64_t index) const;

  const Folds& folds_;
  mutable std::mutex mutex_;
  Edge edge_;
  Waiting waiting_;
};

}  // namespace caseledger::store
