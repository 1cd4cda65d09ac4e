#include "ledger/audit.h"

#include <algorithm>

#include "ledger/audit_editions.h"
#include "ledger/audit_folder.h"
#include "ledger/audit_kept.h"
#include "ledger/audit_pass.h"
#include "ledger/beside.h"

namespace caseledger {

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
  }
  return "?";
}

std::string Place::text() const {
  std::string text = path;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (entry) add("entry " + std::to_string(entry->value));
  if (position) add("position " + std::to_string(position->value));
  if (!stream.is_nil()) add("stream " + to_string(stream));
  if (version != 0) text += " version " + std::to_string(version);
  return text;
}

namespace audit {

namespace {

// The latest checkpoint that holds; those behind it that do not are named when their turn comes.
std::optional<Checkpoint> latest(const store::Log& log, const Terms& terms) {
  constexpr int tries_max = 1000;
  auto rows = log.rows(store::Log::Family::checkpoints);
  rows.seek_last();
  for (int i = 0; i < tries_max && rows.valid(); ++i, rows.previous()) {
    const auto opened = open_own_checkpoint(text_of(rows.value()), terms);
    if (opened && rows.key().size() == 8 && load_be<std::uint64_t>(rows.key().data()) == opened->size) return *opened;
  }
  return std::nullopt;
}

// Streams of which something is excised later than the pass has come.
std::set<StreamId> still_to_be_excised(const Pass& pass) {
  std::set<StreamId> streams;
  for (const auto& [position, excision] : pass.terms.excisions)
    if (!pass.replay->authority().excisions().contains(position)) streams.insert(excision.stream);
  return streams;
}

// False when the log is shorter than what was signed.
bool audit_log(const store::Log& log, const store::Folds* folds, Marks& marks, Pass& pass) {
  pass.audit.checkpoint = latest(log, pass.terms);
  const std::uint64_t size = pass.audit.checkpoint ? pass.audit.checkpoint->size : 0;
  FolderSource source(log, folds, size);
  const auto heads_cursor = folds ? folds->heads_cursor() : Result<EntryIndex>(EntryIndex{0});
  if (!heads_cursor) pass.findings.add(error("fold.unreadable", {.path = "store/folds"}, heads_cursor.error().sentence));
  pass.run(source, size, [&](std::uint64_t entries) {
    marks.reach(entries, *pass.tree);
    if (folds && heads_cursor && heads_cursor->value == entries) check_heads(*folds, pass.replay->heads(), still_to_be_excised(pass), pass.findings);
  });
  const std::uint64_t end = pass.tree->size();
  if (pass.covered < end)
    pass.findings.add(error("checkpoint.missing", source.entry_place({pass.covered}),
        "no checkpoint that holds covers entries " + std::to_string(pass.covered) + " to " + std::to_string(end - 1)));
  const bool whole = marks.finish(end);
  if (folds && heads_cursor) check_folds(*folds, *pass.replay, *heads_cursor, end, pass.findings);
  pass.finish(source);
  return whole;
}

// The log as it lies, or what can be salvaged of it.
Result<std::unique_ptr<store::Log>> open_log(const std::filesystem::path& ledger, Audit& audit, Findings& findings) {
  auto log = open_log_beside(ledger);
  if (log) return log;
  findings.add(error("log.unreadable", {.path = "store/log"}, log.error().sentence));
  if (log.error().code == Errc::verification_failed) {
    check_write_ahead(ledger / "store" / "log", false, findings);
    log = salvage_log(ledger);
  }
  if (!log) audit.not_checked.push_back("everything in store/log");
  return log;
}

// The log's keys, the trusted one or else the one in genesis and those after it, and the log's name in any case.
Terms terms_of(const store::Log& log, const store::Folds* folds, const AuditOptions& options, Findings& findings) {
  Terms terms{"", {}, options.witnesses, {}, nullptr};
  if (options.log_key) terms.log_keys = {{*options.log_key, 0}};
  if (!options.log_key) {
    const auto named = genesis_log_key(log);
    if (named) terms.log_keys = {{*named, 0}};
    if (const auto end = log.end(); !named && (!end || end->size.value > 0))
      findings.add(error("log_key.unknown", {.path = "store/log"}, "no key was given, and genesis cannot say: " + named.error().sentence));
  }
  const auto note = log.last_checkpoint();
  if (!terms.log_keys.empty()) terms.origin = terms.log_keys[0].vkey.name;
  else if (note && *note) terms.origin = (*note)->substr(0, (*note)->find('\n'));
  if (terms.log_keys.empty()) return terms;
  const auto authority = authority_of(log, folds, terms.origin);
  if (!authority) return terms;  // the pass names what is damaged
  const auto same = [&](const auto& each) { return each.vkey == terms.log_keys[0].vkey; };
  if (std::ranges::any_of(authority->log_keys(), same)) terms.log_keys = authority->log_keys();
  terms.excisions = authority->excisions();
  return terms;
}

}  // namespace

}  // namespace audit

using namespace audit;

Result<Audit> audit_folder(const std::filesystem::path& ledger, const AuditOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(ledger / "store" / "log", ignored)) return fail(Errc::not_found, "there is no ledger in " + ledger.string());
  Audit audit;
  Findings findings(audit, options.findings_max);
  // In this order: what is read later can only have grown.
  Marks marks(ledger / "last-signed", findings);
  const auto folds = options.folds ? open_folds_beside(ledger) : fail(Errc::not_found, "not asked for");
  if (!options.folds) audit.not_checked.push_back("tiles, heads and skips: it was not asked for");
  else if (!folds && folds.error().code == Errc::not_found) audit.not_checked.push_back("tiles, heads and skips: there are no folds");
  else if (!folds && folds.error().code == Errc::usage) audit.not_checked.push_back("tiles, heads and skips: " + folds.error().sentence);
  else if (!folds) findings.add(error("fold.unreadable", {.path = "store/folds"}, folds.error().sentence));
  const auto log = open_log(ledger, audit, findings);
  if (!log) return audit;
  Terms terms = terms_of(**log, folds ? folds->get() : nullptr, options, findings);
  const auto no_origin = [] { return fail(Errc::not_found, "it opens only for the ledger's origin, which nothing tells yet"); };
  auto vault = terms.origin.empty() ? Result<std::unique_ptr<store::Vault>>(no_origin()) : store::Vault::open(ledger / "vault", terms.origin, true);
  const bool damaged = !vault && vault.error().code == Errc::verification_failed && std::filesystem::exists(ledger / "vault", ignored);
  if (vault) terms.vault = vault->get();
  if (damaged) findings.add(error("vault.damaged", {.path = "vault"}, vault.error().sentence));
  if (!vault) audit.not_checked.push_back("what sealed parts hold: " + vault.error().sentence);
  audit.not_checked.push_back("what the projections keep; rebuild them to compare");

  Pass pass(audit, options, std::move(terms));
  if (!audit_log(**log, folds ? folds->get() : nullptr, marks, pass)) check_write_ahead(ledger / "store" / "log", true, findings);
  check_editions(ledger, pass);
  return audit;
}

}  // namespace caseledger
