// What a decision owes to the policy it names: that the policy was in force, and that it yields what was decided.
//
// Such a decision is recorded all the same: it was made, and has to be seen. It is the audit that finds it, and the reader of a figure who
// is told. Not so a preservation: that is no fact but an order to the ledger itself, and what it destroys too early no audit brings
// back. One that the policy does not yield is refused (rules/privacy_guards.cc).
#pragma once

#include <map>

#include "ledger/rules/rules.h"
#include "ledger/rules/triage_policy.h"

namespace caseledger::rules {

// What published versions of policies say, read once each: for who asks about event after event of a log.
class Policies {
 public:
  struct Published {
    schema::PolicyKind kind;
    Micros effective_from;
    std::optional<Micros> effective_to;
    std::optional<TriagePolicy> triage;  // of a policy of this kind whose parameters can be read
  };
  // nullptr where it is no published version, or its bytes are gone. Holds as long as this does.
  const Published* find(const StreamId& policy, Version version, const FindRecorded& find);

 private:
  std::map<std::pair<StreamId, Version>, Published> known_;
};

struct PolicyBreach {
  std::string code;  // "policy.not_in_force", "policy.not_followed"
  std::string sentence;
};

// The breach of one event, under the authority in force at its position; nothing where there is none, or where the policy's bytes are gone.
std::optional<PolicyBreach> policy_breach(const EventView& event, const Context& context, Policies& policies);

// The policy that a decision names; nullptr where it names none.
const schema::Ref* policy_of(const EventView& event);

// Adopted, begun by its own word and that of its adoption, not ended, and with no later one of the same policy in its place.
bool in_force(const schema::Ref& policy, const Context& context, Policies& policies);
bool in_force(const schema::Ref& policy, const Context& context);

}  // namespace caseledger::rules
