// queues: what waits, by queue, or the worklist of one.
#include <algorithm>
#include <boost/json.hpp>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/worklist_json.h"
#include "projections/runner.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct QueuesOptions {
  Source source;
  std::optional<std::string> queue;  // none: all, in numbers
  std::vector<std::string> priorities, kinds, jurisdictions;
  bool overdue = false;
  std::uint64_t limit = 100;
  std::string as_of;
  Format format = Format::table;
};

// Rows: the lengths of the queues, or the items of one, the most urgent first.
Result<json::array> rows_of_folder(const QueuesOptions& options) {
  TRY_AS(log, log_of(options.source.folder));
  TRY_AS(as_of, argument(as_of_in(*log, options.as_of)));
  TRY_AS(filter, argument(waiting_filter(options.queue, options.priorities, options.kinds, options.jurisdictions, options.overdue)));
  Progress progress("folding", as_of.next.value);
  TRY_AS(folds, projections::rebuild(*log, as_of.size, 2, nullptr, [&](std::uint64_t events) { progress.at(events); }));
  const Micros clock = as_of.recorded_at.value_or(0);
  auto items = projections::waiting(folds.cells(projections::queues()), clock, filter);
  if (options.queue && items.empty()) TRY(check_queue(folds, *options.queue));
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

}  // namespace

void add_queues(CommandLine& line) {
  auto [app, asked] = line.add("queues", "What waits, by queue, or the worklist of one: the most urgent first",
                               "  caseledger queues --server http://127.0.0.1:8420 --key desk.key\n"
                               "  caseledger queues triage --overdue --priority P0 --priority P1 --key desk.key --server http://127.0.0.1:8420\n"
                               "  caseledger queues triage --jurisdiction US-TX --dir ledger --as-of 2024-06-01T00:00:00Z --format csv", queues);
  app.add_option("QUEUE", asked.queue, "its name; without it every queue, in numbers");
  add_source(app, asked.source);
  app.add_option("--priority", asked.priorities, "only these")->type_name("{P0,P1,P2,P3,P4,none}");
  app.add_option("--kind", asked.kinds, "only items in these kinds of stream, such as report");
  app.add_option("--jurisdiction", asked.jurisdictions, "only these; US covers US-TX");
  app.add_flag("--overdue", asked.overdue, "only what is past its due time");
  app.add_option("--limit", asked.limit, "at most so many items");
  app.add_option("--as-of", asked.as_of, "as the ledger knew it: a position, entries:N or a time; with --dir");
  add_format(app, asked.format);
}

}  // namespace caseledger::api
