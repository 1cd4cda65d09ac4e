// What a data folder keeps beside the log: it has to be what follows from the log, or what was signed.
#pragma once

#include <set>

#include "ledger/audit_replay.h"
#include "ledger/audit_tree.h"
#include "ledger/store/folds.h"
#include "ledger/store/last_signed.h"

namespace caseledger::audit {

// The heads in the folds, at the moment when as many entries are replayed as their cursor says. Those of `except` may still rest on events
// that were excised since.
void check_heads(const store::Folds& folds, const store::Heads& heads, const std::set<StreamId>& except, Findings& findings);

// Behind the last entry: skips, tiles of no entry, cursors beyond the log.
void check_folds(const store::Folds& folds, const Replay& replay, EntryIndex heads_cursor, std::uint64_t size, Findings& findings);

// The marks of what was signed last: read before the log, so that the log cannot be behind them.
class Marks {
 public:
  Marks(const std::filesystem::path& file, Findings& findings);
  void reach(std::uint64_t size, const TreeCheck& tree);
  // False when the log is shorter than what was signed.
  bool finish(std::uint64_t size);

 private:
  Place place() const { return {.path = "last-signed"}; }
  Findings& findings_;
  std::vector<store::LastSigned::Mark> marks_;
};

// The write-ahead log's files, record by record. cut_off: also where the last record has no end.
void check_write_ahead(const std::filesystem::path& log, bool cut_off, Findings& findings);

}  // namespace caseledger::audit
