#include "ledger/rules/policy_check.h"

#include <algorithm>

#include "ledger/rules/triage_policy.h"

namespace caseledger::rules {

using namespace schema;

namespace {

// The policy that a decision names.
const Ref* policy_of(const EventView& event) {
  switch (event.type) {
    case Body::TriageScored: return event.body<TriageScored>().policy_version();
    case Body::TriageDesignated: return event.body<TriageDesignated>().policy_version();
    case Body::TriagePrioritySet: return event.body<TriagePrioritySet>().policy_version();
    case Body::TriageExpedited: return event.body<TriageExpedited>().policy_version();
    case Body::DeploymentDecided: return event.body<DeploymentDecided>().policy_version();
    case Body::PreservationStarted: return event.body<PreservationStarted>().rule_version();
    default: return nullptr;
  }
}

// Adopted, begun, not ended, and with no later adoption of the same policy in its place.
bool in_force(const Ref& policy, const Context& context) {
  const Authority::Adoption* now = nullptr;
  for (const auto& adoption : context.authority.adoptions())
    if (adoption.policy == uuid_of(policy.stream()) && adoption.effective_from <= context.now && (!now || adoption.effective_from >= now->effective_from)) now = &adoption;
  if (!now || now->version != policy.version()) return false;
  const auto published = context.find(now->policy, now->version);
  if (!published || published->event.type != Body::PolicyPublished) return published == std::nullopt;
  const auto until = published->event.body<PolicyPublished>().effective_to();
  return !until || context.now < *until;
}

std::optional<PolicyBreach> not_followed(const EventView& event, const TriagePolicy& policy) {
  const auto breach = [&](std::string why) { return PolicyBreach{"policy.not_followed", std::string(event_type(event.type)->name) + ": " + std::move(why)}; };
  if (event.type == Body::TriageScored) {
    const auto& body = event.body<TriageScored>();
    if (!body.features()) return breach("no features are told, the score cannot be computed again");
    const auto verdict = policy.score(*body.features());
    if (verdict.score_micros != body.score_micros())
      return breach("the policy yields a score of " + std::to_string(verdict.score_micros) + " micros, recorded is " + std::to_string(body.score_micros()));
    if (verdict.priority != body.recommended_priority())
      return breach(std::string("the policy yields priority ") + EnumNamePriority(verdict.priority) + ", recorded is " + EnumNamePriority(body.recommended_priority()));
  } else if (event.type == Body::TriageExpedited && event.body<TriageExpedited>().granted()) {
    const auto& body = event.body<TriageExpedited>();
    if (!policy.expedites(text_of(body.policy_clause()), body.reason_code()))
      return breach("clause " + body.policy_clause()->str() + " does not put an item first for " + EnumNameExpediteReason(body.reason_code()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<PolicyBreach> policy_breach(const EventView& event, const Context& context) {
  const Ref* named = policy_of(event);
  if (!named) return std::nullopt;
  if (!in_force(*named, context))
    return PolicyBreach{"policy.not_in_force", std::string(event_type(event.type)->name) + " rests on version " + std::to_string(named->version()) + " of policy " +
                                                   to_string(uuid_of(named->stream())) + ", which was not in force"};
  const auto published = context.find(uuid_of(named->stream()), named->version());
  if (!published || published->event.type != Body::PolicyPublished || published->event.body<PolicyPublished>().kind() != PolicyKind::triage) return std::nullopt;
  const auto policy = TriagePolicy::parse(text_of(published->event.body<PolicyPublished>().parameters()));
  return policy ? not_followed(event, *policy) : std::nullopt;
}

}  // namespace caseledger::rules
