// report release, supersede, list: editions published by an event of the ledger's own.
#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <map>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/edition_maker.h"
#include "api/cli/folder.h"
#include "api/cli/reading.h"
#include "api/cli/remote.h"
#include "api/genesis.h"
#include "api/json.h"
#include "api/releases.h"
#include "ledger/beside.h"
#include "ledger/own_appends.h"
#include "ledger/rules/authority.h"
#include "projections/reports/compare.h"
#include "projections/reports/words.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;
using reports::Release;

struct ReleaseOptions {
  path edition, folder;
  std::string server;  // where the folder is being served; empty: nobody has it open
};

struct SupersedeOptions {
  path edition, folder, out;
  std::string reason, as_of;
};

const Release* release_with(std::span<const Release> all, const Hash& digest) {
  const auto found = std::ranges::find(all, digest, &Release::sha256);
  return found == all.end() ? nullptr : &*found;
}

Result<const Release*> named(std::span<const Release> all, const Hash& digest, const std::string& what) {
  if (const Release* found = release_with(all, digest)) return found;
  return fail(Errc::not_found, "the edition that it " + what + " (sha256 " + hex(digest.bytes) + ") was not released by this ledger");
}

// Nothing is released that the ledger does not say itself.
Result<void> check_counted(const EditionMaker& maker, const reports::Edition& edition, std::span<const Release> all) {
  TRY_AS(of, reports::find_template(edition.template_id));
  TRY_AS(period, parse_report_period(edition.period.label));
  std::optional<reports::EditionFile> previous;
  if (edition.previous) {
    TRY_AS(release, named(all, *edition.previous, "reckons with"));
    TRY_AS(before, maker.released(*release));
    previous = std::move(before);
  }
  TRY_AS(made, maker.edition(*of, period, previous ? &*previous : nullptr));
  reports::Edition& counted = made.edition;
  if (edition.restatement) {
    TRY_AS(release, named(all, edition.restatement->supersedes, "supersedes"));
    TRY_AS(was, maker.released(*release));
    TRY(maker.restate(counted, was, edition.restatement->reason));
  }
  if (const auto differs = reports::first_difference(edition, counted)) return fail(Errc::verification_failed, "the edition is not what the ledger says: " + *differs);
  return reports::may_be_released(counted, made.suppression);
}

Result<json::object> body_of(const reports::Edition& edition, const Hash& digest, const StreamId& governance, std::span<const Release> all) {
  json::object body{{"template_id", edition.template_id},
                    {"template_version", edition.template_version},
                    {"period", edition.period.label},
                    {"as_of_size", edition.as_of.size},
                    {"as_of_root", hex(edition.as_of.root.bytes)},
                    {"definitions_version", edition.definitions_version},
                    {"sha256", hex(digest.bytes)}};
  const auto put = [&](const char* member, const Release& release) { body.emplace(member, json::object{{"stream", to_string(governance)}, {"version", release.version}}); };
  if (edition.previous) {
    TRY_AS(release, named(all, *edition.previous, "reckons with"));
    put("previous", *release);
  }
  if (edition.restatement) {
    TRY_AS(release, named(all, edition.restatement->supersedes, "supersedes"));
    put("supersedes", *release);
  }
  return body;
}

Result<Draft> release_event(const std::string& origin, Version version, const json::object& body) {
  return event_from_json(to_text(json::object{{"stream", to_string(rules::governance_stream(origin))},
                                              {"kind", "governance"},
                                              {"version", version},
                                              {"type", "ReportReleased"},
                                              {"occurred_at", to_rfc3339(system_clock().wall())},
                                              {"precision", "us"},
                                              {"operator", "service"},
                                              {"handling", "open"},
                                              {"body", body}}),
                         system_random());
}

constexpr int attempts_max = 5;  // another governance event may be faster

// ── where the folder is served: over a session of the service key ──

