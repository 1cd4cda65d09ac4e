// events: in log order, or those of one stream.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/events.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/event_filter.h"
#include "api/event_page.h"
#include "api/json.h"
#include "ledger/history.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

// What is asked for, read once.
struct Wanted {
  std::optional<StreamId> stream;
  EventFilter filter;
  std::optional<Micros> since, until;

  bool anything() const { return filter == EventFilter{} && !since && !until; }  // of the stream: what is not there any more too
  bool matches(const projections::Fact& fact) const {
    return (!stream || fact.event.stream == *stream) && filter.matches(fact.event) && (!since || fact.recorded_at >= *since) && (!until || fact.recorded_at < *until);
  }
};

Result<Wanted> wanted_of(const EventsOptions& options) {
  Wanted wanted;
  if (!options.stream.empty()) {
    TRY_AS(id, argument(parse_uuid(options.stream)));
    wanted.stream = id;
  }
  frames::Filter filter{{}, options.types, options.jurisdictions};
  for (const auto& name : options.kinds) {
    const auto kind = kind_named(name);
    if (!kind) return fail(Errc::usage, "there is no kind of stream \"" + name + '"');
    filter.kinds.push_back(static_cast<std::uint8_t>(*kind));
  }
  TRY_AS(parsed, argument(parse_filter(filter, ~std::size_t{0})));
  wanted.filter = std::move(parsed);
  for (const auto& [text, into] : {std::pair(&options.since, &wanted.since), std::pair(&options.until, &wanted.until)}) {
    if (text->empty()) continue;
    TRY_AS(instant, argument(parse_rfc3339(*text)));
    *into = instant.at;
  }
  return wanted;
}

// Whoever is told, and of how many more.
struct Reader {
  const EventLine& visit;
  std::uint64_t left;
  bool wants_more = true;

  bool done() const { return left == 0 || !wants_more; }
  void tell(std::string_view event) {
    --left;
    wants_more = visit(event);
  }
};

// Lines as they come: nobody waits for the last to see the first.
class Lines {
 public:
  explicit Lines(Format format) : format_(format) {
    if (format == Format::csv) std::cout << Table{header(), {}, {}}.csv();
    if (format == Format::json) std::cout << '[';
  }
  ~Lines() {
    if (format_ == Format::json) std::cout << "]\n";
  }

  void print(std::string_view event) {
    if (format_ == Format::jsonl) std::cout << event << '\n';
    else if (format_ == Format::json) std::cout << (std::exchange(first_, false) ? "" : ",\n") << event;
    else print_row(json::parse(event).as_object());
  }

 private:
  static std::vector<std::string> header() { return {"position", "recorded_at", "kind", "stream", "version", "type", "jurisdiction", "operator"}; }

  void print_row(const json::object& all) {
    const bool there = all.contains("event");
    const auto& event = all.at(there ? "event" : "excised").as_object();
    std::vector<std::string> cells{cell(all, "position"), cell(all, "recorded_at")};
    for (const char* key : {"kind", "stream", "version", "type", "jurisdiction", "operator"}) cells.push_back(cell(event, key));
    if (!there) cells[5] = "excised by order of " + cell(event, "authority") + ", decided " + cell(event, "decided_at");
    if (format_ == Format::csv) {
      std::cout << Table{cells, {}, {}}.csv();
      return;
    }
    char row[512];
    std::snprintf(row, sizeof row, "%10s  %-27s  %-14s  %s  %4s  %-26s  %-6s  %s\n", cells[0].c_str(), cells[1].c_str(), cells[2].c_str(), cells[3].c_str(), cells[4].c_str(), cells[5].c_str(),
                  cells[6].c_str(), cells[7].c_str());
    std::cout << row;
  }

  const Format format_;
  bool first_ = true;
};

