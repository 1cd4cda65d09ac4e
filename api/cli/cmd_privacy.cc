// erase, hold, due: what is destroyed, and what must be kept.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/genesis.h"
#include "ledger/beside.h"
#include "ledger/due.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

json::object ref(const StreamId& stream, Version version) { return {{"stream", to_string(stream)}, {"version", version}}; }

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

Exit erase_subject(const ErasureRequest& request) {
  const auto stream = argument(parse_uuid(request.stream));
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
  const auto stream = argument(parse_uuid(request.stream));
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
    all.push_back(std::move(line));
  }
  print_list(all, table, request.format);
  return Exit::ok;
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

}  // namespace caseledger::api
