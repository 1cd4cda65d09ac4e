// Worklists as JSON, and which items are asked for.
#pragma once

#include <boost/json/object.hpp>

#include "projections/fold.h"
#include "projections/worklist.h"

namespace caseledger::api {

// {"queue", "waiting", "overdue", "oldest_entered_at", "by_priority"}; what is absent is left out.
boost::json::object length_to_json(std::string_view queue, const projections::QueueLength& length);
// {"queue", "item", "stream", "kind", "priority", "entered_at", "due_at", "overdue", "expedited", "jurisdiction"}
boost::json::object waiting_to_json(const projections::Waiting& waiting, Micros as_of);

// That something ever entered a queue. Errors: not_found, naming the queues that there are.
Result<void> check_queue(const projections::Folds& folds, const std::string& name);

// priorities: P0 … P4, or none. Errors: value_out_of_range.
Result<projections::WaitingFilter> waiting_filter(std::optional<std::string> queue, std::span<const std::string> priorities, std::span<const std::string> kinds,
                                                  std::vector<std::string> jurisdictions, bool overdue);

// Where a list goes on: behind an item. Errors: malformed.
std::string cursor_text(const projections::Urgency& urgency);
Result<projections::Urgency> parse_cursor(std::string_view text);

}  // namespace caseledger::api
