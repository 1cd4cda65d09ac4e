// state: what a stream's events come to, and what changed in it since.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/json.h"
#include "api/story_changes.h"
#include "api/story_json.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct StateOptions {
  Source source;
  std::string stream, as_of, as_at;
  std::string since;  // what changed after this point; empty: the state
  Format format = Format::table;
};

Result<json::object> told_by_folder(const StateOptions& options) {
  TRY_AS(stream, argument(parse_uuid(options.stream)));
  TRY_AS(log, log_of(options.source.folder));
  TRY_AS(as_of, argument(as_of_in(*log, options.as_of)));
  TRY_AS(events, facts_in(options.source.folder, *log, stream, as_of.next));
  if (events.stored.empty()) return fail(Errc::not_found, "the stream " + options.stream + " has no event there");
  json::object told;
  if (!options.since.empty()) {
    if (events.facts.empty()) return fail(Errc::not_found, "nothing is left of the stream " + options.stream);
    TRY_AS(since, argument(as_of_in(*log, options.since)));
    if (since.size > as_of.size) return fail(Errc::usage, "--since lies behind --as-of: " + std::to_string(since.size) + " entries against " + std::to_string(as_of.size));
    told = changes_to_json(events.facts, since.next);
    told.emplace("since", point_to_json(since));
  } else {
    std::optional<Micros> as_at;
    if (!options.as_at.empty()) {
      TRY_AS(instant, argument(parse_rfc3339(options.as_at)));
      as_at = instant.at;
    }
    TRY_AS(excised, excised_in(options.source.folder, *log, stream, as_of.next));
    auto story = projections::tell(events.facts, as_at);
    if (story.timeline.empty() && excised.empty()) return fail(Errc::not_found, "nothing of the stream " + options.stream + " had occurred then");
    told = story_to_json(std::move(story), events.facts, excised);
    if (as_at) told.emplace("as_at", to_rfc3339(*as_at));
  }
  told.emplace("as_of", point_to_json(as_of));
  return told;
}

Result<json::object> told_by_server(const StateOptions& options) {
  TRY_AS(stream, argument(parse_uuid(options.stream)));
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  Target target("/v1/streams/" + to_string(stream) + (options.since.empty() ? "" : "/changes"));
  target.with("since", options.since).with("as_of", options.as_of).with("as_at", options.as_at);
  TRY_AS(answer, server.get_json(target.text()));
  return answer.as_object();
}

// ── shown ──

// A body in one line: "kind amber, action activated, at 2024-…"; of a correction's replacement the body too.
std::string said_in(const json::object& body) {
  std::string text;
  for (const auto& [field, value] : body) {
    const bool replaced = field == "replacement" && value.is_object();
    text.append(text.empty() ? "" : ", ").append(field).append(" ").append(plain(replaced ? value.as_object().at("body") : value));
  }
  return text;
}

Table timeline_of(const json::array& lines) {
  Table table{{"version", "position", "type", "occurred", "recorded", "operator", "place", "fate", "says"}, {}, {true, true}};
  for (const auto& each : lines) {
    const auto& line = each.as_object();
    table.rows.push_back({cell(line, "version"), cell(line, "position"), cell(line, "type"), cell(line.at("occurred").as_object(), "at"), cell(line, "recorded_at"), cell(line, "operator"),
                          cell(line, "jurisdiction"), cell(line, "fate"), said_in(line.at("body").as_object())});
  }
  return table;
}

Table excised_of(const json::array& places) {
  Table table{{"version", "position", "recorded", "by order of", "decided", "proposal", "approved by"}, {}, {true, true, false, false, false, true}};
  for (const auto& each : places) {
    const auto& place = each.as_object();
    std::string keys;
    for (const auto& key : place.at("approved_by").as_array()) keys += (keys.empty() ? "" : " ") + plain(key);
    table.rows.push_back({cell(place, "version"), cell(place, "position"), cell(place, "recorded_at"), cell(place, "authority"), cell(place, "decided_at"), cell(place, "proposal"), keys});
  }
  return table;
}

