// What waits in the queues, of what the reader may read.
#include <algorithm>
#include <boost/json/array.hpp>

#include "api/answers.h"
#include "api/as_of.h"
#include "api/routes.h"
#include "api/worklist_json.h"

namespace caseledger::api {

namespace json = boost::json;
using projections::Waiting;
using projections::WaitingFilter;

namespace {

Result<WaitingFilter> filter_of(const Query& query, std::optional<std::string> queue, std::size_t terms_max) {
  const auto all = [&](std::string_view name) {
    const auto found = query.all(name);
    return std::vector<std::string>(found.begin(), found.end());
  };
  const auto priorities = all("priority"), kinds = all("kind");
  auto jurisdictions = all("jurisdiction");
  if (std::max({priorities.size(), kinds.size(), jurisdictions.size()}) > terms_max)
    return fail(Errc::too_large, "a filter names at most " + std::to_string(terms_max) + " priorities, kinds or jurisdictions each");
  const auto overdue = query.one("overdue");
  if (overdue && overdue != "true" && overdue != "false") return fail(Errc::malformed, "overdue is true or false; found " + quote(*overdue));
  return waiting_filter(std::move(queue), priorities, kinds, std::move(jurisdictions), overdue == "true");
}

}  // namespace

// A row comes of the events of its stream: it is told to whoever may read all of them.
Result<RouteTable::WhatWaits> RouteTable::what_waits(const Call& call, std::optional<std::string> queue) const {
  TRY_AS(filter, filter_of(call.query, std::move(queue), config_.filter_terms_max));
  runner_.wait_for({ledger_.head().size}, config_.fold_wait);
  auto [items, folded, clock] = runner_.read([&](const projections::Folds& folds, EntryIndex cursor, Micros now) {
    return std::tuple(projections::waiting(folds.cells(projections::queues()), now, filter), cursor, now);
  });
  if (items.size() > config_.waiting_looked_at_max)
    return fail(Errc::too_large, std::to_string(items.size()) + " items wait; at most " + std::to_string(config_.waiting_looked_at_max) +
                                     " are looked at for one answer: ask for one queue, priority, kind or jurisdiction");
  WhatWaits found{{}, clock, {}};
  for (Waiting& each : items) {
    if (call.reader.looked_up() > config_.waiting_events_read_max)
      return fail(Errc::overloaded, "the events of what waits are being read for the first time; ask again, it goes on from there");
    TRY_AS(may, call.reader.may_read_all(each.stream));
    if (may) found.items.push_back(std::move(each));
  }
  TRY_AS(as_of, as_of_size(ledger_.log(), folded.value));
  TRY_AS(point, as_of_json(ledger_, as_of));
  found.as_of = std::move(point);
  return found;
}

Result<Response> RouteTable::queues(const Call& call) const {
  TRY_AS(found, what_waits(call, std::nullopt));
  const auto lengths = projections::queue_lengths(found.items, found.clock);
  if (lengths.size() > config_.queues_max)
    return fail(Errc::too_large, "something waits in " + std::to_string(lengths.size()) + " queues; at most " + std::to_string(config_.queues_max) +
                                     " are told at once: ask for one");
  json::array list;
  for (const auto& [queue, length] : lengths) list.push_back(length_to_json(queue, length));
  return json_answer(json::object{{"as_of", std::move(found.as_of)}, {"queues", std::move(list)}});
}

Result<Response> RouteTable::queue(const Call& call) const {
  TRY_AS(limit, call.query.number("limit", config_.waiting_items, 1, config_.waiting_items_max));
  std::optional<projections::Urgency> after;
  if (const auto text = call.query.one("after")) {
    TRY_AS(cursor, parse_cursor(*text));
    after = cursor;
  }
  TRY_AS(found, what_waits(call, call.place));
  if (found.items.empty() && call.reader.reads_everything()) TRY(runner_.read([&](const projections::Folds& folds, EntryIndex, Micros) { return check_queue(folds, call.place); }));
  const auto length = projections::queue_lengths(found.items, found.clock)[call.place];
  if (after) std::erase_if(found.items, [&](const Waiting& each) { return projections::urgency(each) <= *after; });
  const auto shown = std::min<std::size_t>(limit, found.items.size());
  std::ranges::partial_sort(found.items, found.items.begin() + static_cast<std::ptrdiff_t>(shown), {}, projections::urgency);

  json::array list;
  for (std::size_t i = 0; i < shown; ++i) list.push_back(waiting_to_json(found.items[i], found.clock));
  json::object body{{"as_of", std::move(found.as_of)}, {"length", length_to_json(call.place, length)}, {"items", std::move(list)}};
  if (shown == found.items.size()) return json_answer(body);
  const std::string next = cursor_text(projections::urgency(found.items[shown - 1]));
  body.emplace("next", next);
  Response response = json_answer(body);
  response.headers.emplace_back("Link", "<" + call.request.path + '?' + call.query.with("after", next) + ">; rel=\"next\"");
  return response;
}

}  // namespace caseledger::api
