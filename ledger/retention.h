// Whose data has been kept for as long as it may be.
//
// Retention is counted from the last event of each stream that holds something sealed about the subject; a case that is open keeps what it
// holds, as does a stream for which no rule says how long. Memory is for what is over and for a slice of the streams at a time: a long log is passed
// over several times.
#pragma once

#include "ledger/erasure.h"
#include "ledger/rules/retention_policy.h"

namespace caseledger {

// What was sealed about its subject before, and it covers, is no more.
struct ExecutedErasure {
  GrantedErasure grant;
  Position executed;
};

using KeptTooLong = std::vector<std::pair<SubjectId, Micros>>;  // and since when

// Of several policies the longest counts. Errors: io, verification_failed.
Result<KeptTooLong> kept_too_long(const store::Log& log, std::span<const rules::RetentionPolicy> policies, std::span<const ExecutedErasure> erased, Micros now,
                                  std::uint64_t slice_events = 8'000'000);

}  // namespace caseledger
