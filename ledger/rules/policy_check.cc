#include "ledger/rules/policy_check.h"

#include <algorithm>

namespace caseledger::rules {

using namespace schema;

const Ref* policy_of(const EventView& event) {
  switch (event.type) {
    case Body::TriageScored: return event.body<TriageScored>().policy_version();
    case Body::TriageDesignated: return event.body<TriageDesignated>().policy_version();
    case Body::TriagePrioritySet: return event.body<TriagePrioritySet>().policy_version();
    case Body::TriageExpedited: return event.body<TriageExpedited>().policy_version();
    case Body::DeploymentDecided: return event.body<DeploymentDecided>().policy_version();
    default: return nullptr;
  }
}

const Policies::Published* Policies::find(const StreamId& policy, Version version, const FindRecorded& find) {
  const auto known = known_.find({policy, version});
  if (known != known_.end()) return &known->second;
  const auto recorded = find(policy, version);
  if (!recorded || recorded->event.type != Body::PolicyPublished) return nullptr;
  const auto& body = recorded->event.body<PolicyPublished>();
  Published published{.kind = body.kind(), .effective_from = body.effective_from(), .effective_to = std::nullopt, .triage = std::nullopt};
  if (const auto to = body.effective_to()) published.effective_to = *to;
  if (body.kind() == PolicyKind::triage)
    if (auto triage = TriagePolicy::parse(text_of(body.parameters()))) published.triage = std::move(*triage);
  return &known_.emplace(std::pair(policy, version), std::move(published)).first->second;
}

bool in_force(const Ref& policy, const Context& context) {
  Policies policies;
  return in_force(policy, context, policies);
}

bool in_force(const Ref& policy, const Context& context, Policies& policies) {
  Version now = 0;
  Micros since = 0;
  std::optional<Micros> until;
  for (const auto& adoption : context.authority.adoptions()) {
    if (adoption.policy != uuid_of(policy.stream())) continue;
    const auto* published = policies.find(adoption.policy, adoption.version, context.find);
    const Micros from = published ? std::max(adoption.effective_from, published->effective_from) : adoption.effective_from;
    if (from > context.now || (now != 0 && from < since)) continue;
    now = adoption.version;
    since = from;
    until = published ? published->effective_to : std::nullopt;
  }
  return now != 0 && now == policy.version() && (!until || context.now < *until);
}

namespace {

bool told_twice(const TriagePolicy::Features& features) {
  for (flatbuffers::uoffset_t i = 0; i < features.size(); ++i)
    for (flatbuffers::uoffset_t j = 0; j < i; ++j)
      if (text_of(features.Get(i)->name()) == text_of(features.Get(j)->name())) return true;
  return false;
}

std::optional<std::string> not_yielded(const TriageScored& body, const TriagePolicy& policy) {
  if (!body.features()) return "no features are told, the score cannot be computed again";
  if (told_twice(*body.features())) return "a feature is told twice";
  const auto verdict = policy.score(*body.features());
  if (verdict.score_micros != body.score_micros())
    return "the policy yields a score of " + std::to_string(verdict.score_micros) + " micros, recorded is " + std::to_string(body.score_micros());
  if (verdict.priority != body.recommended_priority())
    return std::string("the policy yields priority ") + EnumNamePriority(verdict.priority) + ", recorded is " + EnumNamePriority(body.recommended_priority());
  return std::nullopt;
}

std::optional<std::string> not_granted_by(const TriageExpedited& body, const TriagePolicy& policy) {
  if (!body.granted() || policy.expedites(text_of(body.policy_clause()), body.reason_code(), body.requester_class())) return std::nullopt;
  std::string requester = EnumNameRequesterClass(body.requester_class());
  if (requester.ends_with('_')) requester.pop_back();  // which dodges a keyword
  return "clause " + body.policy_clause()->str() + " does not put an item first for " + EnumNameExpediteReason(body.reason_code()) + " at the request of " + requester;
}

// A priority set by the rule is the one that the item's last score under the same policy recommends.
std::optional<std::string> not_recommended(const EventView& event, const Context& context) {
  const auto& body = event.body<TriagePrioritySet>();
  if (body.basis() != PriorityBasis::rule || body.item_ref()) return std::nullopt;
  for (Version v = event.version; v-- > 1;) {
    const auto earlier = context.find(event.stream, v);
    if (!earlier) return std::nullopt;  // it may have been the score
    if (earlier->event.type != Body::TriageScored) continue;
    const auto& score = earlier->event.body<TriageScored>();
    if (score.item_ref() || uuid_of(score.policy_version()->stream()) != uuid_of(body.policy_version()->stream()) || score.policy_version()->version() != body.policy_version()->version()) continue;
    if (score.recommended_priority() == body.to()) return std::nullopt;
    return std::string("the score of version ") + std::to_string(v) + " recommends " + EnumNamePriority(score.recommended_priority()) + ", set is " + EnumNamePriority(body.to());
  }
  return "no score under the policy stands before it";
}

std::optional<std::string> not_followed(const EventView& event, const TriagePolicy& policy, const Context& context) {
  switch (event.type) {
    case Body::TriageScored: return not_yielded(event.body<TriageScored>(), policy);
    case Body::TriageExpedited: return not_granted_by(event.body<TriageExpedited>(), policy);
    case Body::TriagePrioritySet: return not_recommended(event, context);
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<PolicyBreach> policy_breach(const EventView& event, const Context& context, Policies& policies) {
  const Ref* named = policy_of(event);
  if (!named) return std::nullopt;
  const std::string decision(event_type(event.type)->name);
  if (!in_force(*named, context, policies))
    return PolicyBreach{"policy.not_in_force", decision + " rests on version " + std::to_string(named->version()) + " of policy " + to_string(uuid_of(named->stream())) +
                                                   ", which was not in force"};
  const auto* published = policies.find(uuid_of(named->stream()), named->version(), context.find);
  if (!published || !published->triage) return std::nullopt;
  auto why = not_followed(event, *published->triage, context);
  return why ? std::optional(PolicyBreach{"policy.not_followed", decision + ": " + std::move(*why)}) : std::nullopt;
}

}  // namespace caseledger::rules
