// One pass over a source: what every kind of audit does.
#pragma once

#include "ledger/audit_check.h"
#include "ledger/audit_replay.h"
#include "ledger/audit_tree.h"

namespace caseledger::audit {

struct Pass {
  Pass(Audit& into, const AuditOptions& how, Terms held_to) : audit(into), options(how), terms(std::move(held_to)), findings(into, how.findings_max) {}

  // of: entries expected, for progress. behind(entries) is called behind each entry, once its root is held to what was signed.
  void run(Source& source, std::uint64_t of, const std::function<void(std::uint64_t)>& behind);
  // What can only be said at the end.
  void finish(Source& source);
  void say(std::string sentence) { audit.not_checked.push_back(std::move(sentence)); }

  Audit& audit;
  const AuditOptions& options;
  const Terms terms;
  Findings findings;
  std::optional<TreeCheck> tree;
  std::optional<Replay> replay;
  // Did the log's own governance turn out to decide something else than the terms presume? Then they are what it says, for another pass.
  std::optional<Terms> better_terms() const;

  std::uint64_t covered = 0;  // entries under the last stored checkpoint whose signature holds

 private:
  void list_suspects(Source& source);
  void check_handovers(Source& source);

  std::map<PublicKey, std::uint64_t> last_signed_;  // the greatest size whose checkpoint by the key holds
};

}  // namespace caseledger::audit
