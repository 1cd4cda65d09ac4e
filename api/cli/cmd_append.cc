// append: batches signed here, appended over a session, each receipt verified.
#include <boost/json.hpp>
#include <fstream>
#include <iostream>

#include "api/cli/appending.h"
#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/remote.h"
#include "api/genesis.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct AppendOptions {
  Remote remote;
  std::size_t batch = 256;
  path receipts;  // a folder, or empty
  path input = "-";
};

// An event as it stands, or as `events` tells it: what it was there, place, time and author, is left behind.
Result<std::string> event_line(const std::string& line) {
  if (line.find("\"event\"") == line.npos) return line;
  TRY_AS(parsed, parse_json(line));
  const auto* event = parsed.is_object() ? parsed.get_object().if_contains("event") : nullptr;
  return event && event->is_object() && parsed.get_object().contains("position") ? to_text(*event) : line;
}

Result<void> append_lines(std::istream& in, const AppendOptions& options, Batcher& batcher, const Tally& tally) {
  const auto random = system_random();
  std::string line;
  for (std::uint64_t number = 1; std::getline(in, line) && !tally.failed(); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto event = event_line(line);
    auto draft = event ? event_from_json(*event, random) : std::unexpected(event.error());
    if (!draft) return fail(draft.error().code, "line " + std::to_string(number) + ": " + draft.error().sentence);
    if (batcher.bytes() + draft->event.size() > batch_bytes_wanted) batcher.send();
    batcher.add(number, std::move(draft->event), std::move(draft->openings));
    if (batcher.size() == options.batch) batcher.send();
  }
  batcher.send();
  return {};
}

Exit append_events(const AppendOptions& options) {
  std::ifstream file;
  if (options.input != "-") {
    file.open(options.input);
    if (!file) return report({Errc::io, "cannot read " + options.input.string()});
  }
  auto connection = connect(options.remote);
  if (!connection) return report(connection.error());
  Tally tally(options.receipts, true);
  if (auto ready = tally.ready(); !ready) return report(ready.error());
  Batcher batcher(*connection, tally);
  const auto read = append_lines(options.input == "-" ? std::cin : file, options, batcher, tally);
  const auto flushed = connection->client->flush();
  if (flushed && !tally.failed()) batcher.send_rest();
  connection->client->close();
  std::cout.flush();
  if (!read) {
    report(read.error());
    return tally.recorded() > 0 ? Exit::partly : exit_of(read.error().code);
  }
  if (!flushed && !tally.failed()) return report(flushed.error());
  return tally.end();
}

}  // namespace

void add_append(CommandLine& line) {
  auto [app, asked] = line.add("append", "Sign events and append them; one JSON line for each batch",
                               "  caseledger append --server http://127.0.0.1:8420 --key desk.key events.ndjson\n"
                               "  caseledger import lpr-portals --key importer.key list.csv | caseledger append --key importer.key --receipts r -",
                               append_events);
  add_remote(app, asked.remote, true);
  app.add_option("--batch", asked.batch, "events in a batch")->check(CLI::Range(1, 1024));
  app.add_option("--receipts", asked.receipts, "a folder for the receipts");
  app.add_option("FILE", asked.input, "NDJSON; - is standard input");
}

}  // namespace caseledger::api
