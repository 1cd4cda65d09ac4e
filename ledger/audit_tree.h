// The tree grown again from the entries, held to every signed root and to the tiles that are kept.
//
// Where an entry and the tile that holds its hash differ, one of the two was changed: two trees are grown, one from the entries
// and one from the tiles' leaves, until a signed root says which of them is true.
#pragma once

#include "ledger/audit_source.h"

namespace caseledger::audit {

class TreeCheck {
 public:
  TreeCheck(Source& source, Findings& findings, AuditCounts& counts) : source_(source), findings_(findings), counts_(counts) {}

  // The next entry's leaf; nothing where it cannot be read.
  void add(const std::optional<Hash>& leaf);
  std::uint64_t size() const { return entries_.size(); }

  // A signed root over exactly the entries so far.
  void hold(const Hash& root, const Place& place);

  // The root as far as it is known to be that of what was signed; nothing beyond an entry that cannot be read.
  std::optional<Hash> root() const;

  // Behind the last entry: the tiles that are not full.
  void hold_partial_tiles();
  // What no signed root has settled.
  void finish(std::vector<std::string>& not_checked);

 private:
  struct Difference {
    TileId tile;
    std::optional<unsigned> from_entries, from_tiles;  // the first hash in which the kept tile differs from each tree's
  };
  const Hashes* leaves_of(std::uint64_t tile);
  void lack(unsigned level, std::uint64_t index, const Error& why);
  void compare(unsigned level, std::uint64_t index, const Hashes& from_entries, const Hashes& from_tiles);
  void compare_full_tiles();
  void settle(bool entries_are_true);
  void forget();

  static constexpr std::size_t differences_max = 1 << 16;

  Source& source_;
  Findings& findings_;
  AuditCounts& counts_;
  Edge entries_;
  std::optional<Edge> tiles_;                // while it differs from entries_
  std::optional<Source::Kept> kept_;         // the tile of level 0 that holds the next leaf
  std::optional<std::uint64_t> first_hole_;  // an entry that neither source nor tiles have
  std::vector<std::pair<std::uint64_t, TileId>> doubtful_;  // entries whose leaf differs from the tile's
  std::vector<Difference> differences_;
  struct Broken {
    std::uint64_t size;
    Hash signed_root, root;
    Place place;
  };
  std::vector<Broken> broken_;               // signed roots that neither tree has
  std::uint64_t more_broken_ = 0, unheld_ = 0;
  std::uint64_t settled_ = 0;                // entries under the last root that held
};

}  // namespace caseledger::audit
