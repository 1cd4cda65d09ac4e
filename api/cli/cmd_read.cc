// events, state, figures: from a server, or from a folder as it lies.
#include <boost/json.hpp>
#include <iostream>

#include "api/as_of.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/cli/remote.h"
#include "api/event_page.h"
#include "api/figures_json.h"
#include "api/json.h"
#include "api/query.h"
#include "api/story_json.h"
#include "ledger/beside.h"
#include "ledger/history.h"
#include "projections/runner.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

// ── where a folder's log is read up to ──

Result<AsOf> as_of_of(const store::Log& log, const std::string& text) {
  TRY_AS(end, log.end());
  const AsOf head{end.size.value, end.next, end.recorded_at};
  return text.empty() ? head : parse_as_of(log, head, text);
}

template <class Visit>
Result<void> each_fact(const store::Log& log, std::uint64_t size, Position from, Visit visit) {
  Buffer scratch;
  TRY_AS(scan, log.scan_from(from));
  for (bool more = true; more && scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY_AS(entry, scan.entry());
    if (row.index.value >= size) break;
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) {
      if (more && position >= from) more = visit(projections::Fact{event, position, row.index, entry.recorded_at, entry.author});
    }));
  }
  return scan.status();
}

Result<std::unique_ptr<store::Log>> log_of(const path& folder) {
  if (!std::filesystem::exists(folder / "store" / "log")) return fail(Errc::not_found, folder.string() + " is no ledger's folder");
  return open_log_beside(folder);
}

bool in(const std::vector<std::string>& words, std::string_view word) {
  return words.empty() || std::ranges::find(words, word) != words.end();
}
bool covers(const std::vector<std::string>& places, std::string_view place) {
  return places.empty() || std::ranges::any_of(places, [&](const std::string& p) {
           return place == p || (place.starts_with(p) && place.size() > p.size() && place[p.size()] == '-');
         });
}

void print_event(std::string_view line, Format format) {
  if (format == Format::jsonl || format == Format::json) {
    std::cout << line << '\n';
    return;
  }
  const auto all = json::parse(line).as_object();
  const auto& event = all.at("event").as_object();
  const auto text = [&](const char* key) { return event.contains(key) && event.at(key).is_string() ? std::string(event.at(key).as_string()) : std::string(); };
  const std::string position = json::serialize(all.at("position")), version = json::serialize(event.at("version"));
  const std::vector<std::string> cells{position, std::string(all.at("recorded_at").as_string()), text("kind"), text("stream"), version, text("type"), text("jurisdiction"), text("operator")};
  if (format == Format::csv) {
    std::string row = Table{cells, {}, {}}.csv();
    std::cout << row;
  } else {
    std::printf("%10s  %-27s  %-14s  %s  %4s  %-26s  %-6s  %s\n", cells[0].c_str(), cells[1].c_str(), cells[2].c_str(), cells[3].c_str(), cells[4].c_str(), cells[5].c_str(),
                cells[6].c_str(), cells[7].c_str());
  }
}

// ── events ──

Result<void> events_of_folder(const EventsOptions& options) {
  TRY_AS(log, log_of(options.source.folder));
  std::uint64_t left = options.limit.value_or(~std::uint64_t{0});
  std::optional<StreamId> stream;
  if (!options.stream.empty()) {
    TRY_AS(id, parse_uuid(options.stream));
    stream = id;
  }
  if (left == 0) return {};
  return each_fact(*log, ~std::uint64_t{0}, {options.from}, [&](const projections::Fact& fact) {
    const EventView& event = fact.event;
    if ((stream && event.stream != *stream) || !in(options.types, event_type(event.type)->name) || !in(options.kinds, kind_name(event.kind)) ||
        !covers(options.jurisdictions, text_of(event.fields->jurisdiction())))
      return true;
    print_event(event_text(fact), options.format);
    return --left > 0 && std::cout.good();
  });
}

