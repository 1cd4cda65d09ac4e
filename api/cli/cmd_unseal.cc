// unseal: what is sealed in a stream, read on the record.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/json.h"
#include "ledger/unseal.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

json::object ref(const StreamId& stream, Version version) { return {{"stream", to_string(stream)}, {"version", version}}; }

struct UnsealRequest {
  Remote remote;
  std::string stream, purpose, of_case, operator_code;
  std::optional<std::uint32_t> version;  // only this event's
  bool is_owner = false;
};

struct SealedPart {
  StreamId stream;
  Version version;
  std::uint16_t part;
  std::string type, subject;

  json::object told() const { return {{"stream", to_string(stream)}, {"version", version}, {"type", type}, {"part", part}, {"subject", subject}}; }
};

// What the client's thread has seen of the stream; it may still be told something after nobody waits any more.
struct Look {
  std::vector<SealedPart> parts;
  std::promise<Result<void>> seen;
  bool over = false;

  void end(Result<void> how) {
    if (!std::exchange(over, true)) seen.set_value(std::move(how));
  }
  void take(const Client::Told& told, std::optional<Version> only) {
    for (std::size_t n = 0; n < told.events.size() && !over; ++n) {
      const Buffer aligned(told.events[n].event.begin(), told.events[n].event.end());
      const EventView event = view_event(aligned);
      const auto* sealed = event.fields->parts();
      for (std::uint16_t i = 0; sealed && i < sealed->size() && (!only || *only == event.version); ++i)
        parts.push_back({event.stream, event.version, i, std::string(event_type(event.type)->name), to_string(uuid_of(*sealed->Get(i)->subject()))});
    }
    if (told.caught_up) end({});
  }
};

Result<std::vector<SealedPart>> sealed_parts(Connection& connection, const StreamId& stream, std::optional<Version> only) {
  const auto look = std::make_shared<Look>();
  auto seen = look->seen.get_future();
  const auto id = connection.client->subscribe({.from = {0}, .stream = stream, .filter = {}, .credit = 1024}, [look, only](const Client::Told& told) { look->take(told, only); },
                                               [look](const frames::Rejected& rejected) { look->end(std::unexpected(error_of(rejected))); });
  while (seen.wait_for(std::chrono::milliseconds(200)) != std::future_status::ready)
    if (auto failure = connection.client->failure()) return std::unexpected(*failure);
  connection.client->unsubscribe(id);
  TRY(seen.get());
  if (look->parts.empty()) return fail(Errc::not_found, "stream " + to_string(stream) + " has no sealed part that this key may see");
  return look->parts;
}

// What opened of these parts, as one line each; how many did.
Result<std::size_t> unseal_parts(Connection& connection, const UnsealRequest& request, std::span<const SealedPart> parts) {
  json::array named;
  for (const auto& each : parts) named.push_back(json::object{{"event", ref(each.stream, each.version)}, {"part", each.part}});
  json::object body{{"parts", std::move(named)}, {"is_owner", request.is_owner}};
  if (!request.of_case.empty()) body["case_id"] = json::object{{"stream", request.of_case}, {"version", 0}};
  Buffer reader;
  append(reader, bytes_of(connection.log.name));
  append(reader, connection.key->vkey().key);
  const StreamId access = uuid_v8("caseledger/access", reader);
  TRY_AS(viewed, append_next(connection, {{"stream", to_string(access)}, {"kind", "access"}, {"type", "RecordViewed"}, {"purpose", request.purpose}, {"body", std::move(body)}},
                             request.operator_code));
  auto openings = connection.client->unseal(viewed.receipt.entry.first_position).get();
  if (!openings && openings.error().code != name(Errc::not_found)) return std::unexpected(error_of(openings.error()));
  std::vector<bool> opened(parts.size());
  for (const Opening& opening : openings ? *openings : std::vector<Opening>{}) {
    if (opening.event >= parts.size()) return fail(Errc::malformed, "the server opens a part that was not asked for");
    auto line = parts[opening.event].told();
    TRY_AS(fields, parse_json(opening.plaintext));
    line["fields"] = fields;
    std::cout << to_text(line) << '\n';
    opened[opening.event] = true;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (opened[i]) continue;
    auto line = parts[i].told();
    line["erased"] = true;
    std::cout << to_text(line) << '\n';
  }
  return static_cast<std::size_t>(std::ranges::count(opened, true));
}

Exit unseal_stream(const UnsealRequest& request) {
  const auto stream = argument(parse_uuid(request.stream));
  if (!stream) return report(stream.error());
  auto connection = connect(request.remote);
  if (!connection) return report(connection.error());
  const auto parts = sealed_parts(*connection, *stream, request.version);
  if (!parts) return report(parts.error());
  std::size_t opened = 0;
  for (std::size_t at = 0; at < parts->size(); at += viewed_parts_max) {
    const auto some = unseal_parts(*connection, request, std::span(*parts).subspan(at, std::min(viewed_parts_max, parts->size() - at)));
    if (!some) return report(some.error());
    opened += *some;
  }
  return opened > 0 ? Exit::ok : report({Errc::not_found, "all of it is erased"});
}

}  // namespace

void add_unseal(CommandLine& line) {
  auto [app, asked] = line.add("unseal", "Read what is sealed in a stream; that it was read, and why, is recorded first",
                               "  caseledger unseal 0192f0c1-7a2b-7000-8000-0123456789ab --purpose missing_child --key analyst.key --server http://127.0.0.1:8420", unseal_stream);
  app.add_option("STREAM", asked.stream, "its id")->required();
  add_remote(app, asked.remote, true);
  app.add_option("--purpose", asked.purpose, "the code of why")->required();
  app.add_option("--version", asked.version, "only what this event sealed");
  app.add_option("--case", asked.of_case, "the case it is read for");
  app.add_flag("--owner", asked.is_owner, "the record is of the reader's own organisation");
  app.add_option("--operator", asked.operator_code, "who reads; the key's name without it");
}

}  // namespace caseledger::api
