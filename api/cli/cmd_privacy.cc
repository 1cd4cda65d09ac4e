// erase, hold, due, unseal: what is destroyed, what must be kept, and who looks at it.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/cli/remote.h"
#include "api/genesis.h"
#include "ledger/beside.h"
#include "ledger/due.h"
#include "ledger/unseal.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

json::object ref(const StreamId& stream, Version version) { return {{"stream", to_string(stream)}, {"version", version}}; }

struct Next {
  Version version;
  Receipt receipt;
};

// An event at whatever version of its stream comes next: another author may be faster.
Result<Next> append_next(Connection& connection, json::object line, const std::string& operator_code) {
  line["operator"] = operator_code.empty() ? connection.key->vkey().name : operator_code;
  line["handling"] = "internal";
  line["occurred_at"] = to_rfc3339(system_clock().wall());
  line["precision"] = "us";
  Version version = 1;
  for (int attempt = 0;; ++attempt) {
    line["version"] = version;
    TRY_AS(draft, event_from_json(to_text(line), system_random()));
    auto answer = connection.client->append(Submission{sign_batch({Bytes(draft.event)}, connection.log.name, *connection.key), std::move(draft.openings)}).get();
    if (answer) return Next{version, std::move(*answer)};
    const auto& problems = answer.error().events;
    if (problems.empty() || problems[0].code != name(Errc::version_conflict) || attempt == 5) return std::unexpected(error_of(answer.error()));
    version = problems[0].current + 1;
  }
}

Exit append_one(const Remote& remote, json::object line, const std::string& operator_code) {
  auto connection = connect(remote);
  if (!connection) return report(connection.error());
  const auto next = append_next(*connection, std::move(line), operator_code);
  if (!next) return report(next.error());
  std::cout << to_text(json::object{{"version", next->version}, {"position", next->receipt.entry.first_position.value}, {"entry", next->receipt.index.value}}) << '\n';
  return Exit::ok;
}

struct ErasureRequest {
  Remote remote;
  std::string stream, subject, basis, outcome, exception, operator_code;
  std::vector<std::string> spared;      // STREAM or STREAM:VERSION, of a partial decision
  std::optional<std::uint32_t> decide;  // the version of the request that is decided; none: this is a request
};

// ── erasure and holds ──
Exit erase_subject(const ErasureRequest& request) {
  const auto stream = parse_uuid(request.stream);
  if (!stream) return report(stream.error());
  if (request.decide && request.outcome.empty()) return report({Errc::usage, "a decision has an --outcome: granted, refused or partial"});
  json::object line{{"stream", request.stream}, {"kind", "subject"}, {"purpose", "erasure"}};
  if (request.decide) {
    json::object body{{"request", ref(*stream, *request.decide)}, {"basis", request.basis}, {"outcome", request.outcome}};
    if (!request.exception.empty()) body["exception_code"] = request.exception;
    json::array spared;
    for (const std::string& each : request.spared) {
      const auto colon = std::min(each.find(':'), each.size());
      const auto spared_stream = parse_uuid(each.substr(0, colon));
      const auto version = colon == each.size() ? Result<std::uint64_t>(0) : from_decimal(each.substr(colon + 1));
      if (!spared_stream || !version || *version > UINT32_MAX) return report({Errc::usage, "--spare: wanted STREAM or STREAM:VERSION"});
      spared.push_back(ref(*spared_stream, static_cast<Version>(*version)));
    }
    if (!spared.empty()) body["spared"] = std::move(spared);
    line["type"] = "ErasureDecided";
    line["causes"] = json::array{ref(*stream, *request.decide)};
    line["body"] = std::move(body);
  } else {
    line["type"] = "ErasureRequested";
    line["body"] = json::object{{"subject_id", request.subject.empty() ? request.stream : request.subject}, {"basis", request.basis}};
  }
  return append_one(request.remote, std::move(line), request.operator_code);
}

struct HoldRequest {
  Remote remote;
  std::string stream, authority, until, operator_code;
  std::optional<std::uint32_t> release;  // the version of the hold that ends; none: one is placed
};

Exit change_hold(const HoldRequest& request) {
  const auto stream = parse_uuid(request.stream);
  if (!stream) return report(stream.error());
  json::object body{{"action", request.release ? "released" : "placed"}, {"authority", request.authority}};
  if (!request.until.empty()) body["until"] = request.until;
  if (request.release) body["placed"] = ref(*stream, *request.release);
  return append_one(request.remote, {{"stream", request.stream}, {"kind", "subject"}, {"type", "LegalHoldChanged"}, {"purpose", "legal_hold"}, {"body", std::move(body)}},
                    request.operator_code);
}