Result<void> events_of_server(const EventsOptions& options) {
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  std::uint64_t left = options.limit.value_or(~std::uint64_t{0}), from = options.from;
  const bool one_stream = !options.stream.empty();
  if (one_stream) from = std::max<std::uint64_t>(from, 1);
  while (left > 0) {
    std::string target = one_stream ? "/v1/streams/" + options.stream + "/events?from=" + std::to_string(from) : "/v1/events?from=" + std::to_string(from);
    target += "&limit=" + std::to_string(std::min<std::uint64_t>(left, 1000));
    if (!one_stream) {
      for (const auto& type : options.types) target += "&type=" + percent_encoded(type);
      for (const auto& kind : options.kinds) target += "&kind=" + percent_encoded(kind);
      for (const auto& place : options.jurisdictions) target += "&jurisdiction=" + percent_encoded(place);
    }
    TRY_AS(page, server.get_json(target));
    const auto& object = page.as_object();
    for (const auto& event : object.at("events").as_array()) {
      print_event(to_text(event), options.format);
      --left;
    }
    if (!std::cout.good()) return {};
    const auto next = object.contains("next") ? object.at("next") : json::value();
    const bool more = !object.contains("caught_up") || !object.at("caught_up").as_bool();
    if (!more || !next.is_number()) return {};
    from = next.to_number<std::uint64_t>();
  }
  return {};
}

// ── state ──

Result<json::object> state_of_folder(const StateOptions& options) {
  TRY_AS(log, log_of(options.source.folder));
  TRY_AS(stream, parse_uuid(options.stream));
  TRY_AS(as_of, as_of_of(*log, options.as_of));
  std::optional<Micros> by;
  if (!options.as_at.empty()) {
    TRY_AS(time, parse_rfc3339(options.as_at));
    by = time.at;
  }
  std::deque<Buffer> bytes;
  std::vector<projections::Fact> facts;
  TRY(each_fact(*log, as_of.size, {0}, [&](const projections::Fact& fact) {
    if (fact.event.stream != stream) return true;
    bytes.emplace_back(fact.event.bytes.begin(), fact.event.bytes.end());
    facts.push_back(fact);
    facts.back().event = view_event(bytes.back());
    return true;
  }));
  const projections::Story told = projections::tell(facts, by);
  if (told.timeline.empty()) return fail(Errc::not_found, "there is no stream " + options.stream + " up to there");
  return story_to_json(told);
}

Result<json::object> state_of_server(const StateOptions& options) {
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  std::string target = "/v1/streams/" + options.stream;
  char join = '?';
  for (const auto& [name, value] : {std::pair("as_of", options.as_of), std::pair("as_at", options.as_at)})
    if (!value.empty()) target += std::string(1, std::exchange(join, '&')) + name + '=' + percent_encoded(value);
  TRY_AS(answer, server.get_json(target));
  return answer.as_object();
}

std::string plain(const json::value& value) { return value.is_string() ? std::string(value.as_string()) : json::serialize(value); }

void print_state(const json::object& state) {
  for (const auto& [key, value] : state)
    if (key != "timeline" && key != "case" && key != "as_of") std::cout << std::string(key) << ": " << plain(value) << '\n';
  if (const auto* of_case = state.if_contains("case"))
    for (const auto& [key, value] : of_case->as_object()) std::cout << "case." << std::string(key) << ": " << plain(value) << '\n';
  Table table{{"version", "position", "type", "occurred", "recorded", "operator", "place"}, {}, {true, true}};
  for (const auto& line : state.at("timeline").as_array()) {
    const auto& object = line.as_object();
    const auto cell = [&](const char* key) { return object.contains(key) ? plain(object.at(key)) : std::string(); };
    const std::string occurred = plain(object.at("occurred").as_object().at("at"));
    table.rows.push_back({cell("version"), cell("position"), cell("type"), occurred, cell("recorded_at"), cell("operator"), cell("jurisdiction")});
  }
  std::cout << '\n' << table.text();
}

// ── figures ──

