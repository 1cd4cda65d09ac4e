// Sealed parts, read: only against the reader's own record.viewed, which is in the log before any plaintext leaves it.
#pragma once

#include "ledger/ledger.h"

namespace caseledger {

inline constexpr std::size_t viewed_parts_max = 64;         // of one record.viewed, by its schema
inline constexpr std::chrono::minutes unsealed_within{15};  // of its recording: who reads again says so again

struct Unsealing {
  const rules::Enrolment& reader;
  Position viewed;  // the reader's record.viewed
  Micros now;       // wall clock
  std::function<Result<bool>(const EventView& event, Position position, const PublicKey& author)> may_read;  // the event a part belongs to
};

// What opens the parts that it names; `event` is the index in its list. Parts that are erased are left out.
// Errors: not_found (not recorded; all the parts are erased), not_permitted (another's; no role, purpose or grant; too long ago),
// value_out_of_range, overloaded (at a moment when a stream is being written to), and what reading the log fails with.
Result<std::vector<Opening>> unseal(const Ledger& ledger, const Unsealing& wanted);

}  // namespace caseledger
