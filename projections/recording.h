// The recording itself (T15): which events were recorded and how late, what was corrected and retracted and how late, which versions of streams
// have no event.
//
// It counts what was recorded: a corrected or retracted event counts as it stood in the log, and so does the decision that changed it.
#pragma once

#include <vector>

#include "projections/projection.h"

namespace caseledger::projections {

const Projection& recording();

// Versions in a row that a stream passed over: of none of them there is an event.
struct MissingVersions {
  StreamId stream;
  Version first = 0;
  std::uint32_t count = 0;
};
std::vector<MissingVersions> missing_versions(const Cells& of_recording);

}  // namespace caseledger::projections
