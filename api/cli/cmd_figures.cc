// figures: from a server, or folded anew from a folder as it lies.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/figures_json.h"
#include "api/json.h"
#include "projections/runner.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct FiguresOptions {
  Source source;
  std::vector<std::string> ids;
  std::string by;  // dimensions, divided by commas
  std::string as_of, period;
  bool events = false;  // the streams and events of one figure
  Format format = Format::table;
};

// A folder's folds at a point of its log, folded anew, and what is asked of them.
struct Folded {
  std::unique_ptr<store::Log> log;
  AsOf as_of;
  projections::Folds folds;
  projections::FigureQuery query;
};

// heads may be null.
Result<Folded> fold(const FiguresOptions& options, store::Heads* heads = nullptr) {
  for (const auto& id : options.ids)
    if (!reports::is_defined(id)) return fail(Errc::not_found, "there is no figure " + quote(id));
  Folded folded;
  if (!options.by.empty()) {
    TRY_AS(by, argument(parse_dimensions(options.by)));
    folded.query.by = std::move(by);
  }
  if (!options.period.empty()) {
    TRY_AS(period, argument(parse_period(options.period)));
    folded.query.period = period;
  }
  TRY_AS(log, log_of(options.source.folder));
  TRY_AS(as_of, argument(as_of_in(*log, options.as_of)));
  folded.query.as_of = as_of.recorded_at.value_or(0);
  Progress progress("folding", as_of.next.value);
  TRY_AS(folds, projections::rebuild(*log, as_of.size, 2, heads, [&](std::uint64_t events) { progress.at(events); }));
  folded.log = std::move(log);
  folded.as_of = as_of;
  folded.folds = std::move(folds);
  return folded;
}

Result<json::array> figures_of_folder(const FiguresOptions& options) {
  TRY_AS(folded, fold(options));
  json::array all;
  const json::object as_of = point_to_json(folded.as_of);
  for (const auto& figure : folded.folds.figures(folded.query, options.ids)) all.push_back(figure_to_json(figure, as_of, folded.query.period));
  return all;
}

Result<json::array> figures_of_server(const FiguresOptions& options) {
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  json::array all;
  const auto take = [&](const std::string& path) -> Result<void> {
    TRY_AS(answer, server.get_json(Target(path).with("period", options.period).with("by", options.by).with("as_of", options.as_of).text()));
    for (auto& figure : answer.as_object().at("figures").as_array()) all.push_back(std::move(figure));
    return {};
  };
  if (options.ids.empty()) TRY(take("/v1/figures"));
  for (const auto& id : options.ids) TRY(take("/v1/figures/" + percent_encoded(id)));
  return all;
}

Table figures_table(const json::array& figures, bool with_titles) {
  Table table{{"id", "group", "value", "unit", "numerator", "denominator", "low", "high", "flags"}, {}, {false, false, true, false, true, true, true, true}};
  if (with_titles) table.header.push_back("title");
  for (const auto& each : figures) {
    const auto& figure = each.as_object();
    std::string group, flags;
    if (const auto* all = figure.if_contains("group"))
      for (const auto& [key, value] : all->as_object()) group += (group.empty() ? "" : " ") + std::string(key) + '=' + plain(value);
    if (const auto* all = figure.if_contains("flags"))
      for (const auto& flag : all->as_array()) flags += (flags.empty() ? "" : " ") + plain(flag);
    std::string low, high;
    if (const auto* interval = figure.if_contains("interval")) low = plain(interval->as_array()[0]), high = plain(interval->as_array()[1]);
    table.rows.push_back({cell(figure, "id"), group, cell(figure, "value"), cell(figure, "unit"), cell(figure, "numerator"), cell(figure, "denominator"), low, high, flags});
    if (with_titles) table.rows.back().push_back(cell(figure, "title"));
  }
  return table;
}

// ── the streams of one ──

using Tell = std::function<void(const json::object& stream)>;

