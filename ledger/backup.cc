#include "ledger/backup.h"

#include <algorithm>
#include <map>
#include <set>

#include "ledger/backup_segment.h"
#include "ledger/beside.h"
#include "ledger/editions.h"
#include "ledger/store/safe_file.h"
#include "ledger/store/vault.h"

namespace caseledger {

namespace fs = std::filesystem;
using store::Log;

namespace {

std::array<std::uint8_t, 8> key_of(std::uint64_t number) {
  std::array<std::uint8_t, 8> key;
  store_be(key.data(), number);
  return key;
}

std::unexpected<Error> differs(std::string why) { return fail(Errc::verification_failed, "the log cannot be backed up: " + std::move(why) + "; audit it"); }

using LogKeys = std::vector<rules::Authority::LogKey>;

// The backup's folder, made or found, and the checkpoint it reached; size 0 for a new one.
Result<Checkpoint> open_backup(const fs::path& backup, const LogKeys& log_keys) {
  std::error_code error;
  fs::create_directories(backup / "segment", error);
  if (!error) fs::permissions(backup, fs::perms::owner_all, error);
  if (error) return fail(Errc::io, "cannot make " + backup.string() + ": " + error.message());
  TRY_AS(vkey, store::read_file(backup / "vkey"));
  const auto is_own = [&](const auto& key) { return text_of(*vkey) == key.vkey.text() + '\n'; };
  if (vkey->empty()) {
    for (const auto& each : fs::directory_iterator(backup, error))
      if (each.path().filename() != "segment") return fail(Errc::usage, backup.string() + " is no backup and not empty");
    TRY(store::write_file(backup / "vkey", bytes_of(log_keys[0].vkey.text() + '\n')));
  } else if (std::ranges::none_of(log_keys, is_own)) {
    return fail(Errc::wrong_origin, backup.string() + " is a backup of another log");
  }
  TRY_AS(note, store::read_file(backup / "checkpoint"));
  if (note->empty()) return Checkpoint{log_keys[0].vkey.name, 0, empty_root()};
  TRY_AS(opened, open_checkpoint(text_of(*note), log_keys));
  return opened.checkpoint;
}

class Run {
 public:
  Run(const Log& log, const BackupOptions& options, const Checkpoint& before, const Checkpoint& reached)
      : log_(log), options_(options), before_(before), reached_(reached) {}

  // What is backed up already has to be the beginning of this log.
  Result<void> meet() {
    auto rows = log_.rows(Log::Family::entries);
    for (rows.seek_first(); edge_.size() < before_.size; rows.next()) {
      if (!rows.valid()) return differs("it is shorter than its backup, " + std::to_string(before_.size) + " entries");
      TRY_AS(entry, parse_entry(rows.value()));
      take(rows.value());
      next_ = entry.end();
    }
    if (edge_.root() != before_.root) return fail(Errc::verification_failed, "the backup is not the beginning of this log: its checkpoint has another root");
    return {};
  }

  Result<std::uint64_t> copy(const fs::path& path) {
    TRY_AS(segment, backup::SegmentWriter::create(path, {before_.size, reached_.size}));
    const Position first = next_;
    TRY(copy_batches(segment));
    TRY(copy_rows(segment, Log::Family::sealed, key_of(first.value)));
    TRY(copy_rows(segment, Log::Family::checkpoints, key_of(before_.size + 1)));
    return segment.finish();
  }

  // Segments that were written while events still stood which the log holds no more: written anew, as the log has their batches now.
  Result<std::size_t> leave_out(const fs::path& backup, const rules::Excisions& excisions) const {
    std::map<std::uint64_t, std::set<Position>> concerned;  // by segment: excised events
    for (const auto& [position, excision] : excisions) {
      TRY_AS(target, log_.event(position));
      TRY_AS(decided, log_.event(excision.decided));
      if (target.index.value >= before_.size || decided.index.value < before_.size) continue;
      TRY_AS(from, backup::segment_of(backup, target.index.value));
      concerned[from].insert(position);
    }
    for (const auto& [from, excised] : concerned) TRY(rewrite(backup::segment_path(backup, from), excised));
    return concerned.size();
  }

 private:
  Result<void> rewrite(const fs::path& path, const std::set<Position>& excised) const {
    TRY_AS(range, backup::read_range(path));
    TRY_AS(fresh, backup::SegmentWriter::create(path, range));
    auto now = log_.rows(Log::Family::batches);
    TRY(backup::read_segment(path, [&](Log::Family family, Bytes key, Bytes value) -> Result<void> {
      const Position at{key.size() < 8 ? 0 : load_be<std::uint64_t>(key.data())};
      if (family == Log::Family::sealed && excised.contains(at)) return {};
      if (family != Log::Family::batches) return fresh.add(family, key, value);
      TRY_AS(row, store::parse_batch_row(key, value));
      const auto first = excised.lower_bound(row.first);
      if (first == excised.end() || *first >= row.first + row.count) return fresh.add(family, key, value);
      now.seek(key);
      if (!now.valid() || !equal(now.key(), key)) return differs("the batch at position " + std::to_string(at.value) + " is missing");
      return fresh.add(family, key, now.value());
    }));
    TRY(fresh.finish());
    return {};
  }

