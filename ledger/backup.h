// Backups of a ledger's log, online and incremental, and the way back.
//
// A backup is a folder to which every run adds one segment: the rows of the log since the last run, as they lie, up to a signed
// checkpoint that the entries are found to give. It holds ciphertexts and no key; the vault is copied apart. Sealed parts that were erased
// since stay in older segments, unreadable; a restore does not put them back. Events that were excised since are plain: the run that first
// covers the decision rewrites their segments without them, and a restore from media it could not reach leaves them out.
//   checkpoint            the note everything before it is held to; written last
//   vkey, ledger.toml     the log's key, and the configuration
//   releases/…            released editions, as in the ledger's folder (editions.h)
//   segment/<from>        12 digits, the first entry: header ‖ chunks, as docs/formats.md lays out
#pragma once

#include "ledger/audit.h"

namespace caseledger {

struct BackupOptions {
  std::filesystem::path vault;  // none: the keys are not copied
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
};

struct BackedUp {
  Checkpoint checkpoint;
  std::uint64_t before = 0;  // entries that were there already
  std::uint64_t bytes = 0;   // of the new segment
  std::size_t rewritten = 0; // older segments, for events that were excised since
};

// Beside the process that serves the folder, if one does. Errors: not_found, verification_failed (the log is not what was signed, or the
// backup is of another), usage, io.
// log_key: any of the log's.
Result<BackedUp> back_up(const std::filesystem::path& ledger, const Vkey& log_key, const std::filesystem::path& backup, const BackupOptions& options = {});

struct RestoreOptions {
  std::optional<Vkey> log_key;  // trusted, any of the log's; without it the backup's own
  std::filesystem::path vault;        // its copy; none: what is sealed stays unreadable
  std::filesystem::path last_signed;  // of the ledger that is gone, where it is known
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
};

struct Restored {
  Checkpoint checkpoint;
  std::size_t erased_subjects = 0;  // erasures replayed
  std::size_t excised_events = 0;   // that the backup still held
  Audit audit;                      // of the folder before it was put in place
};

// Puts a ledger's folder in place, whole and audited, or nothing. Its keys (keys/log.key, keys/service.key) are for their keeper to bring.
// Errors: usage (the folder is there), not_found, malformed, verification_failed (with what is wrong), io.
Result<Restored> restore(const std::filesystem::path& backup, const std::filesystem::path& ledger, const RestoreOptions& options = {});

}  // namespace caseledger