Result<void> contributors_of_folder(const FiguresOptions& options, const Tell& tell) {
  const auto heads = std::make_unique<store::Heads>();
  TRY_AS(folded, fold(options, heads.get()));
  TRY_AS(found, projections::contributors(folded.folds, options.ids[0], folded.query, {}, ~std::size_t{0} - 1));
  for (const auto& each : found.first) {
    const auto state = heads->get(each.stream);
    TRY_AS(recorded, projections::recorded_facts(*folded.log, state.last, state.version));
    tell(contributor_to_json(each, *found.projection, recorded.facts));
  }
  return {};
}

Result<void> contributors_of_server(const FiguresOptions& options, const Tell& tell) {
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  Target first("/v1/figures/" + percent_encoded(options.ids[0]) + "/events");
  first.with("period", options.period).with("by", options.by).with("as_of", options.as_of).with("limit", "1000");
  for (std::string after;;) {
    TRY_AS(page, server.get_json(Target(first).with("after", after).text()));
    for (const auto& each : page.as_object().at("streams").as_array()) tell(each.as_object());
    after = cell(page.as_object(), "next");
    if (after.empty()) return {};
  }
}

// A row for each share: its events by their positions.
std::vector<std::vector<std::string>> rows_of(const json::object& stream) {
  std::vector<std::vector<std::string>> rows;
  std::string positions;
  for (const auto& event : stream.at("events").as_array()) positions += (positions.empty() ? "" : " ") + cell(event.as_object(), "position");
  for (const auto& each : stream.at("shares").as_array()) {
    const auto& share = each.as_object();
    std::string group;
    for (const auto& [key, value] : share.at("group").as_object()) group += (group.empty() ? "" : " ") + std::string(key) + '=' + plain(value);
    rows.push_back({cell(stream, "stream"), cell(stream, "kind"), group, cell(share, "numerator"), cell(share, "denominator"), cell(share, "value"), positions});
  }
  return rows;
}

Exit contributors(const FiguresOptions& options) {
  if (options.ids.size() != 1) return report({Errc::usage, "--events is of one figure: name it"});
  Table table{{"stream", "kind", "group", "numerator", "denominator", "value", "positions"}, {}, {false, false, false, true, true, true}};
  json::array all;
  const Tell tell = [&](const json::object& stream) {
    if (options.format == Format::jsonl) std::cout << to_text(stream) << '\n';
    else if (options.format == Format::json) all.push_back(stream);
    else
      for (auto& row : rows_of(stream)) table.rows.push_back(std::move(row));
  };
  const auto told = options.source.folder.empty() ? contributors_of_server(options, tell) : contributors_of_folder(options, tell);
  if (!told) return report(told.error());
  print_list(all, table, options.format);
  return Exit::ok;
}

Exit figures(const FiguresOptions& options) {
  if (!is_named(options.source)) return no_source();
  if (options.events) return contributors(options);
  const auto read = options.source.folder.empty() ? figures_of_server(options) : figures_of_folder(options);
  if (!read) return report(read.error());
  if (read->empty()) return report({Errc::not_found, "no figure has such an id" + (options.by.empty() ? "" : ", split by " + options.by)});
  print_list(*read, figures_table(*read, true), options.format);
  return Exit::ok;
}

}  // namespace

void add_figures(CommandLine& line) {
  auto [app, asked] = line.add("figures", "Figures, each with what it counts",
                               "  caseledger figures R1 --server http://127.0.0.1:8420\n"
                               "  caseledger figures R4 R5 --by case_type --period 2024\n"
                               "  caseledger figures coverage --by jurisdiction --format csv\n"
                               "  caseledger figures R1 --events --period 2024 --key auditor.key --server http://127.0.0.1:8420", figures);
  app.add_option("ID", asked.ids, "such as R1, R4, coverage; all without it");
  add_source(app, asked.source);
  app.add_option("--as-of", asked.as_of, "as the ledger knew it: a position, entries:N or a time; folded anew, by a server only where that is soon done");
  app.add_option("--period", asked.period, "2024, 2024-03 or FROM/TO");
  app.add_option("--by", asked.by, "split by these, such as case_type,jurisdiction");
  app.add_flag("--events", asked.events, "of one figure: the streams that make it up, each with its share and its events");
  add_format(app, asked.format);
}

}  // namespace caseledger::api
