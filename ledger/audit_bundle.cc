// Audits of what is served: an offline bundle, or a log at an address.
#include <algorithm>

#include "ledger/audit_editions.h"
#include "ledger/audit_pass.h"
#include "ledger/audit_served.h"

namespace caseledger {

namespace audit {

namespace {

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
    return std::ranges::none_of(pass.terms.log_keys, [&](const auto& each) { return is(each.vkey); }) && std::ranges::none_of(pass.terms.witnesses, is);
  });
  if (unknown > 0) pass.say(number(unknown) + " signatures of the checkpoint: their keys were not given");
}

void audit_files(const Fetch& fetch, const FetchPiece& piece, bool with_batches, const std::string& note, Pass& pass) {
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
  const auto handovers = bundle_handovers(fetch);
  if (!handovers) pass.findings.add(error("file.malformed", {.path = "handover"}, handovers.error().sentence));
  ServedSource source(fetch, piece, size, with_batches, handovers ? *handovers : std::map<std::uint64_t, std::string>{});
  pass.run(source, size, [](std::uint64_t) {});
  const bool whole = pass.tree->size() == size;
  if (whole) pass.tree->hold_partial_tiles();
  if (whole && opened) pass.tree->hold(opened->root, {.path = "checkpoint"});
  if (!whole) pass.say("the root and everything from entry " + number(pass.tree->size()) + " on: it is missing");
  pass.finish(source);
}

// One pass, and another where the log turns out to have had several keys or excisions.
void audit_governed(Audit& audit, const AuditOptions& options, Terms terms, const std::function<void(Pass&)>& run) {
  const Audit before = audit;
  std::optional<Terms> better;
  {
    Pass pass(audit, options, terms);
    run(pass);
    better = pass.better_terms();
  }
  if (!better) return;
  audit = before;
  Pass pass(audit, options, *better);
  run(pass);
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
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_directory(error)) continue;
    const std::string path = at->path().lexically_relative(folder).generic_string();
    if (path == "checkpoint" || path == "vkey" || path.starts_with("handover/") || path.starts_with("releases/")) continue;
    const auto tile = tile_of(path);
    if (tile && tile->first.width == tile->second) continue;
    pass.findings.add(warning("file.unexpected", {.path = path}, "it is no part of a bundle of " + number(size) + " entries"));
  }
}

}  // namespace

}  // namespace audit

using namespace audit;

Result<Audit> audit_bundle(const std::filesystem::path& bundle, const AuditOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(bundle, ignored)) return fail(Errc::not_found, "there is no bundle in " + bundle.string());
  Audit audit;
  Findings findings(audit, options.findings_max);
  const Fetch fetch = fetch_from(bundle);
  const auto own = bundle_vkey(fetch);
  if (!own) findings.add(error("vkey.wrong", {.path = "vkey"}, own.error().sentence));
  const auto note = fetch("checkpoint");
  if (!note) findings.add(error("file.missing", {.path = "checkpoint"}, note.error().sentence));
  const std::string text = note ? std::string(text_of(*note)) : "";
  const auto key = options.log_key ? options.log_key : own ? std::optional(*own) : std::nullopt;
  Terms terms{key ? key->name : text.substr(0, text.find('\n')), {}, options.witnesses, {}, nullptr};
  if (key) terms.log_keys = {{*key, 0}};
  audit_governed(audit, options, std::move(terms), [&](Pass& pass) {
    const auto is_own = [&](const auto& each) { return own && each.vkey == *own; };
    if (own && options.log_key && std::ranges::none_of(pass.terms.log_keys, is_own))
      pass.findings.add(error("vkey.wrong", {.path = "vkey"}, "the bundle brings the key " + own->text() + ", trusted is " + options.log_key->text()));
    audit_files(fetch, fetch_piece_from(bundle), true, text, pass);
    find_strays(bundle, pass.tree->size(), pass);
    check_editions(bundle, pass);
    pass.say("sealed parts: a bundle has none");
  });
  return audit;
}

Result<Audit> audit_served(Fetch fetch, const AuditOptions& options) {
  if (!options.log_key) return fail(Errc::usage, "to audit a served log its key has to be known: pass the vkey you trust");
  TRY_AS(note, fetch("checkpoint"));
  const std::string text(text_of(note));
  Audit audit;
  audit_governed(audit, options, {options.log_key->name, {{*options.log_key, 0}}, options.witnesses, {}, nullptr}, [&](Pass& pass) {
    const auto opened = open_own_checkpoint(text, pass.terms);
    const bool with_batches = opened && opened->size > 0 && Served(fetch, opened->size).batches(0);
    audit_files(fetch, nullptr, with_batches, text, pass);
    if (!with_batches) pass.say("events, rules and authority: only entries are served there");
    pass.say("sealed parts: they are not served");
  });
  return audit;
}

}  // namespace caseledger