Result<void> events_of_folder(const EventsOptions& options, const Wanted& wanted, Reader& reader) {
  TRY_AS(log, log_of(options.source.folder));
  if (wanted.stream) {
    TRY_AS(events, facts_in(options.source.folder, *log, *wanted.stream, {~std::uint64_t{0}}));
    std::vector<std::pair<Position, std::string>> told;
    for (const auto& fact : events.facts)
      if (fact.position.value >= options.from && wanted.matches(fact)) told.emplace_back(fact.position, event_text(fact));
    if (wanted.anything()) {
      TRY_AS(excised, excised_in(options.source.folder, *log, *wanted.stream, {~std::uint64_t{0}}));
      for (const auto& place : excised)
        if (place.excision.position.value >= options.from) told.emplace_back(place.excision.position, excised_text(place));
    }
    std::ranges::sort(told);
    for (const auto& [position, text] : told)
      if (!reader.done()) reader.tell(text);
    return {};
  }
  Position from{options.from};
  if (wanted.since) {
    TRY_AS(head, as_of_in(*log, ""));
    TRY_AS(before, as_of_time(*log, head, *wanted.since - 1));
    from = std::max(from, before.next);
  }
  TRY_AS(authority, authority_in(options.source.folder, *log));
  auto excised = wanted.filter == EventFilter{} ? authority.excisions().lower_bound(from) : authority.excisions().end();
  const auto tell_excised_before = [&](Position limit) -> Result<void> {
    for (; excised != authority.excisions().end() && excised->first < limit && !reader.done(); ++excised) {
      TRY_AS(place, excised_place(*log, authority, excised->second));
      reader.tell(excised_text(place));
    }
    return {};
  };
  Buffer scratch;
  TRY_AS(scan, log->scan_from(from));
  for (; scan.valid() && !reader.done(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY_AS(entry, scan.entry());
    if (wanted.until && entry.recorded_at >= *wanted.until) break;
    const auto tell_event = [&](const EventView& event, Position position) -> Result<void> {
      TRY(tell_excised_before(position));
      const projections::Fact fact{event, position, row.index, entry.recorded_at, entry.author};
      if (position >= from && wanted.matches(fact) && !reader.done()) reader.tell(event_text(fact));
      return {};
    };
    TRY(each_event(row, scratch, tell_event));
    TRY(tell_excised_before(row.first + row.count));
  }
  return scan.status();
}

// Of one stream the server gives pages by version: what is asked of its events is looked at here.
Result<bool> stream_matches(const Wanted& wanted, const EventsOptions& options, const json::object& told) {
  if (!told.contains("event")) return wanted.anything() && options.from == 0;
  TRY_AS(draft, event_from_json(to_text(told.at("event")), [](std::span<std::uint8_t>) {}));
  TRY_AS(recorded, parse_rfc3339(std::string_view(told.at("recorded_at").as_string())));
  const auto position = told.at("position").is_string() ? from_decimal(std::string_view(told.at("position").as_string())) : Result<std::uint64_t>(told.at("position").to_number<std::uint64_t>());
  if (!position) return std::unexpected(position.error());
  return *position >= options.from && wanted.matches({view_event(draft.event), {*position}, {}, recorded.at, {}});
}

Result<void> events_of_server(const EventsOptions& options, const Wanted& wanted, Reader& reader) {
  TRY_AS(server, HttpServer::at(options.source.server, options.source.key));
  Target first(wanted.stream ? "/v1/streams/" + to_string(*wanted.stream) + "/events" : "/v1/events");
  first.with("limit", std::to_string(std::min<std::uint64_t>(options.limit.value_or(1'000), 1'000)));
  if (!wanted.stream) first.with("type", options.types).with("kind", options.kinds).with("jurisdiction", options.jurisdictions).with("since", options.since).with("until", options.until);
  for (std::uint64_t from = wanted.stream ? 1 : options.from; !reader.done();) {
    TRY_AS(answer, server.get_json(Target(first).with("from", std::to_string(from)).text()));
    const auto& page = answer.as_object();
    for (const auto& event : page.at("events").as_array()) {
      bool matches = true;
      if (wanted.stream) {
        TRY_AS(found, stream_matches(wanted, options, event.as_object()));
        matches = found;
      }
      if (matches && !reader.done()) reader.tell(to_text(event));
    }
    std::cout.flush();
    if (page.at("caught_up").as_bool()) return {};
    from = page.at("next").to_number<std::uint64_t>();
  }
  return {};
}

Result<void> each_wanted(const EventsOptions& options, const Wanted& wanted, const EventLine& visit) {
  Reader reader{visit, options.limit.value_or(~std::uint64_t{0})};
  return options.source.folder.empty() ? events_of_server(options, wanted, reader) : events_of_folder(options, wanted, reader);
}

Exit events(const EventsOptions& options) {
  std::ios::sync_with_stdio(false);
  if (!is_named(options.source)) return no_source();
  const auto wanted = wanted_of(options);
  if (!wanted) return report(wanted.error());
  if (options.follow && (wanted->since || wanted->until)) return report({Errc::usage, "--follow goes on from a position: --since and --until do not fit it"});
  Lines lines(options.format);
  const EventLine print = [&](std::string_view line) {
    lines.print(line);
    return std::cout.good();
  };
  return options.follow ? follow_events(options, print) : ended(each_wanted(options, *wanted, print));
}

}  // namespace

Result<void> each_event_line(const EventsOptions& options, const EventLine& visit) {
  if (!is_named(options.source)) return fail(Errc::usage, "say where to read from: --server URL or --dir DIR");
  TRY_AS(wanted, wanted_of(options));
  return each_wanted(options, wanted, visit);
}

void add_events(CommandLine& line) {
  auto [app, asked] = line.add("events", "Print events",
                               "  caseledger events --server http://127.0.0.1:8420 --type ChildRecovered --limit 10\n"
                               "  caseledger events --dir ledger --from 5000\n"
                               "  caseledger events --server http://127.0.0.1:8420 --key desk.key --type AlertRaised --jurisdiction US-TX --follow\n"
                               "  caseledger events --dir old --stream 0192f0c1-7a2b-7000-8000-0123456789ab | caseledger append --server http://127.0.0.1:8420 --key importer.key -", events);
  add_source(app, asked.source);
  app.add_option("--from", asked.from, "the first position");
  app.add_option("--limit", asked.limit, "at most so many");
  app.add_option("--stream", asked.stream, "only this stream");
  app.add_option("--type", asked.types, "only these event types, such as CaseOpened");
  app.add_option("--kind", asked.kinds, "only these kinds of stream, such as case");
  app.add_option("--jurisdiction", asked.jurisdictions, "only these; US covers US-TX");
  app.add_option("--since", asked.since, "only those recorded at this time or later, RFC 3339");
  app.add_option("--until", asked.until, "only those recorded before it");
  app.add_flag("--follow", asked.follow, "go on with new events as they are recorded; needs --key");
  add_format(app, asked.format);
}

}  // namespace caseledger::api