struct DueRequest {
  path folder;
  std::string at;  // a time; empty: now
  Format format = Format::table;
};

Exit list_due(const DueRequest& request) {
  const auto config = read_folder(request.folder);
  if (!config) return report(config.error());
  Micros now = system_clock().wall();
  if (!request.at.empty()) {
    const auto at = parse_rfc3339(request.at);
    if (!at) return report({Errc::usage, "--at: " + at.error().sentence});
    now = at->at;
  }
  const auto log = open_log_beside(request.folder);
  if (!log) return report(log.error());
  const auto due = what_is_due(**log, config->origin, now);
  if (!due) return report(due.error());
  Table table{{"what", "stream", "version", "subject", "since", "held"}, {}, {false, false, true}};
  json::array all;
  for (const Due& each : *due) {
    const std::string since = to_rfc3339(each.since);
    table.rows.push_back({std::string(name(each.what)), to_string(each.stream), each.version == 0 ? "" : std::to_string(each.version), to_string(each.subject), since, each.held ? "held" : ""});
    json::object line{{"what", name(each.what)}, {"stream", to_string(each.stream)}, {"subject", to_string(each.subject)}, {"since", since}, {"held", each.held}};
    if (each.version != 0) line["version"] = each.version;
    if (request.format == Format::jsonl) std::cout << to_text(line) << '\n';
    else all.push_back(std::move(line));
  }
  if (request.format == Format::json) std::cout << to_text(all) << '\n';
  if (request.format == Format::table) std::cout << table.text();
  if (request.format == Format::csv) std::cout << table.csv();
  return Exit::ok;
}

// ── unsealing ──

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
  const auto stream = parse_uuid(request.stream);
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

void add_erase(CommandLine& line) {
  auto [app, asked] = line.add("erase", "Request the erasure of a data subject, or decide on a request",
                               "  caseledger erase 0192f0c2-7a2b-7000-8000-0123456789ab --basis gdpr17 --key desk.key --server http://127.0.0.1:8420\n"
                               "  caseledger erase 0192f0c2-… --decide 3 --outcome granted --basis gdpr17 --key officer.key\n"
                               "  caseledger erase 0192f0c2-… --decide 3 --outcome partial --exception art17-3e --spare 0192f0c1-… --basis gdpr17 --key officer.key", erase_subject);
  app.add_option("STREAM", asked.stream, "the subject's stream")->required();
  add_remote(app, asked.remote, true);
  app.add_option("--subject", asked.subject, "the subject whose data is meant, where it is not the stream's own id");
  app.add_option("--basis", asked.basis, "by what right")->type_name("{gdpr17,expunction,court,policy_expiry,wrong_person}")->required();
  auto* decide = app.add_option("--decide", asked.decide, "the version of the request; by another key and operator than its own");
  app.add_option("--outcome", asked.outcome, "of the decision")->type_name("{granted,refused,partial}")->needs(decide);
  app.add_option("--spare", asked.spared, "what a partial erasure leaves as it is: STREAM, or STREAM:VERSION for one event")->needs(decide);
  app.add_option("--exception", asked.exception, "the code of what keeps the data")->needs(decide);
  app.add_option("--operator", asked.operator_code, "who acts; the key's name without it");
}

void add_hold(CommandLine& line) {
  auto [app, asked] = line.add("hold", "Place a legal hold on a data subject, or release one",
                               "  caseledger hold 0192f0c2-… --authority court-3/117 --key officer.key --server http://127.0.0.1:8420\n"
                               "  caseledger hold 0192f0c2-… --release 4 --authority court-3/117 --key officer.key", change_hold);
  app.add_option("STREAM", asked.stream, "the subject's stream")->required();
  add_remote(app, asked.remote, true);
  app.add_option("--authority", asked.authority, "by whose order")->required();
  app.add_option("--until", asked.until, "when it ends by itself");
  app.add_option("--release", asked.release, "the version of the hold that ends");
  app.add_option("--operator", asked.operator_code, "who acts; the key's name without it");
}

void add_due(CommandLine& line) {
  auto [app, asked] = line.add("due", "What is due for data subjects: preservations and holds that ran out, erasures to decide or carry out, data kept beyond its retention",
                               "  caseledger due ledger\n  caseledger due ledger --at 2027-01-01T00:00:00Z --format csv", list_due);
  app.add_option("DIR", asked.folder, "the ledger's folder, served or not")->required();
  app.add_option("--at", asked.at, "as it will be then; now without it");
  add_format(app, asked.format);
}

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
