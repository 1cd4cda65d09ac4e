// proposal: what governors propose and decide.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/command_line.h"
#include "api/cli/commands.h"
#include "api/cli/governing.h"
#include "api/cli/reading.h"
#include "api/genesis.h"
#include "ledger/clock.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

struct ListOptions {
  Remote remote;
  Format format = Format::table;
};

Exit proposal_list(const ListOptions& options) {
  const auto authority = authority_of(options.remote);
  if (!authority) return report(authority.error());
  const auto& proposals = authority->at("proposals").as_array();
  Table table{{"version", "in force", "approvals", "action"}, {}, {true, false, true, false}};
  for (const auto& each : proposals) {
    const auto& proposal = each.as_object();
    table.rows.push_back({plain(proposal.at("version")), proposal.at("in_force").as_bool() ? "yes" : "no", std::to_string(proposal.at("approvals").as_array().size()),
                          plain(proposal.at("action"))});
  }
  print_list(proposals, table, options.format);
  return Exit::ok;
}

struct AdoptOptions {
  Remote remote;               // key: a governor's
  std::string policy;          // its stream
  std::uint32_t version = 1;   // of the stream: which publication
  std::string effective_from;  // RFC 3339; empty: now
};

Exit proposal_adopt(const AdoptOptions& options) {
  const auto policy = argument(parse_uuid(options.policy));
  if (!policy) return report(policy.error());
  Micros from = system_clock().wall();
  if (!options.effective_from.empty()) {
    const auto time = argument(parse_rfc3339(options.effective_from));
    if (!time) return report(time.error());
    from = time->at;
  }
  std::string said;
  if (auto done = adopt(options.remote, *policy, options.version, from, said); !done) return report(done.error());
  std::cout << said << '\n';
  return Exit::ok;
}

struct ExciseOptions {
  Remote remote;  // key: a governor's or a privacy officer's
  std::string stream;
  std::uint32_t version = 0;
  std::string authority, kind;  // kind and position are looked up where they are not given
  std::optional<std::uint64_t> position;
};

// Where an event stands, and in what kind of stream: an excision names both.
Result<std::pair<std::uint64_t, std::string>> place_of(const ExciseOptions& options) {
  if (options.position && !options.kind.empty()) return std::pair(*options.position, options.kind);
  TRY_AS(server, HttpServer::at(options.remote.server, options.remote.key));
  auto page = server.get_json("/v1/streams/" + options.stream + "/events?limit=1&from=" + std::to_string(options.version));
  if (!page) return fail(page.error().code, page.error().sentence + "; where this key may not read it, give --position and --kind");
  const auto& events = page->as_object().at("events").as_array();
  const auto* found = events.empty() ? nullptr : &events[0].as_object();
  if (!found || found->at("event").as_object().at("version").to_number<Version>() != options.version)
    return fail(Errc::not_found, "version " + std::to_string(options.version) + " of stream " + options.stream + " is not there for this key to read; otherwise give --position and --kind");
  return std::pair(found->at("position").to_number<std::uint64_t>(), std::string(found->at("event").as_object().at("kind").as_string()));
}

Exit proposal_excise(const ExciseOptions& options) {
  const auto place = place_of(options);
  if (!place) return report(place.error());
  return proposed(options.remote, {{"type", "EventExcised"},
                                   {"target", {{"stream", options.stream}, {"version", options.version}}},
                                   {"authority", options.authority},
                                   {"position", place->first},
                                   {"kind", place->second}});
}

struct PublishOptions {
  Remote remote;
  std::optional<std::uint64_t> from_index;
};

Exit proposal_publish_entries(const PublishOptions& options) {
  return proposed(options.remote, {{"type", "EntriesPublished"}, {"from_index", options.from_index.value_or(0)}});
}

struct RevokeOptions {
  Remote remote;
  std::string vkey, reason;
  std::optional<std::uint64_t> compromised_from;
};

Exit proposal_revoke(const RevokeOptions& options) {
  json::object action{{"type", "KeyRevoked"}, {"vkey", options.vkey}, {"reason", options.reason}};
  if (options.compromised_from) action["compromised_from"] = *options.compromised_from;
  return proposed(options.remote, action);
}

struct GovernorsOptions {
  Remote remote;
  std::vector<std::string> governors;
  unsigned threshold = 1;
};

Exit proposal_governors(const GovernorsOptions& options) {
  return proposed(options.remote, {{"type", "GovernorsChanged"}, {"governors", json::array(options.governors.begin(), options.governors.end())}, {"threshold", options.threshold}});
}

struct ApproveOptions {
  Remote remote;
  std::uint32_t version = 0;
};

Exit proposal_approve(const ApproveOptions& options) {
  return governed(options.remote, [&](std::string_view origin, Version version) { return approval_event(origin, version, options.version, system_clock().wall(), system_random()); });
}

