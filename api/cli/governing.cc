#include "api/cli/governing.h"

#include <boost/json.hpp>
#include <iostream>

#include "api/genesis.h"
#include "ledger/clock.h"

namespace caseledger::api {

namespace json = boost::json;

namespace {

// Appends one event at the head of the governance stream. Another governor may be faster: then it is tried again.
Result<void> govern(const Remote& remote, const MakeGoverning& make, std::string& said) {
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

}  // namespace

Result<json::object> authority_of(const Remote& remote) {
  TRY_AS(server, HttpServer::at(remote.server, remote.key));
  TRY_AS(answer, server.get_json("/v1/authority"));
  return answer.as_object();
}

Exit governed(const Remote& remote, const MakeGoverning& make) {
  std::string said;
  if (auto done = govern(remote, make, said); !done) return report(done.error());
  std::cout << said << '\n';
  return Exit::ok;
}

Exit proposed(const Remote& remote, const json::object& action) {
  return governed(remote, [&](std::string_view origin, Version version) { return proposal_event(origin, version, action, system_clock().wall(), system_random()); });
}

Result<void> adopt(const Remote& remote, const StreamId& policy, Version version, Micros effective_from, std::string& said) {
  TRY_AS(authority, authority_of(remote));
  for (const auto& each : authority.at("proposals").as_array()) {
    const auto& action = each.as_object().at("action").as_object();
    if (action.at("type") != "PolicyAdopted") continue;
    const auto& named = action.at("policy").as_object();
    if (std::string(named.at("stream").as_string()) == to_string(policy) && named.at("version").to_number<Version>() == version) return fail(Errc::already_recorded, "its adoption is proposed already, in version " + json::serialize(each.as_object().at("version")));
  }
  return govern(remote, [&](std::string_view origin, Version at) { return adoption_event(origin, at, policy, version, effective_from, system_clock().wall(), system_random()); }, said);
}

}  // namespace caseledger::api
