// Reading a ledger folder beside the process that may be writing it: nothing is locked, made or changed.
//
// What is seen is one moment of the folder: everything up to some commit.
#pragma once

#include "ledger/rules/authority.h"
#include "ledger/store/folds.h"
#include "ledger/store/log.h"

namespace caseledger {

// Errors: not_found (no such ledger), io, verification_failed (what lies there is damaged).
Result<std::unique_ptr<store::Log>> open_log_beside(const std::filesystem::path& ledger);
// What can still be read of a log whose write-ahead log is damaged.
Result<std::unique_ptr<store::Log>> salvage_log(const std::filesystem::path& ledger);
Result<std::unique_ptr<store::Folds>> open_folds_beside(const std::filesystem::path& ledger);  // also: usage (of another version)

// Where a stream ends in a log: from the folds beside it, as far as they are written and bear out, and the rest of the log.
struct StreamEnd {
  Position last;
  Version version = 0;
};
// Nothing: there is no such stream. Errors: io, verification_failed.
Result<std::optional<StreamEnd>> stream_end_beside(const std::filesystem::path& ledger, const store::Log& log, const StreamId& stream);

// The log's key as genesis names it. Errors: not_found (no genesis yet), malformed, io, verification_failed.
Result<Vkey> genesis_log_key(const store::Log& log);

// What governors decided, as the log seems to say: of the strict form and as authority admits it, but no signature is verified. Where no folds
// say how far the governance stream goes, the whole log is searched for it. Errors: io, verification_failed (damaged).
Result<rules::Authority> authority_of(const store::Log& log, const store::Folds* folds, const std::string& origin);

}  // namespace caseledger