Table differences_of(const json::array& all) {
  Table table{{"field", "from", "to"}, {}, {}};
  for (const auto& each : all) table.rows.push_back({cell(each.as_object(), "field"), cell(each.as_object(), "from"), cell(each.as_object(), "to")});
  return table;
}

std::string point_of(const json::object& point) {
  const std::string size = cell(point, "size") + " entries", time = cell(point, "recorded_at");
  return time.empty() ? size : size + ", " + time;
}

void print_state(const json::object& state) {
  for (const auto& [key, value] : state) {
    if (key == "timeline" || key == "excised") continue;
    if (key == "case")
      for (const auto& [field, said] : value.as_object()) std::cout << "case." << std::string(field) << ": " << plain(said) << '\n';
    else std::cout << std::string(key) << ": " << (key == "as_of" ? point_of(value.as_object()) : plain(value)) << '\n';
  }
  std::cout << '\n' << timeline_of(state.at("timeline").as_array()).text();
  if (const auto* excised = state.if_contains("excised")) std::cout << "\nexcised\n" << excised_of(excised->as_array()).text();
}

void print_changes(const json::object& changes) {
  std::cout << cell(changes, "kind") << ' ' << cell(changes, "stream") << '\n'
            << "from " << point_of(changes.at("since").as_object()) << "\nto   " << point_of(changes.at("as_of").as_object()) << '\n';
  const auto& events = changes.at("events").as_array();
  const auto& amended = changes.at("amended").as_array();
  const auto& changed = changes.at("changed").as_array();
  if (events.empty()) std::cout << "\nnothing changed\n";
  if (!events.empty()) std::cout << "\nevents that came\n" << timeline_of(events).text();
  if (!amended.empty()) std::cout << "\nearlier events that say something else\n";
  for (const auto& each : amended) {
    const auto& event = each.as_object();
    std::cout << "version " << cell(event, "version") << ", " << cell(event, "type") << ": " << cell(event, "fate") << '\n';
    if (const auto* said = event.if_contains("changed"); said && !said->as_array().empty()) std::cout << differences_of(said->as_array()).text();
  }
  if (!changed.empty()) std::cout << "\nstate\n" << differences_of(changed).text();
}

Exit state(const StateOptions& options) {
  if (!is_named(options.source)) return no_source();
  const auto told = options.source.folder.empty() ? told_by_server(options) : told_by_folder(options);
  if (!told) return report(told.error());
  if (options.format == Format::csv) std::cout << (options.since.empty() ? timeline_of(told->at("timeline").as_array()) : differences_of(told->at("changed").as_array())).csv();
  else if (options.format != Format::table) std::cout << to_text(*told) << '\n';
  else if (options.since.empty()) print_state(*told);
  else print_changes(*told);
  return Exit::ok;
}

}  // namespace

void add_state(CommandLine& line) {
  auto [app, asked] = line.add("state", "The folded state and timeline of one stream",
                               "  caseledger state 0192f0c1-7a2b-7000-8000-0123456789ab --server http://127.0.0.1:8420\n"
                               "  caseledger state 0192f0c1-… --dir ledger --as-of 2024-06-01T00:00:00Z\n"
                               "  caseledger state 0192f0c1-… --dir ledger --since 2024-06-01T00:00:00Z          what changed since then", state);
  app.add_option("STREAM", asked.stream, "its id")->required();
  add_source(app, asked.source);
  app.add_option("--as-of", asked.as_of, "as the ledger knew it: a position, entries:N or a time");
  auto* as_at = app.add_option("--as-at", asked.as_at, "of what is known, what had occurred by this time");
  app.add_option("--since", asked.since, "what changed between this point, as --as-of has it, and --as-of")->excludes(as_at);
  add_format(app, asked.format);
}

}  // namespace caseledger::api