Result<Position> release_at_server(const ReleaseOptions& options, const std::string& origin, const json::object& body) {
  TRY_AS(vkey, read_text(options.folder / "vkey"));
  const Remote remote{options.server, options.folder / "keys" / "service.key", vkey.substr(0, vkey.find('\n'))};
  TRY_AS(connection, connect(remote));
  for (int attempt = 1;; ++attempt) {
    TRY_AS(server, HttpServer::at(remote.server, remote.key));
    TRY_AS(authority, server.get_json("/v1/authority"));
    const auto version = authority.as_object().at("governance").as_object().at("version").to_number<Version>() + 1;
    TRY_AS(draft, release_event(origin, version, body));
    auto answer = connection.client->append(Submission{sign_batch({Bytes(draft.event)}, origin, *connection.key), {}}).get();
    if (answer) return answer->entry.first_position;
    const bool overtaken = !answer.error().events.empty() && answer.error().events[0].code == name(Errc::version_conflict);
    if (!overtaken || attempt == attempts_max) return std::unexpected(error_of(answer.error()));
  }
}

// ── where nobody has it open ──

Result<Position> release_in_folder(const ReleaseOptions& options, const std::string& origin, const json::object& body) {
  TRY_AS(config, read_folder(options.folder));
  TRY_AS(key, read_key(options.folder / "keys" / "service.key"));
  OwnAppends own;
  auto opened = open_folder(options.folder, config, {[&](Outcome outcome) { own.answered(outcome); }, [](const CommitTimes&) {}});
  if (!opened && opened.error().code == Errc::locked) return fail(Errc::locked, opened.error().sentence + "; where it is being served, say so with --server");
  TRY_AS(ledger, std::move(opened));
  const Version version = ledger->heads().get(rules::governance_stream(origin)).version + 1;
  TRY_AS(draft, release_event(origin, version, body));
  const auto recorded = own.append(*ledger, key, draft.event);
  ledger->drain();
  if (!recorded) return std::unexpected(recorded.error().error);
  return recorded->first_position;
}

Result<void> release(const ReleaseOptions& options) {
  TRY_AS(json_text, read_text(options.edition));
  TRY_AS(read, edition_in(options.edition));
  const reports::Edition& edition = read.edition;
  TRY_AS(maker, EditionMaker::of(options.folder, "entries:" + std::to_string(edition.as_of.size)));
  const auto& all = maker.releases();
  const std::string place = reports::place_of(edition);
  if (release_with(all, read.digest)) return fail(Errc::already_recorded, "this edition was released already");
  for (const Release& each : all)
    if (reports::place_of(each) == place)
      return fail(Errc::version_conflict, "another edition was released as " + place + " at position " + std::to_string(each.position.value) + ": a correction of it needs a later as-of");
  if (const auto last = std::ranges::find(all.rbegin(), all.rend(), edition.template_id, &Release::template_id); last != all.rend() && edition.previous != last->sha256)
    return fail(Errc::version_conflict, "the edition does not reckon with what " + reports::place_of(*last) + " told already: make it again, with that as --previous");
  TRY(check_counted(maker, edition, all));
  TRY_AS(body, body_of(edition, read.digest, rules::governance_stream(edition.origin), all));

  // The bytes first: an event without them would be a promise that nobody can keep.
  const path file = options.folder / edition_path(place);
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (error) return fail(Errc::io, "cannot make " + file.parent_path().string() + ": " + error.message());
  TRY(write_text(file, json_text));
  TRY_AS(position, options.server.empty() ? release_in_folder(options, edition.origin, body) : release_at_server(options, edition.origin, body));
  std::cout << to_text(json::object{{"address", "/v1/editions/" + place}, {"position", position.value}, {"sha256", hex(read.digest.bytes)}, {"file", file.string()}}) << '\n';
  return {};
}

