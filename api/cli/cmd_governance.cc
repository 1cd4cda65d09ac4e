// enroll, proposal: what governors do.
#include <boost/json.hpp>
#include <iostream>

#include "api/cli/folder.h"
#include "api/cli/remote.h"
#include "api/genesis.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

constexpr std::uint64_t rotation_lead_entries = 1'000;  // between a proposal that names no size and its key's first checkpoint

Result<json::object> authority_of(const Remote& remote) {
  TRY_AS(server, HttpServer::at(remote.server, remote.key));
  TRY_AS(answer, server.get_json("/v1/authority"));
  return answer.as_object();
}

std::string plain(const json::value& value) { return value.is_string() ? std::string(value.as_string()) : json::serialize(value); }

// Appends one event at the head of the governance stream. Another governor may be faster: then it is tried again.
Result<void> govern(const Remote& remote, const std::function<Result<Draft>(std::string_view origin, Version version)>& make, std::string& said) {
  TRY_AS(connection, connect(remote));
  for (int attempt = 0;; ++attempt) {
    TRY_AS(authority, authority_of(remote));
    const auto version = static_cast<Version>(authority.at("governance").as_object().at("version").to_number<std::uint32_t>() + 1);
    TRY_AS(draft, make(connection.log.name, version));
    auto answer = connection.client->append(Submission{sign_batch({Bytes(draft.event)}, connection.log.name, *connection.key), {}}).get();
    if (answer) {
      said = to_text(json::object{{"version", version}, {"position", answer->entry.first_position.value}, {"entry", answer->index.value}});
      return {};
    }
    const Error error = error_of(answer.error());
    const bool overtaken = !answer.error().events.empty() && answer.error().events[0].code == name(Errc::version_conflict);
    if (!overtaken || attempt == 5) return std::unexpected(error);
  }
}

Exit governed(const Remote& remote, const std::function<Result<Draft>(std::string_view, Version)>& make) {
  std::string said;
  if (auto done = govern(remote, make, said); !done) return report(done.error());
  std::cout << said << '\n';
  return Exit::ok;
}

}  // namespace

Exit enroll(const EnrollOptions& options) {
  const auto vkey = parse_vkey(options.vkey);
  if (!vkey) return report(vkey.error());
  const EnrolmentRequest request{*vkey, options.organisation, options.roles, options.groups, options.jurisdictions};
  return governed(options.remote, [&](std::string_view origin, Version version) { return enrolment_event(origin, version, request, system_clock().wall(), system_random()); });
}

Exit proposal_approve(const Remote& remote, std::uint32_t proposal) {
  return governed(remote, [&](std::string_view origin, Version version) { return approval_event(origin, version, proposal, system_clock().wall(), system_random()); });
}

Result<void> adopt(const Remote& remote, const StreamId& policy, Version version, Micros effective_from, std::string& said) {
  TRY_AS(authority, authority_of(remote));
  for (const auto& each : authority.at("proposals").as_array()) {
    const auto& action = each.as_object().at("action").as_object();
    if (action.at("type") != "PolicyAdopted") continue;
    const auto& named = action.at("policy").as_object();
    if (plain(named.at("stream")) == to_string(policy) && named.at("version").to_number<Version>() == version) return fail(Errc::already_recorded, "its adoption is proposed already, in version " + plain(each.as_object().at("version")));
  }
  return govern(remote, [&](std::string_view origin, Version at) { return adoption_event(origin, at, policy, version, effective_from, system_clock().wall(), system_random()); }, said);
}

Exit proposal_adopt(const AdoptOptions& options) {
  const auto policy = parse_uuid(options.policy);
  if (!policy) return report(policy.error());
  Micros from = system_clock().wall();
  if (!options.effective_from.empty()) {
    const auto time = parse_rfc3339(options.effective_from);
    if (!time) return report(time.error());
    from = time->at;
  }
  std::string said;
  if (auto done = adopt(options.remote, *policy, options.version, from, said); !done) return report(done.error());
  std::cout << said << '\n';
  return Exit::ok;
}

