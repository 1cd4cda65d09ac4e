#include "ledger/backup.h"

#include "ledger/backup_segment.h"
#include "ledger/beside.h"
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

// The backup's folder, made or found, and the checkpoint it reached; size 0 for a new one.
Result<Checkpoint> open_backup(const fs::path& backup, const Vkey& log_key) {
  std::error_code error;
  fs::create_directories(backup / "segment", error);
  if (!error) fs::permissions(backup, fs::perms::owner_all, error);
  if (error) return fail(Errc::io, "cannot make " + backup.string() + ": " + error.message());
  TRY_AS(vkey, store::read_file(backup / "vkey"));
  const std::string own = log_key.text() + '\n';
  if (vkey->empty()) {
    for (const auto& each : fs::directory_iterator(backup, error))
      if (each.path().filename() != "segment") return fail(Errc::usage, backup.string() + " is no backup and not empty");
    TRY(store::write_file(backup / "vkey", bytes_of(own)));
  } else if (text_of(*vkey) != own) {
    return fail(Errc::wrong_origin, backup.string() + " is a backup of another log");
  }
  TRY_AS(note, store::read_file(backup / "checkpoint"));
  if (note->empty()) return Checkpoint{log_key.name, 0, empty_root()};
  TRY_AS(opened, open_checkpoint(text_of(*note), log_key));
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

 private:
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

}  // namespace

Result<BackedUp> back_up(const fs::path& ledger, const Vkey& log_key, const fs::path& backup, const BackupOptions& options) {
  TRY_AS(before, open_backup(backup, log_key));
  TRY_AS(log, open_log_beside(ledger));  // one moment of the folder: rows up to its last checkpoint
  TRY_AS(note, log->last_checkpoint());
  if (!note) return fail(Errc::not_found, "the log has no entry yet: there is nothing to back up");
  TRY_AS(opened, open_checkpoint(*note, log_key));
  Run run(*log, options, before, opened.checkpoint);
  TRY(run.meet());
  BackedUp done{opened.checkpoint, before.size, 0};
  if (before.size < done.checkpoint.size) {
    TRY_AS(bytes, run.copy(backup::segment_path(backup, before.size)));
    done.bytes = bytes;
    TRY(store::write_file(backup / "checkpoint", bytes_of(*note)));
  }
  if (fs::exists(ledger / "ledger.toml")) {
    TRY_AS(config, store::read_file(ledger / "ledger.toml"));
    TRY(store::write_file(backup / "ledger.toml", *config));
  }
  if (options.vault.empty()) return done;
  TRY_AS(vault, store::Vault::open(ledger / "vault", log_key.name, true));
  TRY(vault->export_to(options.vault));
  return done;
}

}  // namespace caseledger
