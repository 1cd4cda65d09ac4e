// The events of one stream as answers need them: all of them up to a point of the log, or a page of versions.
//
// The heads in memory run ahead of the published log by the commit under way, and are taken back when it refuses a batch. What is read
// here is committed: a head that is not, is waited for or read again.
#pragma once

#include "ledger/history.h"
#include "ledger/ledger.h"
#include "projections/standing.h"

namespace caseledger::api {

// What is told of a stream that does not exist, as of some point.
Error no_such_stream(const StreamId& stream);

// A published state of a stream, no older than the published head at the call. Errors: not_found, overloaded, io.
Result<rules::StreamState> published_state(const Ledger& ledger, const StreamId& stream);

// All events before a position. Errors: not_found (the stream begins later), too_large (it has more than events_max), overloaded, io.
Result<projections::RecordedFacts> events_before(const Ledger& ledger, const StreamId& stream, Position limit, Version events_max);

// Versions from .. from + count − 1, as far as they stand before a position. Errors: not_found, overloaded, io.
struct StreamPage {
  projections::RecordedFacts events;
  Version next = 0;       // the version to go on with
  bool complete = false;  // there are none beyond these before the position
};
Result<StreamPage> versions_before(const Ledger& ledger, const StreamId& stream, Version from, Version count, Position limit);

// A place in a stream whose event was excised: where it stood, and who decided it.
struct ExcisedPlace {
  rules::Excision excision;
  EntryIndex entry;  // that holds its leaf hash
  Micros recorded_at = 0, decided_at = 0;
  PublicKey author{};
  Version proposal = 0;  // of the governance stream
  std::vector<std::string> approved_by;
};
// Errors: io, verification_failed.
Result<ExcisedPlace> excised_place(const store::Log& log, const rules::Authority& authority, const rules::Excision& excision);
// Those of a stream before a position, by version.
Result<std::vector<ExcisedPlace>> excised_places(const store::Log& log, const rules::Authority& authority, const StreamId& stream, Position limit);

}  // namespace caseledger::api
