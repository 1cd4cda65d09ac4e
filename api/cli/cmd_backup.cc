// backup and restore: a ledger kept elsewhere, and put back from there.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/json.h"
#include "ledger/backup.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct BackupRequest {
  path folder, backup, vault;  // vault: a file for the copy of its keys, or none
};

Exit backup_folder(const BackupRequest& request) {
  const auto vkey = log_key_of(request.folder);
  if (!vkey) return report(vkey.error());
  std::optional<Progress> progress;
  const auto done = back_up(request.folder, *vkey, request.backup, {.vault = request.vault, .progress = [&](std::uint64_t now, std::uint64_t of) {
                                                                      if (!progress) progress.emplace("backing up", of);
                                                                      progress->at(now);
                                                                    }});
  progress.reset();
  if (!done) return report(done.error());
  std::cout << to_text(json::object{{"entries", done->checkpoint.size}, {"root", base64(done->checkpoint.root.bytes)}, {"before", done->before}, {"bytes", done->bytes}, {"rewritten_segments", done->rewritten}}) << '\n';
  if (request.vault.empty()) std::cerr << "The keys of data subjects are not in it: copy them apart with --vault FILE, and again after every erasure.\n";
  return Exit::ok;
}

struct RestoreRequest {
  path backup, folder, vault, last_signed;
  std::string vkey;
};

Exit restore_folder(const RestoreRequest& request) {
  RestoreOptions options{.log_key = {}, .vault = request.vault, .last_signed = request.last_signed, .progress = {}};
  if (!request.vkey.empty()) {
    const auto vkey = argument(parse_vkey(request.vkey));
    if (!vkey) return report(vkey.error());
    options.log_key = *vkey;
  } else {
    std::cerr << "log key, on the backup's own word; give it with --log-vkey\n";
  }
  std::optional<Progress> progress;
  options.progress = [&](std::uint64_t now, std::uint64_t of) {
    if (!progress) progress.emplace("restoring", of);
    progress->at(now);
  };
  const auto done = restore(request.backup, request.folder, options);
  progress.reset();
  if (!done) return report(done.error());
  const auto& counts = done->audit.counts;
  std::cout << to_text(json::object{{"entries", done->checkpoint.size}, {"root", base64(done->checkpoint.root.bytes)}, {"events", counts.events},
                                    {"sealed_parts", counts.sealed_parts}, {"opened_parts", counts.opened_parts}, {"erased_parts", counts.erased_parts},
                                    {"erased_subjects", done->erased_subjects}, {"excised_events", counts.excised_events}})
            << '\n';
  if (request.vault.empty()) std::cerr << "Without a copy of the vault nothing that is sealed in it can be read again.\n";
  if (request.last_signed.empty())
    std::cerr << "Whether entries after these were signed is not known here; with --last-signed FILE, saved from the old folder, it is checked.\n";
  std::cerr << "Put log.key, service.key and, where the log's key was rotated, the log-*.key files into " << (request.folder / "keys").string() << " before it is served.\n";
  return Exit::ok;
}

}  // namespace

void add_backup(CommandLine& line) {
  auto [app, asked] = line.add("backup", "Add what is new in a ledger to a backup, while it is served or not", "  caseledger backup ledger /mnt/backup --vault /media/key/vault.copy", backup_folder);
  app.add_option("DIR", asked.folder, "the ledger's folder")->required();
  app.add_option("OUT", asked.backup, "the backup: a folder of its own, made by the first run")->required();
  app.add_option("--vault", asked.vault, "copy the keys of data subjects into this file, kept apart from OUT; whoever has both reads all");
}

void add_restore(CommandLine& line) {
  auto [app, asked] = line.add("restore", "Put a ledger back from a backup: audited first, erasures replayed",
                               "  caseledger restore /mnt/backup ledger --vault /media/key/vault.copy --last-signed saved/last-signed", restore_folder);
  app.add_option("OUT", asked.backup, "the backup")->required();
  app.add_option("DIR", asked.folder, "the ledger's folder, which may not be there yet")->required();
  app.add_option("--vault", asked.vault, "the copy of the keys of data subjects");
  app.add_option("--last-signed", asked.last_signed, "the old folder's file of that name: a backup that ends before it is refused");
  app.add_option("--log-vkey", asked.vkey, "the log's key as you know it")->envname("CASELEDGER_LOG_VKEY");
}

}  // namespace caseledger::api
