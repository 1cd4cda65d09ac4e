#include "ledger/audit_tree.h"

#include <algorithm>

namespace caseledger::audit {

namespace {

std::optional<unsigned> first_difference(const Hashes& kept, const Hashes& grown) {
  const auto [here, there] = std::ranges::mismatch(kept, grown);
  if (here == kept.end()) return std::nullopt;
  return static_cast<unsigned>(here - kept.begin());
}
}  // namespace

void TreeCheck::lack(unsigned level, std::uint64_t index, const Error& why) {
  const char* code = why.code == Errc::not_found ? "tile.missing" : "tile.unreadable";
  findings_.add(error(code, source_.tile_place(source_.tile_id(level, index)), why.sentence));
}

const Hashes* TreeCheck::leaves_of(std::uint64_t tile) {
  if (size() % 256 != 0) return kept_ ? &kept_->hashes : nullptr;
  kept_.reset();
  auto read = source_.tile(0, tile);
  if (!read) lack(0, tile, read.error());
  if (read && *read) kept_ = std::move(**read), ++counts_.tiles;
  return kept_ ? &kept_->hashes : nullptr;
}

void TreeCheck::add(const std::optional<Hash>& leaf) {
  const std::uint64_t index = size();
  const Hashes* kept = leaves_of(index / 256);
  const Hash* known = kept && index % 256 < kept->size() ? &(*kept)[index % 256] : nullptr;
  if (!leaf && !known && !first_hole_) first_hole_ = index;
  const Hash grown = leaf.value_or(Hash{});
  if (known && grown != *known) {
    if (!tiles_) tiles_ = entries_;
    if (leaf && doubtful_.size() < differences_max) doubtful_.emplace_back(index, kept_->id);
  }
  entries_.append(grown);
  if (tiles_) tiles_->append(known ? *known : grown);
  if (size() % 256 == 0) compare_full_tiles();
}

void TreeCheck::compare(unsigned level, std::uint64_t index, const Hashes& from_entries, const Hashes& from_tiles) {
  auto read = source_.tile(level, index);
  if (!read) return lack(level, index, read.error());
  if (!*read) return;
  ++counts_.tiles;
  const Difference difference{(*read)->id, first_difference((*read)->hashes, from_entries), first_difference((*read)->hashes, from_tiles)};
  if ((difference.from_entries || difference.from_tiles) && differences_.size() < differences_max) differences_.push_back(difference);
}

// Level 0 was compared leaf by leaf; beyond a hole nothing above it can be.
void TreeCheck::compare_full_tiles() {
  const auto from_entries = entries_.trim();
  const auto from_tiles = tiles_ ? tiles_->trim() : from_entries;
  for (std::size_t i = 0; i < from_entries.size(); ++i)
    if (const TileId& id = from_entries[i].id; id.level > 0 && !first_hole_) compare(id.level, id.index, from_entries[i].hashes, from_tiles[i].hashes);
}

void TreeCheck::hold_partial_tiles() {
  for (unsigned level = 1; level < 8 && size() >> 8 * level > 0 && !first_hole_; ++level) {
    const std::uint64_t index = size() >> 8 * level >> 8;
    Hashes from_entries, from_tiles;
    for (unsigned i = 0; i < tile_width(level, index, size()); ++i) {
      const Node node{8 * level, index * 256 + i};
      from_entries.push_back(*entries_.node(node));
      from_tiles.push_back(*(tiles_ ? *tiles_ : entries_).node(node));
    }
    if (!from_entries.empty()) compare(level, index, from_entries, from_tiles);
  }
}

void TreeCheck::hold(const Hash& root, const Place& place) {
  if (first_hole_) {
    ++unheld_;
    return;
  }
  ++counts_.checkpoints;
  if (entries_.root() == root) return settle(true);
  if (tiles_ && tiles_->root() == root) return settle(false);
  if (broken_.size() < differences_max) broken_.push_back({size(), root, entries_.root(), place});
  else ++more_broken_;
}

void TreeCheck::settle(bool entries_are_true) {
  for (const auto& [index, tile] : doubtful_) {
    if (entries_are_true) findings_.add(error("tile.wrong", source_.tile_place(tile), "hash " + number(index % 256) + " is not that of entry " + number(index)));
    else findings_.add(error("entry.not_signed", source_.entry_place({index}),
        "the entry is not what was signed: it does not have the hash that the signed root covers"));
  }
  for (const auto& each : differences_)
    if (const auto at = entries_are_true ? each.from_entries : each.from_tiles)
      findings_.add(error("tile.wrong", source_.tile_place(each.tile), "hash " + number(*at) + " is not the head of the tile below it"));
  // A later root holds over the same entries: those before it were signed over something else.
  for (const auto& each : broken_)
    findings_.add(error("checkpoint.root", each.place,
        "signed over the root " + base64(each.signed_root.bytes) + ", the first " + number(each.size) + " entries have " + base64(each.root.bytes)));
  if (!entries_are_true) entries_ = std::move(*tiles_);
  settled_ = size();
  forget();
}

void TreeCheck::forget() {
  tiles_.reset();
  doubtful_.clear();
  differences_.clear();
  broken_.clear();
  more_broken_ = 0;
}

std::optional<Hash> TreeCheck::root() const {
  if (first_hole_) return std::nullopt;
  return entries_.root();
}

void TreeCheck::finish(std::vector<std::string>& not_checked) {
  if (!broken_.empty()) {
    const Broken& first = broken_.front();
    Place place = source_.entry_place({settled_});
    std::string which = first.size - settled_ == 1 ? "entry " + number(settled_) + " is" : "entries " + number(settled_) + " to " +
        number(first.size - 1) + " are";
    std::string sentence = which + " not what was signed: the first " + number(first.size) + " have the root " + base64(first.root.bytes) +
        ", signed was " + base64(first.signed_root.bytes);
    const std::uint64_t later = broken_.size() - 1 + more_broken_;
    if (later > 0) sentence += "; " + number(later) + " later checkpoints rest on them and do not hold either";
    findings_.add(error("entry.not_signed", std::move(place), std::move(sentence)));
    findings_.add(error("checkpoint.root", first.place, "it is signed over another root than its entries have"));
  }
  for (const auto& [index, tile] : doubtful_)
    findings_.add(error("entry.not_signed", source_.entry_place({index}),
        "entry and " + tile_path(tile) + " differ: one of them was changed, and no signed root says which"));
  for (const auto& each : differences_)
    if (const auto at = each.from_entries)
      findings_.add(error("tile.wrong", source_.tile_place(each.tile), "hash " + number(*at) + " is not the head of the tile below it"));
  if (unheld_ > 0) not_checked.push_back("the roots of " + number(unheld_) + " checkpoints: entry " + number(*first_hole_) + " cannot be read");
  forget();
}

}  // namespace caseledger::audit
