// What governors append: events at the head of the governance stream of a served ledger.
#pragma once

#include <boost/json/object.hpp>

#include "api/cli/remote.h"
#include "api/json.h"

namespace caseledger::api {

// Who may do what, as the server tells it.
Result<boost::json::object> authority_of(const Remote& remote);

using MakeGoverning = std::function<Result<Draft>(std::string_view origin, Version version)>;
// Appends what is made and prints where it stands.
Exit governed(const Remote& remote, const MakeGoverning& make);
// The same of a proposal of this action.
Exit proposed(const Remote& remote, const boost::json::object& action);

// Proposes that a policy's publication binds; said: where that stands. Errors: already_recorded, and what the server says.
Result<void> adopt(const Remote& remote, const StreamId& policy, Version version, Micros effective_from, std::string& said);

}  // namespace caseledger::api
