#include "ledger/audit_kept.h"

#include <sodium.h>

#include "ledger/store/write_ahead.h"

namespace caseledger::audit {

namespace {

Finding unreadable(const Error& why) { return error("fold.unreadable", {.path = "store/folds"}, why.sentence); }

// Two sets of rows are the same when as many of them have the same sum of keyed hashes: one walk over each, no look-up.
// The key is drawn anew, so that rows cannot be made to add up.
class RowSum {
 public:
  RowSum() { randombytes_buf(key_, sizeof key_); }
  std::pair<std::uint64_t, std::uint64_t> of(const std::function<void(const std::function<void(const store::Heads::Row&)>&)>& each) const {
    std::pair<std::uint64_t, std::uint64_t> sum;
    each([&](const store::Heads::Row& row) {
      static_assert(std::has_unique_object_representations_v<store::Heads::Row>);
      std::uint64_t hash = 0;
      crypto_shorthash(reinterpret_cast<std::uint8_t*>(&hash), reinterpret_cast<const std::uint8_t*>(&row), sizeof row, key_);
      ++sum.first;
      sum.second += hash;
    });
    return sum;
  }

 private:
  std::uint8_t key_[crypto_shorthash_KEYBYTES];
};

void name_heads(const store::Folds& folds, const store::Heads& heads, const std::set<StreamId>& except, Findings& findings) {
  std::uint64_t kept = 0;
  const auto wrong = [&](const StreamId& stream, std::string sentence) {
    findings.add(error("fold.head", {.path = "store/folds", .stream = stream}, std::move(sentence)));
  };
  const auto told = [](const rules::StreamState& state) {
    return "(version " + number(state.version) + ", " + std::string(rules::name(state.phase)) + ", last at " + number(state.last.value) + ")";
  };
  const auto read = folds.each_head([&](const store::Heads::Row& row) {
    ++kept;
    const auto state = heads.get(row.stream);
    if (row.state == state || except.contains(row.stream)) return;
    if (state.version == 0) return wrong(row.stream, "the folds keep a state of a stream that the log does not have");
    wrong(row.stream, "the kept state " + told(row.state) + " is not what the log gives " + told(state));
  });
  if (!read) return;
  std::uint64_t wanted = 0;
  heads.each(0, 1, [&](const store::Heads::Row&) { ++wanted; });
  if (kept >= wanted) return;
  // Which are missing is worth its memory only now.
  std::unordered_set<StreamId> there;
  (void)folds.each_head([&](const store::Heads::Row& row) { there.insert(row.stream); });
  heads.each(0, 1, [&](const store::Heads::Row& row) {
    if (!there.contains(row.stream)) wrong(row.stream, "the folds keep no state of this stream");
  });
}

}  // namespace

void check_heads(const store::Folds& folds, const store::Heads& heads, const std::set<StreamId>& except, Findings& findings) {
  const RowSum sum;
  Result<void> read;
  const auto others = [&](const auto& visit) {
    return [&except, &visit](const store::Heads::Row& row) {
      if (except.empty() || !except.contains(row.stream)) visit(row);
    };
  };
  const auto kept = sum.of([&](const auto& visit) { read = folds.each_head(others(visit)); });
  const auto wanted = sum.of([&](const auto& visit) { heads.each(0, 1, others(visit)); });
  if (!read) findings.add(unreadable(read.error()));
  if (!read || kept != wanted) name_heads(folds, heads, except, findings);
}

void check_folds(const store::Folds& folds, const Replay& replay, EntryIndex heads_cursor, std::uint64_t size, Findings& findings) {
  const auto beyond = [&](const char* part, const Result<EntryIndex>& cursor) {
    if (!cursor) findings.add(unreadable(cursor.error()));
    else if (cursor->value > size) findings.add(error("fold.beyond", {.path = "store/folds"},
        std::string("the ") + part + " claim to cover " + number(cursor->value) + " entries, the log has " + number(size)));
  };
  beyond("heads", heads_cursor);
  beyond("tiles", folds.cursor("tiles"));
  const auto tiles = folds.each_tile([&](unsigned level, std::uint64_t index) {
    if (level < 8 && tile_width(level, index, size) == 256) return;
    findings.add(error("tile.extra", {.path = "store/folds " + tile_path({level, index, 256})}, "the log is too short for this tile"));
  });
  if (!tiles) findings.add(unreadable(tiles.error()));
  const auto skips = folds.each_skip([&](const StreamId& stream, Version version, Position position) {
    const auto found = replay.skips().find({stream, version});
    if (found != replay.skips().end() && found->second == position) return;
    findings.add(error("fold.skip", {.path = "store/folds", .stream = stream, .version = version},
                       found == replay.skips().end() ? "the folds keep a place of an event that the log does not have"
                                                     : "the event stands at position " + number(found->second.value) + ", the folds say " +
                                                         number(position.value)));
  });
  if (!skips) findings.add(unreadable(skips.error()));
  // What nobody read above, too. A file that the ledger's own process has replaced meanwhile is no damage.
  if (const auto whole = folds.verify(); tiles && skips && !whole && whole.error().code == Errc::verification_failed) findings.add(unreadable(whole.error()));
}

// ── last signed ──

Marks::Marks(const std::filesystem::path& file, Findings& findings) : findings_(findings) {
  auto slots = store::LastSigned::slots(file);
  const auto damaged = [&] { return slots && ((*slots)[0].damaged || (*slots)[1].damaged); };
  for (int i = 0; i < 3 && damaged(); ++i) slots = store::LastSigned::slots(file);  // one may be in the making
  if (!slots) findings_.add(error("last_signed.unreadable", place(), slots.error().sentence));
  for (std::size_t i = 0; slots && i < 2; ++i) {
    if ((*slots)[i].damaged) findings_.add(error("last_signed.damaged", place(), "slot " + number(i) + " is neither empty nor what was written"));
    if ((*slots)[i].mark) marks_.push_back(*(*slots)[i].mark);
  }
}

void Marks::reach(std::uint64_t size, const TreeCheck& tree) {
  for (const auto& mark : marks_)
    if (const auto root = mark.size == size ? tree.root() : std::nullopt; root && mark.root != *root)
      findings_.add(error("last_signed.root", place(),
          "at size " + number(size) + " the root " + base64(mark.root.bytes) + " was signed, the log has " + base64(root->bytes)));
}

bool Marks::finish(std::uint64_t size) {
  bool whole = true;
  for (const auto& mark : marks_) {
    if (mark.size <= size) continue;
    whole = false;
    findings_.add(error("last_signed.shorter", place(),
        "a checkpoint over " + number(mark.size) + " entries was signed, the log has " + number(size) +
            ": it was cut short or put back from a backup"));
  }
  return whole;
}

void check_write_ahead(const std::filesystem::path& log, bool cut_off, Findings& findings) {
  const auto damage = store::damage_in_write_ahead(log);
  if (!damage) return findings.add(error("log.unreadable", {.path = "store/log"}, damage.error().sentence));
  for (const auto& each : *damage) {
    if (each.cut_off && !cut_off) continue;
    findings.add(error("log.damaged", {.path = "store/log/" + each.file},
                       "the write-ahead log's record at byte " + number(each.offset) + (each.cut_off ? " has no end" : " does not have its checksum")));
  }
}

}  // namespace caseledger::audit
