#include "ledger/audit_pass.h"

#include <algorithm>

#include "ledger/suspects.h"

namespace caseledger::audit {

namespace {

std::string keys_text(std::span<const rules::Authority::LogKey> keys) {
  std::string text;
  for (const auto& each : keys) text += (text.empty() ? "" : ", from size " + number(each.from_size) + " ") + each.vkey.text();
  return text;
}

}  // namespace

std::optional<Terms> Pass::better_terms() const {
  const auto& authority = replay->authority();
  const auto trusted = [&](const rules::Authority::LogKey& each) { return !options.log_key || each.vkey == *options.log_key; };
  Terms better = terms;
  if (std::ranges::any_of(authority.log_keys(), trusted)) better.log_keys = authority.log_keys();
  better.excisions = authority.excisions();
  if (better.log_keys == terms.log_keys && better.excisions == terms.excisions) return std::nullopt;
  return better;
}

void Pass::run(Source& source, std::uint64_t of, const std::function<void(std::uint64_t)>& behind) {
  constexpr std::uint64_t progress_every = 1024;
  tree.emplace(source, findings, audit.counts);
  replay.emplace(terms.origin, options.clock_tolerance.count(), source, findings, audit.counts, terms.excisions);
  const auto progress = [&] {
    if (options.progress) options.progress(tree->size(), std::max(of, tree->size()));
  };
  behind(0);
  Checked checked(source, terms, options.threads);
  while (Exhibit* exhibit = checked.next()) {
    replay->take(*exhibit);
    tree->add(exhibit->leaf);
    for (const auto& checkpoint : exhibit->checkpoints) {
      if (!checkpoint || checkpoint->size != tree->size()) continue;
      tree->hold(checkpoint->root, source.note_place(checkpoint->size));
      covered = checkpoint->size;
      if (const Vkey* key = log_key_at(terms.log_keys, checkpoint->size)) last_signed_[key->key] = checkpoint->size;
    }
    behind(tree->size());
    if (tree->size() % progress_every == 0) progress();
  }
  findings.add(checked.left());
  progress();
}

void Pass::finish(Source& source) {
  tree->finish(audit.not_checked);
  list_suspects(source);
  replay->finish();
  check_handovers(source);
  if (const auto& named = replay->authority().log_keys(); !named.empty() && !terms.log_keys.empty() && named != terms.log_keys)
    findings.add(error("log_key.wrong", source.entry_place({0}),
        "governance names the log key " + keys_text(named) + ", the checkpoints are held to " + keys_text(terms.log_keys)));
  const auto& counts = audit.counts;
  if (!options.log_key && !terms.log_keys.empty()) say("whether the log's key is the right one: it was taken from what is audited; pass one you trust");
  if (counts.withheld_events > 0) say(number(counts.withheld_events) + " events whose bytes are withheld; their leaf hashes are");
  if (counts.excised_events > 0) say(number(counts.excised_events) + " events that were excised; their leaf hashes are");
  if (counts.unjudged_events > 0) say("the rules of " + number(counts.unjudged_events) + " events: what came before them is withheld or damaged");
}

// Whoever trusts a key learns of the one after it from what that key signed: a checkpoint over the decision.
void Pass::check_handovers(Source& source) {
  const auto trusted = std::ranges::find_if(terms.log_keys, [&](const auto& each) { return options.log_key && each.vkey == *options.log_key; });
  for (auto key = trusted; key != terms.log_keys.end() && key + 1 != terms.log_keys.end() && (key + 1)->from_size <= tree->size(); ++key) {
    const auto signed_last = last_signed_.find(key->vkey.key);
    const auto entry = signed_last == last_signed_.end() || signed_last->second == 0 ? Result<Entry>(fail(Errc::not_found, "")) : source.entry({signed_last->second - 1});
    if (entry && entry->end() > (key + 1)->decided) continue;
    findings.add(error("log_key.handover", source.note_place((key + 1)->from_size),
        "no checkpoint by " + key->vkey.text() + " is there over the decision that " + (key + 1)->vkey.text() + " signs the log from then on"));
  }
}

// Entries by keys that were compromised when they signed. What cannot be read was found before.
void Pass::list_suspects(Source& source) {
  const auto entry_at = [&](EntryIndex index) -> Result<std::optional<Entry>> {
    auto entry = source.entry(index);
    return entry ? std::optional(std::move(*entry)) : std::nullopt;
  };
  const auto& revocations = replay->authority().revocations();
  const auto listed = each_suspect(revocations, tree->size(), entry_at, [&](const Suspect& suspect) {
    ++audit.counts.suspect_entries;
    audit.counts.suspect_events += suspect.events;
    Place place = source.entry_place(suspect.index);
    place.position = suspect.entry.first_position;
    findings.add(warning("key.compromised", std::move(place),
        "signed by " + suspect.doubted_by.vkey.name + ", which is said to be compromised from position " + number(suspect.doubted_by.compromised_from->value) + " on"));
  });
  ENSURE(listed);
}

}  // namespace caseledger::audit
