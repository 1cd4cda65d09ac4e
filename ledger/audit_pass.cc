#include "ledger/audit_pass.h"

namespace caseledger::audit {

void Pass::run(Source& source, std::uint64_t of, const std::function<void(std::uint64_t)>& behind) {
  constexpr std::uint64_t progress_every = 1024;
  tree.emplace(source, findings, audit.counts);
  replay.emplace(terms.origin, options.clock_tolerance.count(), source, findings, audit.counts);
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
      tree->hold(checkpoint->root, {.path = "store/log checkpoint " + number(checkpoint->size)});
      covered = checkpoint->size;
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
  const auto& named = replay->authority().log_key();
  if (named && terms.log_key && *named != *terms.log_key)
    findings.add(error("log_key.wrong", source.entry_place({0}),
        "genesis names the log key " + named->text() + ", the checkpoints are held to " + terms.log_key->text()));
  const auto& counts = audit.counts;
  if (!options.log_key && terms.log_key) say("whether the log's key is the right one: it was taken from what is audited; pass one you trust");
  if (counts.withheld_events > 0) say(number(counts.withheld_events) + " events whose bytes are withheld or excised; their leaf hashes are");
  if (counts.unjudged_events > 0) say("the rules of " + number(counts.unjudged_events) + " events: what came before them is withheld or damaged");
}

// Entries by keys that were compromised when they signed: a second look, once it is known which those are.
void Pass::list_suspects(Source& source) {
  const std::uint64_t size = tree->size();
  for (const auto& compromise : replay->compromises()) {
    std::uint64_t begin = 0, end = size;
    while (begin < end) {  // the first entry that reaches beyond compromise.from
      const std::uint64_t middle = begin + (end - begin) / 2;
      const auto entry = source.entry({middle});
      if (entry && entry->end() <= compromise.from) begin = middle + 1;
      else end = middle;
    }
    for (std::uint64_t i = begin; i < size; ++i) {
      const auto entry = source.entry({i});
      if (!entry) continue;
      if (entry->first_position >= compromise.revoked) break;
      if (entry->author != compromise.vkey.key) continue;
      ++audit.counts.suspect_entries;
      Place place = source.entry_place({i});
      place.position = entry->first_position;
      findings.add(warning("key.compromised", std::move(place),
          "signed by " + compromise.vkey.name + ", which is said to be compromised from position " + number(compromise.from.value) + " on"));
    }
  }
}

}  // namespace caseledger::audit
