// What is due for data subjects: what has run out, what waits for a decision, and whose data may be kept no longer.
//
// One pass over the log; nothing is kept for it. Retention is that of the policies in force now, counted from the last event of each stream
// that holds something sealed about the subject. A case that is open keeps what it holds.
#pragma once

#include "ledger/store/log.h"

namespace caseledger {

struct Due {
  enum class What : std::uint8_t { preservation_over, hold_over, erasure_undecided, erasure_unexecuted, retention_over };
  What what;
  StreamId stream;      // of the subject; its own id where it has none
  Version version = 0;  // of the event it is about; 0: retention
  SubjectId subject;
  Micros since = 0;
  bool held = false;    // a legal hold or a preservation stands against erasing it

  friend bool operator==(const Due&, const Due&) = default;
};
std::string_view name(Due::What what);

// By what it is, the oldest first. Errors: io, verification_failed.
Result<std::vector<Due>> what_is_due(const store::Log& log, const std::string& origin, Micros now);

}  // namespace caseledger