// ── what else governors decide ──

namespace {

Exit proposed(const Remote& remote, const json::object& action) {
  return governed(remote, [&](std::string_view origin, Version version) { return proposal_event(origin, version, action, system_clock().wall(), system_random()); });
}

// Where an event stands, and in what kind of stream: an excision names both.
Result<std::pair<std::uint64_t, std::string>> place_of(const ProposeOptions& options) {
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

}  // namespace

Exit proposal_excise(const ProposeOptions& options) {
  const auto place = place_of(options);
  if (!place) return report(place.error());
  return proposed(options.remote, {{"type", "EventExcised"},
                                   {"target", {{"stream", options.stream}, {"version", options.version}}},
                                   {"authority", options.authority},
                                   {"position", place->first},
                                   {"kind", place->second}});
}

Exit proposal_publish_entries(const ProposeOptions& options) {
  return proposed(options.remote, {{"type", "EntriesPublished"}, {"from_index", options.from_index.value_or(0)}});
}

Exit proposal_revoke(const ProposeOptions& options) {
  json::object action{{"type", "KeyRevoked"}, {"vkey", options.vkey}, {"reason", options.reason}};
  if (options.compromised_from) action["compromised_from"] = *options.compromised_from;
  return proposed(options.remote, action);
}

Exit proposal_governors(const ProposeOptions& options) {
  return proposed(options.remote, {{"type", "GovernorsChanged"}, {"governors", json::array(options.governors.begin(), options.governors.end())}, {"threshold", options.threshold}});
}

// The key lies in the folder before anyone decides for it: a rotation to a key that the ledger does not hold is refused.
Exit key_rotate(const ProposeOptions& options) {
  const auto config = read_folder(options.folder);
  if (!config) return report(config.error());
  std::uint64_t from_size = options.from_size.value_or(0);
  if (!options.from_size) {
    const auto server = HttpServer::at(options.remote.server);
    if (!server) return report(server.error());
    const auto note = server->get("/checkpoint");
    if (!note) return report(note.error());
    const auto parsed = parse_note(*note);
    const auto checkpoint = parsed ? parse_checkpoint_text(parsed->text) : Result<Checkpoint>(std::unexpected(parsed.error()));
    if (!checkpoint) return report(checkpoint.error());
    from_size = checkpoint->size + rotation_lead_entries;
  }
  const Signer key = Signer::generate(config->origin);
  const path file = options.folder / "keys" / ("log-" + hex(Bytes(key.vkey().key).first(4)) + ".key");
  if (auto written = write_key(file, key); !written) return report(written.error());
  std::cerr << "the log's next key lies in " << file.string() << "; it signs from size " << from_size << " on, once the governors have decided\n";
  return proposed(options.remote, {{"type", "KeyRotated"}, {"log_vkey", key.vkey().text()}, {"from_size", from_size}});
}

Exit proposal_list(const Remote& remote, Format format) {
  const auto authority = authority_of(remote);
  if (!authority) return report(authority.error());
  const auto& proposals = authority->at("proposals").as_array();
  if (format == Format::json) {
    std::cout << to_text(proposals) << '\n';
    return Exit::ok;
  }
  Table table{{"version", "in force", "approvals", "action"}, {}, {true, false, true, false}};
  for (const auto& each : proposals) {
    const auto& proposal = each.as_object();
    if (format == Format::jsonl) {
      std::cout << to_text(proposal) << '\n';
      continue;
    }
    table.rows.push_back({plain(proposal.at("version")), proposal.at("in_force").as_bool() ? "yes" : "no", std::to_string(proposal.at("approvals").as_array().size()),
                          plain(proposal.at("action"))});
  }
  if (format == Format::table) std::cout << table.text();
  if (format == Format::csv) std::cout << table.csv();
  return Exit::ok;
}

}  // namespace caseledger::api
