// Guards of things and lists: evidence, hot-list entries, policies; and of a reader's own stream.
#include "ledger/rules/canonical_json.h"
#include "ledger/rules/judged.h"
#include "ledger/rules/retention_policy.h"
#include "ledger/rules/suppression_policy.h"
#include "ledger/rules/triage_policy.h"

namespace caseledger::rules {

using namespace schema;

// An item is received before anything else, and once destroyed it is nowhere.
Result<void> custody(const Judged& j) {
  switch (j.event.body<EvidenceCustodyChanged>().action()) {
    case CustodyAction::unset: return j.refuse("a change of custody needs an action");
    case CustodyAction::received: return j.in({Phase::none, Phase::held, Phase::returned});
    case CustodyAction::transferred:
    case CustodyAction::returned:
    case CustodyAction::destroyed: return j.in({Phase::held});
  }
  return {};
}

Result<void> hotlist(const Judged& j) {
  switch (j.event.body<HotlistEntryChanged>().action()) {
    case HotlistAction::unset: return j.refuse("a change of an entry needs an action");
    case HotlistAction::added: return j.in({Phase::none});
    case HotlistAction::updated:
    case HotlistAction::removed:
    case HotlistAction::expired: return j.in({Phase::listed});
  }
  return {};
}

namespace {
Result<void> check_parameters(const PolicyPublished& body) {
  if (body.kind() == PolicyKind::triage) TRY(TriagePolicy::parse(text_of(body.parameters())));
  else if (body.kind() == PolicyKind::suppression) TRY(SuppressionPolicy::parse(text_of(body.parameters())));
  else if (body.kind() == PolicyKind::retention) TRY(RetentionPolicy::parse(text_of(body.parameters())));
  else TRY(parse_canonical_json(text_of(body.parameters())));
  return {};
}
}  // namespace

// A version says one thing for ever, and a policy stays of its kind.
Result<void> publishing(const Judged& j) {
  const auto& body = j.event.body<PolicyPublished>();
  if (body.effective_to() && *body.effective_to() <= body.effective_from()) return fail(Errc::value_out_of_range, j.where() + ": the version ends before it begins");
  if (const auto sound = check_parameters(body); !sound) return fail(sound.error().code, j.where() + ": parameters: " + sound.error().sentence);
  for (Version v = 1; v < j.event.version; ++v) {
    const auto earlier = j.earlier(v);
    if (!earlier || earlier->event.type != Body::PolicyPublished) continue;
    const auto& before = earlier->event.body<PolicyPublished>();
    if (before.kind() != body.kind()) return j.refuse("it is a policy of kind " + std::string(EnumNamePolicyKind(before.kind())));
    if (text_of(before.version()) == text_of(body.version())) return j.refuse("its version " + body.version()->str() + " is published already");
  }
  return {};
}

// What someone looked at stands in a stream of that reader's key alone.
Result<void> own_stream(const Judged& j) {
  const auto first = j.earlier(1);
  if (first && first->author != j.context.key) return fail(Errc::not_permitted, j.where() + " is another reader's");
  return {};
}

}  // namespace caseledger::rules
