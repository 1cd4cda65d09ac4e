#include "ledger/audit.h"

#include <algorithm>

#include "ledger/audit_check.h"
#include "ledger/audit_folder.h"
#include "ledger/audit_kept.h"
#include "ledger/audit_served.h"
#include "ledger/audit_tree.h"
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

// One pass over a source: what every kind of audit does.
struct Pass {
  Pass(Audit& into, const AuditOptions& how, Terms held_to)
      : audit(into), options(how), terms(std::move(held_to)), findings(into, how.findings_max) {}

  // behind(entries): called behind each entry, once its root is held to what was signed.
  template <class Behind>
  void run(Source& source, std::uint64_t of, Behind behind) {
    tree.emplace(source, findings, audit.counts);
    replay.emplace(terms.origin, options.clock_tolerance.count(), source, findings, audit.counts);
    behind(0);
    Checked checked(source, terms, options.threads);
    while (Exhibit* exhibit = checked.next()) {
      replay->take(*exhibit);
      tree->add(exhibit->leaf);
      for (const auto& checkpoint : exhibit->checkpoints)
        if (checkpoint && checkpoint->size == tree->size()) {
          tree->hold(checkpoint->root, {.path = "store/log checkpoint " + std::to_string(checkpoint->size)});
          covered = checkpoint->size;
        }
      behind(tree->size());
      if (options.progress && tree->size() % 1024 == 0) options.progress(tree->size(), std::max(of, tree->size()));
    }
    findings.add(checked.left());
    if (options.progress) options.progress(tree->size(), std::max(of, tree->size()));
  }

  // What the log's key follows from, where nobody else gave it.
  void finish(Source& source) {
    tree->finish(audit.not_checked);
    check_compromises(source, *replay, tree->size(), findings, audit.counts);
    const auto& named = replay->authority().log_key();
    if (named && terms.log_key && *named != *terms.log_key)
      findings.add(error("log_key.wrong", source.entry_place({0}), "genesis names the log key " + named->text() + ", the checkpoints are held to " + terms.log_key->text()));
    const auto& counts = audit.counts;
    if (!options.log_key && terms.log_key) say("whether the log's key is the right one: it was taken from what is audited; pass one you trust");
    if (counts.withheld_events > 0) say(std::to_string(counts.withheld_events) + " events whose bytes are withheld or excised; their leaf hashes are");
    if (counts.unjudged_events > 0) say("the rules of " + std::to_string(counts.unjudged_events) + " events: what came before them is withheld or damaged");
  }

  void say(std::string sentence) { audit.not_checked.push_back(std::move(sentence)); }

  Audit& audit;
  const AuditOptions& options;
  const Terms terms;
  Findings findings;
  std::optional<TreeCheck> tree;
  std::optional<Replay> replay;
  std::uint64_t covered = 0;  // entries under the last checkpoint whose signature holds
};

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