  void take(Bytes entry) {
    edge_.append(leaf_hash(entry));
    if (edge_.size() % 256 == 0) (void)edge_.trim();
  }

  Result<void> copy_batches(backup::SegmentWriter& segment) {
    auto entries = log_.rows(Log::Family::entries), batches = log_.rows(Log::Family::batches);
    entries.seek(key_of(before_.size));
    batches.seek(key_of(next_.value));
    for (; edge_.size() < reached_.size; entries.next(), batches.next()) {
      const std::string which = "entry " + std::to_string(edge_.size());
      if (!entries.valid() || !batches.valid()) return differs(which + " is missing");
      TRY_AS(entry, parse_entry(entries.value()));
      TRY_AS(row, store::parse_batch_row(batches.key(), batches.value()));
      if (!equal(entries.key(), key_of(edge_.size())) || row.index.value != edge_.size() || row.first != entry.first_position || row.count != entry.count)
        return differs(which + " has no batch of its own");
      TRY_AS(items, parse_items(row.items, row.count));
      if (items_root(items) != entry.root) return differs(which + " holds other events than its author signed");
      TRY(segment.add(Log::Family::entries, entries.key(), entries.value()));
      TRY(segment.add(Log::Family::batches, batches.key(), batches.value()));
      take(entries.value());
      if (options_.progress) options_.progress(edge_.size(), reached_.size);
    }
    if (edge_.root() != reached_.root) return differs("its entries give another root than its checkpoint");
    return {};
  }

  Result<void> copy_rows(backup::SegmentWriter& segment, Log::Family family, Bytes from) const {
    auto rows = log_.rows(family);
    for (rows.seek(from); rows.valid(); rows.next()) TRY(segment.add(family, rows.key(), rows.value()));
    return rows.status();
  }

  const Log& log_;
  const BackupOptions& options_;
  const Checkpoint before_, reached_;
  Edge edge_;
  Position next_;
};

bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  const fs::path way = fs::weakly_canonical(path, error).lexically_relative(fs::weakly_canonical(folder, error));
  return !error && !way.empty() && *way.begin() != "..";
}

// What is backed up would be lost together with a backup within it; a copy of the vault has the keys of subjects that are erased later.
Result<void> lie_apart(const fs::path& ledger, const fs::path& backup, const fs::path& vault) {
  if (lies_in(backup, ledger)) return fail(Errc::usage, "the backup " + backup.string() + " would lie in the ledger's own folder");
  if (vault.empty()) return {};
  if (lies_in(vault, ledger)) return fail(Errc::usage, "the vault's copy " + vault.string() + " would lie in the ledger's own folder, where an erasure leaves no key");
  if (lies_in(vault, backup)) return fail(Errc::usage, "the vault's copy " + vault.string() + " would lie in the backup: it is kept apart, and replaced at every erasure");
  return {};
}

}  // namespace

Result<BackedUp> back_up(const fs::path& ledger, const Vkey& log_key, const fs::path& backup, const BackupOptions& options) {
  TRY(lie_apart(ledger, backup, options.vault));
  const auto folds = open_folds_beside(ledger);
  TRY_AS(log, open_log_beside(ledger));  // one moment of the folder: rows up to its last checkpoint
  TRY_AS(note, log->last_checkpoint());
  if (!note) return fail(Errc::not_found, "the log has no entry yet: there is nothing to back up");
  TRY_AS(authority, authority_of(*log, folds ? folds->get() : nullptr, log_key.name));
  const auto given = [&](const auto& key) { return key.vkey == log_key; };
  if (std::ranges::none_of(authority.log_keys(), given)) return fail(Errc::wrong_origin, "the log names another key than " + log_key.text());
  TRY_AS(before, open_backup(backup, authority.log_keys()));
  TRY_AS(opened, open_checkpoint(*note, authority.log_keys()));
  Run run(*log, options, before, opened.checkpoint);
  TRY(run.meet());
  BackedUp done{opened.checkpoint, before.size};
  if (before.size < done.checkpoint.size) {
    TRY_AS(bytes, run.copy(backup::segment_path(backup, before.size)));
    done.bytes = bytes;
    TRY_AS(rewritten, run.leave_out(backup, authority.excisions()));
    done.rewritten = rewritten;
    TRY(store::write_file(backup / "checkpoint", bytes_of(*note)));
  }
  if (fs::exists(ledger / "ledger.toml")) {
    TRY_AS(config, store::read_file(ledger / "ledger.toml"));
    TRY(store::write_file(backup / "ledger.toml", *config));
  }
  TRY(copy_editions(ledger, backup));
  if (options.vault.empty()) return done;
  TRY_AS(vault, store::Vault::open(ledger / "vault", log_key.name, true));
  TRY(vault->export_to(options.vault));
  return done;
}

}  // namespace caseledger
