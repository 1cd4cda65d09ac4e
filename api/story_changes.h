// What changed in a stream between two points of the log.
#pragma once

#include <boost/json/object.hpp>

#include "projections/projection.h"

namespace caseledger::api {

// {"stream", "kind", "events": […], "amended": […], "changed": […]}: the events that came since, as a timeline tells them; the earlier ones
// that say something else since, by a correction or a retraction; and the fields of the state that differ. A difference is {"field", "from",
// "to"}: "case.subjects[0192…].outcome"; what was not there, or is not any more, is left out.
// facts: all recorded events of one stream, in order, at least one. since: those before it were known then.
boost::json::object changes_to_json(std::span<const projections::Fact> facts, Position since);

}  // namespace caseledger::api
