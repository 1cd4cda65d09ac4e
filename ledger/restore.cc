// The way back from a backup: into a folder beside the target, replayed, audited, and only then put in place.
#include "ledger/backup.h"

#include <algorithm>

#include "ledger/backup_segment.h"
#include "ledger/beside.h"
#include "ledger/editions.h"
#include "ledger/erasure.h"
#include "ledger/scaffold.h"
#include "ledger/store/safe_file.h"

namespace caseledger {

namespace fs = std::filesystem;
using store::Log;

namespace {

constexpr std::size_t group_bytes = 8u << 20;

Result<void> load_segments(const fs::path& backup, Log& log, std::uint64_t size, const RestoreOptions& options) {
  auto group = log.group();
  for (std::uint64_t reached = 0; reached < size;) {
    const auto path = backup::segment_path(backup, reached);
    TRY_AS(range, backup::read_segment(path, [&](Log::Family family, Bytes key, Bytes value) -> Result<void> {
      group.add_row(family, key, value);
      if (group.bytes() < group_bytes) return {};
      TRY(log.commit(group));
      group.clear();
      return {};
    }));
    if (range.from != reached || range.to <= reached || range.to > size)
      return fail(Errc::malformed, path.string() + " holds entries " + std::to_string(range.from) + " to " + std::to_string(range.to) + ", which do not fit the backup's " +
                                       std::to_string(size));
    reached = range.to;
    if (options.progress) options.progress(reached, size);
  }
  return log.commit(group);
}

// Media that no later run could reach may still hold events that the log itself says were excised: they are not put back.
Result<std::size_t> replay_excisions(Log& log, const rules::Authority& authority) {
  std::vector<Position> still_there;
  for (const auto& [position, excision] : authority.excisions()) {
    TRY_AS(event, log.event(position));
    if (event.kind == ItemKind::event) still_there.push_back(position);
  }
  if (still_there.empty()) return 0;
  auto group = log.group();
  TRY(log.excise(group, still_there));
  TRY(log.commit(group));
  TRY(log.purge(still_there));
  return still_there.size();
}

// Keys of the erased are destroyed before anybody could use them; what was sealed under them is not put back.
Result<std::size_t> replay_erasures(const fs::path& folder, const std::string& origin, Log& log) {
  TRY_AS(vault, store::Vault::open(folder / "vault", origin));
  TRY_AS(executed, executed_erasures(log));
  TRY_AS(end, log.end());
  TRY(destroy(log, *vault, origin, executed, {0}, end.next));
  std::set<SubjectId> subjects;
  for (const GrantedErasure& each : executed) subjects.insert(each.subject);
  return subjects.size();
}

Result<void> place_last_signed(const fs::path& folder, const RestoreOptions& options, const Checkpoint& checkpoint) {
  const auto path = folder / "last-signed";
  if (options.last_signed.empty()) {
    TRY_AS(last_signed, store::LastSigned::open(path));
    return last_signed.write({checkpoint.size, checkpoint.root});
  }
  TRY_AS(known, store::read_file(options.last_signed));
  if (known->empty()) return fail(Errc::not_found, options.last_signed.string() + ": there is no such file, or nothing in it");
  return store::write_file(path, *known);  // the audit holds the log to it
}

Result<Audit> audited(const fs::path& folder, const Vkey& log_key, const Checkpoint& checkpoint) {
  AuditOptions options;
  options.log_key = log_key;
  options.folds = false;
  TRY_AS(audit, audit_folder(folder, options));
  if (audit.checkpoint != checkpoint) return fail(Errc::verification_failed, "the backup does not hold the log that its checkpoint is of; nothing was put in place");
  if (audit.sound()) return std::move(audit);
  std::string sentence = "the backup is not what was signed; nothing was put in place";
  for (const Finding& each : audit.findings)
    if (each.severity == Severity::error) sentence += "\n  " + each.code + ", " + each.place.text() + ": " + each.sentence;
  return fail(Errc::verification_failed, sentence);
}

}  // namespace

Result<Restored> restore(const fs::path& backup, const fs::path& ledger, const RestoreOptions& options) {
  const fs::path target = ledger.has_filename() ? ledger : ledger.parent_path();
  std::error_code error;
  if (fs::exists(target, error)) return fail(Errc::usage, target.string() + " is there already; a ledger is never restored over another");
  TRY_AS(vkey, store::read_file(backup / "vkey"));
  TRY_AS(note, store::read_file(backup / "checkpoint"));
  if (vkey->empty() || note->empty()) return fail(Errc::not_found, backup.string() + " is no backup, or its first run was not finished");
  const auto key = options.log_key ? Result<Vkey>(*options.log_key) : parse_vkey(text_of(*vkey).substr(0, vkey->size() - 1));
  if (!key) return std::unexpected(key.error());
  const auto another = [&] { return fail(Errc::wrong_origin, backup.string() + " is a backup of another log than that of " + key->text()); };
  TRY_AS(parsed, parse_note(text_of(*note)));
  TRY_AS(checkpoint, parse_checkpoint_text(parsed.text));  // believed once the log's keys are known
  if (checkpoint.origin != key->name) return another();

  TRY_AS(scaffold, Scaffold::beside(target));
  const fs::path& folder = scaffold.path();
  if (!options.vault.empty()) TRY(store::Vault::import_from(options.vault, folder / "vault"));
  Restored restored{checkpoint, 0, 0, {}};
  {
    TRY_AS(log, Log::open(folder / "store" / "log"));
    TRY(load_segments(backup, *log, checkpoint.size, options));
    TRY_AS(authority, authority_of(*log, nullptr, key->name));
    const auto given = [&](const auto& each) { return each.vkey == *key; };
    const auto brought = [&](const auto& each) { return text_of(*vkey) == each.vkey.text() + '\n'; };
    if (std::ranges::none_of(authority.log_keys(), given) || std::ranges::none_of(authority.log_keys(), brought)) return another();
    TRY(open_checkpoint(text_of(*note), authority.log_keys()));
    TRY_AS(excised, replay_excisions(*log, authority));
    restored.excised_events = excised;
    TRY_AS(erased, replay_erasures(folder, key->name, *log));
    restored.erased_subjects = erased;
  }
  TRY(place_last_signed(folder, options, checkpoint));
  TRY(store::write_file(folder / "vkey", bytes_of(key->text() + '\n')));
  TRY_AS(config, store::read_file(backup / "ledger.toml"));
  if (!config->empty()) TRY(store::write_file(folder / "ledger.toml", *config));
  fs::create_directories(folder / "keys", error);
  if (!error) fs::permissions(folder / "keys", fs::perms::owner_all, error);
  if (error) return fail(Errc::io, "cannot make " + (folder / "keys").string() + ": " + error.message());
  TRY_AS(audit, audited(folder, *key, checkpoint));
  restored.audit = std::move(audit);
  TRY(copy_editions(backup, folder));  // behind the audit: one that is damaged keeps no ledger from coming back, and is never served
  TRY(scaffold.become(target));
  return restored;
}

}  // namespace caseledger