void add_governor(CLI::App& app, Remote& into, const std::string& whose = "a governor's private key") { add_remote(app, into, true, "--as", whose); }

void add_list(CommandLine& line, CLI::App& proposal) {
  auto [app, asked] = line.add(proposal, "list", "List them", "  caseledger proposal list --server http://127.0.0.1:8420", proposal_list);
  app.add_option("--server", asked.remote.server, "the ledger's address")->envname("CASELEDGER_SERVER")->required();
  app.add_option("--key", asked.remote.key, "an enrolled key, to read as")->envname("CASELEDGER_KEY");
  add_format(app, asked.format);
}

void add_adopt(CommandLine& line, CLI::App& proposal) {
  auto [app, asked] = line.add(proposal, "adopt", "Propose that a published policy binds",
                               "  caseledger proposal adopt 0192f0c1-7a2b-7000-8000-0123456789ab 1 --effective-from 2024-01-01T00:00:00Z --as governor.key --server http://127.0.0.1:8420", proposal_adopt);
  app.add_option("STREAM", asked.policy, "the policy's stream")->required();
  app.add_option("VERSION", asked.version, "which of its publications, by version in the stream")->required();
  app.add_option("--effective-from", asked.effective_from, "RFC 3339; now without it");
  add_governor(app, asked.remote);
}

void add_excise(CommandLine& line, CLI::App& proposal) {
  auto [app, asked] = line.add(proposal, "excise", "Propose, by order of a court, that an event's bytes give way to their hash; takes a privacy officer and the governors",
                               "  caseledger proposal excise 0192f0c1-7a2b-7000-8000-0123456789ab 3 --authority court-3/117 --as officer.key --server http://127.0.0.1:8420", proposal_excise);
  app.add_option("STREAM", asked.stream, "the event's stream")->required();
  app.add_option("VERSION", asked.version, "its version there")->required();
  app.add_option("--authority", asked.authority, "who ordered it, a code such as court-3/117")->required();
  app.add_option("--position", asked.position, "where it stands; looked up without it");
  app.add_option("--kind", asked.kind, "the kind of its stream; looked up without it");
  add_governor(app, asked.remote, "a privacy officer's or governor's private key");
}

void add_publish(CommandLine& line, CLI::App& proposal) {
  auto [app, asked] = line.add(proposal, "publish-entries", "Propose that the log's entries are open to everyone: who appended how much, and when",
                               "  caseledger proposal publish-entries --from-index 0 --as governor.key --server http://127.0.0.1:8420", proposal_publish_entries);
  app.add_option("--from-index", asked.from_index, "entries from this one on; all without it");
  add_governor(app, asked.remote);
}

void add_revoke(CommandLine& line, CLI::App& proposal) {
  auto [app, asked] = line.add(proposal, "revoke", "Propose that a key may append no more", "  caseledger proposal revoke \"$(caseledger key show desk.key)\" --reason lost --compromised-from 5000 --as governor.key --server http://127.0.0.1:8420", proposal_revoke);
  app.add_option("VKEY", asked.vkey, "the key")->required();
  app.add_option("--reason", asked.reason, "a code")->required();
  app.add_option("--compromised-from", asked.compromised_from, "the position from which on its signatures are suspect");
  add_governor(app, asked.remote);
}

void add_governors(CommandLine& line, CLI::App& proposal) {
  auto [app, asked] = line.add(proposal, "governors", "Propose who governs from now on", "  caseledger proposal governors --governor VKEY1 --governor VKEY2 --threshold 2 --as governor.key --server http://127.0.0.1:8420", proposal_governors);
  app.add_option("--governor", asked.governors, "a governor's vkey, once for each of all there shall be")->required();
  app.add_option("--threshold", asked.threshold, "how many of them decide")->required();
  add_governor(app, asked.remote);
}

void add_approve(CommandLine& line, CLI::App& proposal) {
  auto [app, asked] = line.add(proposal, "approve", "Approve one", "  caseledger proposal approve 4 --as governor2.key --server http://127.0.0.1:8420", proposal_approve);
  app.add_option("VERSION", asked.version, "its version in the governance stream; 1 is genesis")->required();
  add_governor(app, asked.remote, "the governor's private key");
}

}  // namespace

void add_proposal(CommandLine& line) {
  CLI::App& proposal = line.add_group("proposal", "The governors' proposals", "  caseledger proposal list --server http://127.0.0.1:8420");
  add_list(line, proposal);
  add_adopt(line, proposal);
  add_excise(line, proposal);
  add_publish(line, proposal);
  add_revoke(line, proposal);
  add_governors(line, proposal);
  add_approve(line, proposal);
}

}  // namespace caseledger::api
