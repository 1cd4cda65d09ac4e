// One event of any type and one frame of any kind, made from the schemas alone: nothing here knows a field by name but the envelope's.
//
// The same arguments give the same bytes everywhere. A minimal sample holds what has to be there and nothing else, a maximal one fills
// every field. Every bound of the schema is kept, so check_event_bytes accepts each event; what only the rules ask for (times in order,
// references that resolve) is not.
#pragma once

#include "ledger/core/schema.h"
#include "session_generated.h"

namespace samples {

caseledger::Buffer sample_event(caseledger::schema::Body type, bool maximal, std::uint64_t seed);
caseledger::Buffer sample_frame(caseledger::schema::Message type, bool maximal, std::uint64_t seed);

// Those in use, in their order.
std::vector<caseledger::schema::Body> event_types();

}  // namespace samples
