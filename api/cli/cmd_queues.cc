// queues: what waits, by queue, or the worklist of one.
#include <algorithm>
#include <boost/json.hpp>

#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/worklist_json.h"
#include "projections/runner.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

// Rows: the lengths of the queues, or the items of one, the most urgent first.
Result<json::array> rows_of_folder(const QueuesOptions& options) {
  TRY_AS(log, log_of(options.source.folder));
  TRY_AS(as_of, argument(as_of_in(*log, options.as_of)));
  TRY_AS(filter, argument(waiting_filter(options.queue, options.priorities, options.kinds, options.jurisdictions, options.overdue)));
  Progress progress("folding", as_of.next.value);
  TRY_AS(folds, projections::rebuild(*log, as_of.size, 2, nullptr, [&](std::uint64_t events) { progress.at(events); }));
  const Micros clock = as_of.recorded_at.value_or(0);
  auto items = projections::waiting(folds.cells(projections::queues()), clock, filter);
  json::array rows;
  if (!options.queue) {
    for (const auto& [queue, length] : projections::queue_lengths(items, clock)) rows.push_back(length_to_json(queue, length));
    return rows;
  }
  std::ranges::sort(items, {}, projections::urgency);
  for (std::size_t i = 0; i < items.size() && i < options.limit; ++i) rows.push_back(waiting_to_json(items[i], clock));
  return rows;
}

Result<json::array> rows_of_server(const QueuesOptions& options) {
  if (!options.as_of.empty()) return fail(Errc::usage, "a server tells what waits now; --as-of needs --dir, where it is folded anew");
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  Target first("/v1/queues" + (options.queue ? '/' + percent_encoded(*options.queue) : std::string()));
  first.with("priority", options.priorities).with("kind", options.kinds).with("jurisdiction", options.jurisdictions).with("overdue", options.overdue ? "true" : "");
  if (!options.queue) {
    TRY_AS(answer, server.get_json(first.text()));
    return answer.as_object().at("queues").as_array();
  }
  json::array rows;
  for (std::string after; rows.size() < options.limit;) {
    const auto wanted = std::min<std::uint64_t>(options.limit - rows.size(), 1'000);
    TRY_AS(answer, server.get_json(Target(first).with("limit", std::to_string(wanted)).with("after", after).text()));
    for (auto& item : answer.as_object().at("items").as_array()) rows.push_back(std::move(item));
    after = cell(answer.as_object(), "next");
    if (after.empty()) break;
  }
  return rows;
}

}  // namespace

Exit queues(const QueuesOptions& options) {
  if (!is_named(options.source)) return no_source();
  auto rows = options.source.folder.empty() ? rows_of_server(options) : rows_of_folder(options);
  if (!rows) return report(rows.error());
  if (options.queue) {
    print_objects(*rows, {"priority", "due_at", "overdue", "entered_at", "kind", "item", "jurisdiction", "expedited"}, {}, options.format);
    return Exit::ok;
  }
  std::vector<std::string> members{"queue", "waiting", "overdue", "oldest_entered_at"};
  if (options.format == Format::table || options.format == Format::csv)
    for (const char* priority : {"P0", "P1", "P2", "P3", "P4", "unset"}) {
      members.push_back(priority);
      for (auto& row : *rows) row.as_object()[priority] = row.at("by_priority").as_object().contains(priority) ? row.at("by_priority").at(priority) : json::value(0);
    }
  print_objects(*rows, members, {false, true, true, false, true, true, true, true, true, true}, options.format);
  return Exit::ok;
}

}  // namespace caseledger::api
