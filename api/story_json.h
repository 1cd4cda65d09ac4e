// The story of a stream, and who may do what, as JSON.
#pragma once

#include <boost/json/object.hpp>

#include "api/stream_events.h"
#include "ledger/succession.h"
#include "projections/cases.h"

namespace caseledger::api {

// {"stream", "kind", "phase", "version", "case": {…} of a case, "timeline": […]}. What is absent is left out. A line of the timeline says
// what its event does: author, causes, parts and body, as recorded; in it a correction's replacement as an event, and not as its bytes.
// facts: the events that the story was told of.
boost::json::object story_to_json(const projections::Story& story, std::span<const projections::Fact> facts);
// The same with "excised": […], where there are such places. Where all events are, the story is of nothing but them.
boost::json::object story_to_json(projections::Story story, std::span<const projections::Fact> facts, std::span<const ExcisedPlace> excised);
// {"stream", "version", "kind", "authority", "decided_position", "decided_at", "proposal", "approved_by"}
boost::json::object excised_to_json(const ExcisedPlace& place);

// {"origin", "constituted", "governance": {"stream", "version"}, "log_vkey", "governors", "threshold", "keys", "proposals"}: all that a
// governor needs to propose, and to see what waits for approval. version: of the governance stream; the next event of it is one more.
// {"origin", "keys": [{"vkey", "from_size", "proof": [{"event", "receipt"}]}]}: genesis' key needs no proof.
boost::json::object log_keys_to_json(const std::string& origin, std::span<const rules::Authority::LogKey> keys, std::span<const Succession> proofs);
Result<std::vector<Succession>> log_keys_from_json(const boost::json::value& keys);
boost::json::object authority_to_json(const rules::Authority& authority, const Vkey& log_key, Version version);

}  // namespace caseledger::api
