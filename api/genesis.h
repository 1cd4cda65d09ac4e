// The events every ledger begins with.
#pragma once

#include <boost/json/object.hpp>

#include "api/json.h"
#include "ledger/core/note.h"

namespace caseledger::api {

struct Genesis {
  std::string origin;
  Vkey log, service;
  std::vector<Vkey> governors;
  unsigned threshold = 1;
  std::vector<std::string> witnesses;
};

struct EnrolmentRequest {
  Vkey vkey;
  std::string organisation;
  std::vector<std::string> roles;                // "case_system", …
  std::vector<std::string> groups, jurisdictions;  // empty: all
};

// Version 1 of the governance stream. Errors: malformed (what the schema refuses).
Result<Draft> genesis_event(const Genesis& genesis, Micros now, const RandomBytes& random);

// Proposals and approvals at a version of the governance stream.
Result<Draft> enrolment_event(std::string_view origin, Version version, const EnrolmentRequest& request, Micros now, const RandomBytes& random);
Result<Draft> approval_event(std::string_view origin, Version version, Version proposal, Micros now, const RandomBytes& random);
// action: as in the JSON of a ProposalMade, {"type":"KeyRevoked",…}
Result<Draft> proposal_event(std::string_view origin, Version version, boost::json::object action, Micros now, const RandomBytes& random);
Result<Draft> adoption_event(std::string_view origin, Version version, const StreamId& policy, Version policy_version, Micros effective_from, Micros now, const RandomBytes& random);

RandomBytes system_random();

}  // namespace caseledger::api
