// What waits in the queues.
#include <boost/json/array.hpp>

#include "api/answers.h"
#include "api/as_of.h"
#include "api/routes.h"
#include "projections/worklist.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::QueueLength;
using projections::Waiting;

namespace {

json::object length_to_json(std::string_view queue, const QueueLength& length) {
  json::object by_priority;
  for (const auto priority : schema::EnumValuesPriority())
    if (const auto n = length.by_priority.at(static_cast<std::size_t>(priority)); n > 0) by_priority.emplace(schema::EnumNamePriority(priority), n);
  json::object out{{"queue", queue}, {"waiting", length.waiting}, {"overdue", length.overdue}};
  if (length.waiting > 0) out.emplace("oldest_entered_at", to_rfc3339(length.oldest_entered_at));
  out.emplace("by_priority", std::move(by_priority));
  return out;
}

json::object waiting_to_json(const Waiting& waiting, Micros clock) {
  json::object out{{"item", to_string(waiting.item)}, {"stream", to_string(waiting.stream)}, {"kind", kind_name(waiting.kind)}};
  if (waiting.priority != schema::Priority::unset) out.emplace("priority", schema::EnumNamePriority(waiting.priority));
  out.emplace("entered_at", to_rfc3339(waiting.entered_at));
  if (waiting.due_at != 0) out.emplace("due_at", to_rfc3339(waiting.due_at));
  out.emplace("overdue", waiting.overdue(clock));
  out.emplace("expedited", waiting.expedited);
  if (!waiting.jurisdiction.empty()) out.emplace("jurisdiction", waiting.jurisdiction);
  return out;
}

}  // namespace

Result<Response> RouteTable::queues(const Call&) const {
  runner_.wait_for({ledger_.head().size}, config_.fold_wait);
  const auto [lengths, folded] = runner_.read([](const projections::Folds& folds, EntryIndex cursor, Micros clock) {
    return std::pair(projections::queue_lengths(folds.cells(projections::queues()), clock), cursor);
  });
  if (lengths.size() > config_.queues_max)
    return fail(Errc::too_large, "something waits in " + std::to_string(lengths.size()) + " queues; at most " + std::to_string(config_.queues_max) +
                                     " are told at once: ask for one");
  TRY_AS(as_of, as_of_size(ledger_.log(), folded.value));
  TRY_AS(point, as_of_json(ledger_, as_of));
  json::array list;
  for (const auto& [queue, length] : lengths) list.push_back(length_to_json(queue, length));
  return json_answer(json::object{{"as_of", std::move(point)}, {"queues", std::move(list)}});
}

Result<Response> RouteTable::queue(const Call& call) const {
  TRY_AS(limit, call.query.number("limit", config_.waiting_items, 1, config_.waiting_items_max));
  runner_.wait_for({ledger_.head().size}, config_.fold_wait);
  const auto [found, folded, now] = runner_.read([&, most = limit](const projections::Folds& folds, EntryIndex cursor, Micros clock) {
    return std::tuple(projections::list(folds.cells(projections::queues()), call.place, clock, most), cursor, clock);
  });
  TRY_AS(as_of, as_of_size(ledger_.log(), folded.value));
  TRY_AS(point, as_of_json(ledger_, as_of));
  json::array items;
  for (const Waiting& waiting : found.first) items.push_back(waiting_to_json(waiting, now));
  return json_answer(json::object{{"as_of", std::move(point)}, {"length", length_to_json(call.place, found.length)}, {"items", std::move(items)}});
}

}  // namespace caseledger::api