// False when the log is shorter than what was signed.
bool audit_log(const store::Log& log, const store::Folds* folds, Marks& marks, Pass& pass) {
  pass.audit.checkpoint = latest(log, pass.terms);
  const std::uint64_t size = pass.audit.checkpoint ? pass.audit.checkpoint->size : 0;
  FolderSource source(log, folds, size);
  const auto heads_cursor = folds ? folds->heads_cursor() : Result<EntryIndex>(EntryIndex{0});
  pass.run(source, size, [&](std::uint64_t entries) {
    marks.reach(entries, *pass.tree);
    if (folds && heads_cursor && heads_cursor->value == entries) check_heads(*folds, pass.replay->heads(), pass.findings);
  });
  const std::uint64_t end = pass.tree->size();
  if (pass.covered < end)
    pass.findings.add(error("checkpoint.missing", source.entry_place({pass.covered}), "no checkpoint that holds covers entries " + std::to_string(pass.covered) + " to " + std::to_string(end - 1)));
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

// The log's key, the trusted one or else the one in genesis, and the log's name in any case.
Terms terms_of(const store::Log& log, const AuditOptions& options, Findings& findings) {
  Terms terms{"", options.log_key, options.witnesses, nullptr};
  if (!terms.log_key) {
    const auto named = genesis_log_key(log);
    if (named) terms.log_key = *named;
    if (const auto end = log.end(); !named && (!end || end->size.value > 0))
      findings.add(error("log_key.unknown", {.path = "store/log"}, "no key was given, and genesis cannot say: " + named.error().sentence));
  }
  const auto note = log.last_checkpoint();
  if (terms.log_key) terms.origin = terms.log_key->name;
  else if (note && *note) terms.origin = (*note)->substr(0, (*note)->find('\n'));
  return terms;
}

// How many entries a bundle has whose checkpoint does not hold: what it says, if there are files to bear it out.
std::uint64_t size_in_doubt(const Fetch& fetch, std::string_view note) {
  const auto text = note.substr(0, note.find("\n\n") == note.npos ? note.size() : note.find("\n\n") + 1);
  const auto claimed = parse_checkpoint_text(text);
  if (!claimed || claimed->size == 0) return 0;
  const Served served(fetch, claimed->size);
  return served.entries((claimed->size - 1) / 256) ? claimed->size : 0;
}

// Counts the signatures of a checkpoint that no given key could verify.
void count_unknown(std::string_view note, Pass& pass) {
  const auto parsed = parse_note(note);
  if (!parsed) return;
  const auto unknown = std::ranges::count_if(parsed->signatures, [&](const NoteSignature& line) {
    const auto is = [&](const Vkey& key) { return key.name == line.name && key.id() == line.key_id; };
    return !(pass.terms.log_key && is(*pass.terms.log_key)) && std::ranges::none_of(pass.terms.witnesses, is);
  });
  if (unknown > 0) pass.say(std::to_string(unknown) + " signatures of the checkpoint: their keys were not given");
}

void audit_files(const Fetch& fetch, bool with_batches, const std::string& note, Pass& pass) {
  count_unknown(note, pass);
  const auto opened = open_own_checkpoint(note, pass.terms);
  if (opened) {
    pass.audit.checkpoint = *opened;
    ++pass.audit.counts.signatures;
  } else {
    pass.findings.add(error("checkpoint.wrong", {.path = "checkpoint"}, opened.error().sentence));
  }
  const std::uint64_t size = opened ? opened->size : size_in_doubt(fetch, note);
  if (!opened) pass.say(size > 0 ? "the root: the checkpoint does not hold" : "everything under the checkpoint: it does not hold, and what it says leads nowhere");
  ServedSource source(fetch, size, with_batches);
  pass.run(source, size, [](std::uint64_t) {});
  const bool whole = pass.tree->size() == size;
  if (whole) pass.tree->hold_partial_tiles();
  if (whole && opened) pass.tree->hold(opened->root, {.path = "checkpoint"});
  if (!whole) pass.say("the root and everything from entry " + std::to_string(pass.tree->size()) + " on: it is missing");
  pass.finish(source);
}

// Files that are no part of a bundle of this size.
void find_strays(const std::filesystem::path& folder, std::uint64_t size, Pass& pass) {
  const auto tile_of = [&](std::string_view path) -> std::optional<std::pair<TileId, unsigned>> {
    const auto known = [&](const Result<TileId>& id) -> std::optional<std::pair<TileId, unsigned>> {
      if (!id) return std::nullopt;
      return std::pair(*id, tile_width(id->level, id->index, size));
    };
    if (path.starts_with("tile/entries/")) return known(parse_entries_path(path.substr(13)));
    if (path.starts_with("batch/")) return known(parse_entries_path(path.substr(6)));
    if (path.starts_with("tile/")) return known(parse_tile_path(path.substr(5)));
    return std::nullopt;
  };
  std::uint64_t others = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_directory(error)) continue;
    const std::string path = at->path().lexically_relative(folder).generic_string();
    if (path == "checkpoint" || path == "vkey") continue;
    const auto tile = tile_of(path);
    if (tile && tile->first.width == tile->second) continue;
    if (path.starts_with("releases/") || path.starts_with("parts/")) ++others;
    else pass.findings.add(warning("file.unexpected", {.path = path}, "it is no part of a bundle of " + std::to_string(size) + " entries"));
  }
  if (others > 0) pass.say(std::to_string(others) + " files under releases/ and parts/");
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
  else if (!folds) findings.add(error("fold.unreadable", {.path = "store/folds"}, folds.error().sentence));
  const auto log = open_log(ledger, audit, findings);
  if (!log) return audit;
  Terms terms = terms_of(**log, options, findings);
  const auto vault = store::Vault::open(ledger / "vault", terms.origin, true);
  if (vault) terms.vault = vault->get();
  else if (vault.error().code == Errc::verification_failed && std::filesystem::exists(ledger / "vault", ignored)) findings.add(error("vault.damaged", {.path = "vault"}, vault.error().sentence));
  if (!vault) audit.not_checked.push_back("what sealed parts hold: the vault cannot be opened");
  audit.not_checked.push_back("what the projections keep; rebuild them to compare");

  Pass pass(audit, options, std::move(terms));
  if (!audit_log(**log, folds ? folds->get() : nullptr, marks, pass)) check_write_ahead(ledger / "store" / "log", true, findings);
  return audit;
}

Result<Audit> audit_bundle(const std::filesystem::path& bundle, const AuditOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(bundle, ignored)) return fail(Errc::not_found, "there is no bundle in " + bundle.string());
  Audit audit;
  Findings findings(audit, options.findings_max);
  const Fetch fetch = fetch_from(bundle);
  const auto own = bundle_vkey(fetch);
  if (!own) findings.add(error("vkey.wrong", {.path = "vkey"}, own.error().sentence));
  else if (options.log_key && *own != *options.log_key)
    findings.add(error("vkey.wrong", {.path = "vkey"}, "the bundle brings the key " + own->text() + ", trusted is " + options.log_key->text()));
  const auto note = fetch("checkpoint");
  if (!note) findings.add(error("file.missing", {.path = "checkpoint"}, note.error().sentence));
  const std::string text = note ? std::string(text_of(*note)) : "";
  const auto key = options.log_key ? options.log_key : own ? std::optional(*own) : std::nullopt;
  Pass pass(audit, options, {key ? key->name : text.substr(0, text.find('\n')), key, options.witnesses, nullptr});
  audit_files(fetch, true, text, pass);
  find_strays(bundle, pass.tree->size(), pass);
  pass.say("sealed parts: a bundle has none");
  return audit;
}

Result<Audit> audit_served(Fetch fetch, const AuditOptions& options) {
  if (!options.log_key) return fail(Errc::usage, "to audit a served log its key has to be known: pass the vkey you trust");
  TRY_AS(note, fetch("checkpoint"));
  const std::string text(text_of(note));
  Audit audit;
  Pass pass(audit, options, {options.log_key->name, options.log_key, options.witnesses, nullptr});
  const auto opened = open_own_checkpoint(text, pass.terms);
  const bool with_batches = opened && opened->size > 0 && Served(fetch, opened->size).batches(0);
  audit_files(fetch, with_batches, text, pass);
  if (!with_batches) pass.say("events, rules and authority: only entries are served there");
  pass.say("sealed parts: they are not served");
  return audit;
}

}  // namespace caseledger
