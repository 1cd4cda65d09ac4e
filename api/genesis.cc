#include "api/genesis.h"

#include <boost/json.hpp>
#include <sodium.h>

#include "ledger/rules/authority.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

Result<Draft> governance_event(std::string_view origin, Version version, std::string_view type, json::object body, Micros now, const RandomBytes& random) {
  return event_from_json(to_text(json::object{{"stream", to_string(rules::governance_stream(origin))},
                                              {"kind", "governance"},
                                              {"version", version},
                                              {"type", type},
                                              {"occurred_at", to_rfc3339(now)},
                                              {"precision", "us"},
                                              {"operator", "governor"},
                                              {"handling", "open"},
                                              {"body", std::move(body)}}),
                         random);
}

json::array texts(const std::vector<std::string>& values) { return json::array(values.begin(), values.end()); }

}  // namespace

Result<Draft> genesis_event(const Genesis& genesis, Micros now, const RandomBytes& random) {
  json::array governors;
  for (const Vkey& governor : genesis.governors) governors.emplace_back(governor.text());
  json::object body{{"origin", genesis.origin},   {"log_vkey", genesis.log.text()},   {"service_vkey", genesis.service.text()},
                    {"governors", std::move(governors)}, {"threshold", genesis.threshold}};
  if (!genesis.witnesses.empty()) body["witnesses"] = texts(genesis.witnesses);
  return governance_event(genesis.origin, 1, "GovernanceConstituted", std::move(body), now, random);
}

Result<Draft> enrolment_event(std::string_view origin, Version version, const EnrolmentRequest& request, Micros now, const RandomBytes& random) {
  json::object action{{"type", "KeyEnrolled"}, {"vkey", request.vkey.text()}, {"organisation", request.organisation}, {"roles", texts(request.roles)}};
  if (!request.groups.empty()) action["scope_groups"] = texts(request.groups);
  if (!request.jurisdictions.empty()) action["scope_jurisdictions"] = texts(request.jurisdictions);
  return governance_event(origin, version, "ProposalMade", {{"action", std::move(action)}}, now, random);
}

Result<Draft> approval_event(std::string_view origin, Version version, Version proposal, Micros now, const RandomBytes& random) {
  json::object named{{"stream", to_string(rules::governance_stream(origin))}, {"version", proposal}};
  return governance_event(origin, version, "ProposalApproved", {{"proposal", std::move(named)}}, now, random);
}

Result<Draft> proposal_event(std::string_view origin, Version version, json::object action, Micros now, const RandomBytes& random) {
  return governance_event(origin, version, "ProposalMade", {{"action", std::move(action)}}, now, random);
}

Result<Draft> adoption_event(std::string_view origin, Version version, const StreamId& policy, Version policy_version, Micros effective_from, Micros now, const RandomBytes& random) {
  json::object action{{"type", "PolicyAdopted"}, {"policy", {{"stream", to_string(policy)}, {"version", policy_version}}}, {"effective_from", to_rfc3339(effective_from)}};
  return proposal_event(origin, version, std::move(action), now, random);
}

RandomBytes system_random() {
  return [](std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); };
}

}  // namespace caseledger::api