Result<json::array> figures_of_folder(const FiguresOptions& options) {
  TRY_AS(log, log_of(options.source.folder));
  TRY_AS(point, as_of_of(*log, options.as_of));
  Progress progress("folding", 0);
  TRY_AS(folds, projections::rebuild(*log, point.size, 2, nullptr, [&](std::uint64_t events) { progress.at(events); }));
  projections::FigureQuery query;
  query.as_of = point.recorded_at.value_or(0);
  if (!options.period.empty()) {
    TRY_AS(period, parse_period(options.period));
    query.period = period;
  }
  query.by = options.by;
  json::array all;
  const json::object as_of{{"size", point.size}, {"recorded_at", to_rfc3339(query.as_of)}};
  for (const auto& figure : folds.figures(query, options.ids)) all.push_back(figure_to_json(figure, as_of, query.period));
  return all;
}

Result<json::array> figures_of_server(const FiguresOptions& options) {
  if (!options.as_of.empty()) return fail(Errc::usage, "a server answers figures at its head; --as-of needs --dir, where they are folded anew");
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  std::string suffix;
  if (!options.period.empty()) suffix += "&period=" + percent_encoded(options.period);
  std::string by;
  for (const auto& dimension : options.by) by += (by.empty() ? "" : ",") + dimension;
  if (!by.empty()) suffix += "&by=" + percent_encoded(by);
  if (!suffix.empty()) suffix[0] = '?';
  json::array all;
  const auto take = [&](const std::string& target) -> Result<void> {
    TRY_AS(answer, server.get_json(target + suffix));
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
    const auto cell = [&](const char* key) { return figure.contains(key) ? plain(figure.at(key)) : std::string(); };
    std::string group, flags;
    if (const auto* all = figure.if_contains("group"))
      for (const auto& [key, value] : all->as_object()) group += (group.empty() ? "" : " ") + std::string(key) + '=' + plain(value);
    if (const auto* all = figure.if_contains("flags"))
      for (const auto& flag : all->as_array()) flags += (flags.empty() ? "" : " ") + plain(flag);
    std::string low, high;
    if (const auto* interval = figure.if_contains("interval")) low = plain(interval->as_array()[0]), high = plain(interval->as_array()[1]);
    table.rows.push_back({cell("id"), group, cell("value"), cell("unit"), cell("numerator"), cell("denominator"), low, high, flags});
    if (with_titles) table.rows.back().push_back(cell("title"));
  }
  return table;
}

Exit ended(const Result<void>& result) { return result ? Exit::ok : report(result.error()); }

Exit no_source() { return report({Errc::usage, "say where to read from: --server URL or --dir DIR"}); }

}  // namespace

Exit events(const EventsOptions& options) {
  std::ios::sync_with_stdio(false);
  if (options.follow) return follow_events(options);
  if (!options.source.folder.empty()) return ended(events_of_folder(options));
  if (!options.source.server.empty()) return ended(events_of_server(options));
  return no_source();
}

Exit state(const StateOptions& options) {
  if (options.source.folder.empty() && options.source.server.empty()) return no_source();
  const auto told = options.source.folder.empty() ? state_of_server(options) : state_of_folder(options);
  if (!told) return report(told.error());
  if (options.format == Format::table) print_state(*told);
  else std::cout << to_text(*told) << '\n';
  return Exit::ok;
}

Exit figures(const FiguresOptions& options) {
  if (options.source.folder.empty() && options.source.server.empty()) return no_source();
  const auto read = options.source.folder.empty() ? figures_of_server(options) : figures_of_folder(options);
  if (!read) return report(read.error());
  if (read->empty()) return report({Errc::not_found, "no figure has such an id"});
  switch (options.format) {
    case Format::table: std::cout << figures_table(*read, true).text(); break;
    case Format::csv: std::cout << figures_table(*read, true).csv(); break;
    case Format::json: std::cout << to_text(*read) << '\n'; break;
    case Format::jsonl:
      for (const auto& figure : *read) std::cout << to_text(figure) << '\n';
  }
  return Exit::ok;
}

}  // namespace caseledger::api
