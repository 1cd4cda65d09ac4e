// What a decision owes to the policy it names: that the policy was in force, and that it yields what was decided.
//
// Such a decision is recorded all the same. It is the audit that finds it, and the reader of a figure who is told.
#pragma once

#include "ledger/rules/rules.h"

namespace caseledger::rules {

struct PolicyBreach {
  std::string code;  // "policy.not_in_force", "policy.not_followed"
  std::string sentence;
};

// The breach of one event, under the authority in force at its position; nothing where there is none, or where the policy's bytes are gone.
std::optional<PolicyBreach> policy_breach(const EventView& event, const Context& context);

}  // namespace caseledger::rules