Result<void> supersede(const SupersedeOptions& options) {
  if (options.reason.find_first_not_of(" \t\n") == std::string::npos) return fail(Errc::usage, "--reason says to its readers why the edition is superseded; it is empty");
  TRY_AS(was, edition_in(options.edition));
  TRY_AS(maker, EditionMaker::of(options.folder, options.as_of));
  const auto& all = maker.releases();
  if (!release_with(all, was.digest)) return fail(Errc::not_found, options.edition.string() + ": only what was released is superseded, and this was not");
  if (maker.as_of().size <= was.edition.as_of.size)
    return fail(Errc::usage, "the edition is as of " + std::to_string(was.edition.as_of.size) + " entries: what supersedes it is as of more, not of " + std::to_string(maker.as_of().size));
  TRY_AS(of, reports::find_template(was.edition.template_id));
  TRY_AS(last, maker.latest(was.edition.template_id));
  TRY_AS(made, maker.edition(*of, was.edition.period, last ? &*last : &was));
  reports::Edition& edition = made.edition;
  TRY(maker.restate(edition, was, options.reason));
  TRY_AS(text, reports::edition_json(edition));
  std::cerr << reports::brought_by(*edition.restatement) << '\n';
  std::map<std::string, std::size_t> by_reason;
  for (const auto& change : edition.restatement->changes)
    for (const auto& reason : change.why) ++by_reason[reason];
  for (const auto& [reason, figures] : by_reason) std::cerr << "  because of " << reports::why_words(reason) << ": " << figures << '\n';
  if (options.out.empty() || options.out == "-") std::cout << text;
  else TRY(write_text(options.out, text));
  tell_publisher(made.suppression);
  return reports::may_be_released(edition, made.suppression);
}

Result<json::array> listed(const Source& source) {
  if (source.server.empty() == source.folder.empty()) return fail(Errc::usage, "of which ledger? --dir FOLDER or --server URL");
  if (!source.server.empty()) {
    TRY_AS(server, HttpServer::at(source.server, source.key));
    TRY_AS(answer, server.get_json("/v1/editions"));
    return answer.as_object().at("editions").as_array();
  }
  TRY_AS(log, open_log_beside(source.folder));
  TRY_AS(end, log->end());
  TRY_AS(all, reports::releases_in(reports::events_of(*log), end.size.value));
  json::array list;
  for (const Release& each : all) list.push_back(release_to_json(each, all));
  return list;
}

Exit release_report(const ReleaseOptions& options) { return ended(release(options)); }
Exit supersede_report(const SupersedeOptions& options) { return ended(supersede(options)); }

struct ListOptions {
  Source source;
  Format format = Format::table;
};

Exit list_reports(const ListOptions& options) {
  const auto list = listed(options.source);
  if (!list) return report(list.error());
  Table table{{"template", "period", "as_of", "released_at", "address", "superseded"}, {}, {false, false, true, false, false, false}};
  for (const auto& each : *list) {
    const auto& release = each.as_object();
    const auto text = [&](const char* member) { return std::string(release.at(member).as_string()); };
    table.rows.push_back({text("template"), text("period"), json::serialize(release.at("as_of").as_object().at("size")), text("released_at"), text("address"), release.contains("superseded_by") ? "yes" : "no"});
  }
  print_list(*list, table, options.format);
  return Exit::ok;
}

}  // namespace

void add_release(CommandLine& line, CLI::App& reports) {
  auto [app, asked] = line.add(reports, "release", "Publish an edition: its bytes are kept, and an event of the ledger's own names them",
                               "  caseledger report release edition.json --dir ledger --server http://127.0.0.1:8420", release_report);
  app.add_option("FILE", asked.edition, "the edition")->required();
  app.add_option("--dir", asked.folder, "the ledger's folder, for its keys and its releases")->required();
  app.add_option("--server", asked.server, "where the folder is being served; without it nobody may have it open");
}

void add_supersede(CommandLine& line, CLI::App& reports) {
  auto [app, asked] = line.add(reports, "supersede", "Make the edition that gives a correction of one that was released, with a list of what changed",
                               "  caseledger report supersede ledger/releases/transparency/2024/120.json --reason \"late records\" --dir ledger --out corrected.json", supersede_report);
  app.add_option("FILE", asked.edition, "the edition that is corrected")->required();
  app.add_option("--reason", asked.reason, "why, in words for its readers")->required();
  app.add_option("--dir", asked.folder, "the ledger's folder")->required();
  app.add_option("--as-of", asked.as_of, "a position or a time after the as-of of FILE; without it, now");
  app.add_option("--out", asked.out, "a file; without it, standard output");
}

void add_releases(CommandLine& line, CLI::App& reports) {
  auto [app, asked] = line.add(reports, "list", "The editions that were released", "  caseledger report list --server http://127.0.0.1:8420", list_reports);
  add_source(app, asked.source);
  add_format(app, asked.format);
}

}  // namespace caseledger::api
