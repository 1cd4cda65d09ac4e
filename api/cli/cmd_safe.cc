// backup, restore, erase, hold, unseal: what is kept, what is destroyed, and who looks at it.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/folder.h"
#include "api/cli/remote.h"
#include "api/genesis.h"
#include "ledger/backup.h"
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

}  // namespace

// ── backup and restore ──

Exit backup_folder(const BackupRequest& request) {
  const auto text = read_text(request.folder / "vkey");
  if (!text) return report(text.error());
  const auto vkey = parse_vkey(std::string_view(*text).substr(0, text->find('\n')));
  if (!vkey) return report(vkey.error());
  std::optional<Progress> progress;
  const auto done = back_up(request.folder, *vkey, request.backup, {.vault = request.vault, .progress = [&](std::uint64_t now, std::uint64_t of) {
                                                                      if (!progress) progress.emplace("backing up", of);
                                                                      progress->at(now);
                                                                    }});
  progress.reset();
  if (!done) return report(done.error());
  std::cout << to_text(json::object{{"entries", done->checkpoint.size}, {"root", base64(done->checkpoint.root.bytes)}, {"before", done->before}, {"bytes", done->bytes}, {"rewritten_segments", done->rewritten}}) << '\n';
  if (request.vault.empty()) std::cerr << "The keys of data subjects are not in it: copy them apart with --vault FILE, and again after every erasure.\n";
  return Exit::ok;
}

Exit restore_folder(const RestoreRequest& request) {
  RestoreOptions options{.log_key = {}, .vault = request.vault, .last_signed = request.last_signed, .progress = {}};
  if (!request.vkey.empty()) {
    const auto vkey = parse_vkey(request.vkey);
    if (!vkey) return report(vkey.error());
    options.log_key = *vkey;
  } else {
    std::cerr << "log key, on the backup's own word; give it with --log-vkey\n";
  }
  std::optional<Progress> progress;
  options.progress = [&](std::uint64_t now, std::uint64_t of) {
    if (!progress) progress.emplace("restoring", of);
    progress->at(now);
  };
  const auto done = restore(request.backup, request.folder, options);
  progress.reset();
  if (!done) return report(done.error());
  const auto& counts = done->audit.counts;
  std::cout << to_text(json::object{{"entries", done->checkpoint.size}, {"root", base64(done->checkpoint.root.bytes)}, {"events", counts.events},
                                    {"sealed_parts", counts.sealed_parts}, {"opened_parts", counts.opened_parts}, {"erased_parts", counts.erased_parts},
                                    {"erased_subjects", done->erased_subjects}, {"excised_events", counts.excised_events}})
            << '\n';
  if (request.vault.empty()) std::cerr << "Without a copy of the vault nothing that is sealed in it can be read again.\n";
  if (request.last_signed.empty())
    std::cerr << "Whether entries after these were signed is not known here; with --last-signed FILE, saved from the old folder, it is checked.\n";
  std::cerr << "Put log.key, service.key and, where the log's key was rotated, the log-*.key files into " << (request.folder / "keys").string() << " before it is served.\n";
  return Exit::ok;
}

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

Exit change_hold(const HoldRequest& request) {
  const auto stream = parse_uuid(request.stream);
  if (!stream) return report(stream.error());
  json::object body{{"action", request.release ? "released" : "placed"}, {"authority", request.authority}};
  if (!request.until.empty()) body["until"] = request.until;
  if (request.release) body["placed"] = ref(*stream, *request.release);
  return append_one(request.remote, {{"stream", request.stream}, {"kind", "subject"}, {"type", "LegalHoldChanged"}, {"purpose", "legal_hold"}, {"body", std::move(body)}},
                    request.operator_code);
}

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

namespace {

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

}  // namespace

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

}  // namespace caseledger::api
