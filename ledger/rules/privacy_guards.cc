// Guards of a subject's stream: erasure asked, decided and executed, and what stands against it.
#include <algorithm>

#include "ledger/rules/judged.h"
#include "ledger/rules/policy_check.h"
#include "ledger/rules/retention_policy.h"

namespace caseledger::rules {

using namespace schema;

namespace {

// The earlier event of the subject's stream that one names, if it is of that type.
template <class Table>
Result<Recorded> named(const Judged& j, const Ref& ref, std::string_view what) {
  if (uuid_of(ref.stream()) == j.event.stream)
    if (auto found = j.earlier(ref.version()); found && found->event.type == BodyTraits<Table>::enum_value) return std::move(*found);
  return fail(Errc::unresolved_reference, j.where() + ": version " + std::to_string(ref.version()) + " is no " + std::string(what) + " of this stream");
}

// The first `last` versions of a subject's stream, as they stand.
struct Story {
  const StreamId& stream;
  Version last;
  std::function<std::optional<Recorded>(Version)> at;
};

// The first version behind `version` of an event of that type whose reference names it.
template <class Table, class RefOf>
std::optional<Version> answered(const Story& story, Version version, RefOf ref_of) {
  for (Version v = version + 1; v <= story.last; ++v) {
    const auto event = story.at(v);
    if (!event || event->event.type != BodyTraits<Table>::enum_value) continue;
    const Ref* ref = ref_of(event->event.template body<Table>());
    if (ref && ref->version() == version && uuid_of(ref->stream()) == story.stream) return v;
  }
  return std::nullopt;
}

Story before(const Judged& j) {
  return {j.event.stream, j.event.version - 1, [&j](Version version) { return j.earlier(version); }};
}

constexpr auto placed_of = [](const LegalHoldChanged& body) { return body.action() == HoldAction::released ? body.placed() : nullptr; };
constexpr auto started_of = [](const PreservationExpired& body) { return body.started(); };

// What stands against destroying it, in words; empty where nothing does.
std::string held_by(const Story& story, Micros now) {
  for (Version v = 1; v <= story.last; ++v) {
    const auto event = story.at(v);
    if (!event) continue;
    if (event->event.type == Body::LegalHoldChanged) {
      const auto& hold = event->event.body<LegalHoldChanged>();
      const bool over = hold.until() && *hold.until() < now;
      if (hold.action() == HoldAction::placed && !over && !answered<LegalHoldChanged>(story, v, placed_of))
        return "the legal hold of version " + std::to_string(v) + " stands against it";
    } else if (event->event.type == Body::PreservationStarted) {
      const auto& kept = event->event.body<PreservationStarted>();
      if (kept.until() > now && !answered<PreservationExpired>(story, v, started_of))
        return "it is to be preserved until " + to_rfc3339(kept.until()) + ", says version " + std::to_string(v);
    }
  }
  return {};
}

bool links(const Story& story, const SubjectId& document) {
  for (Version v = 1; v <= story.last; ++v)
    if (const auto event = story.at(v); event && event->event.type == Body::DocumentLinked && uuid_of(*event->event.body<DocumentLinked>().document_subject_id()) == document) return true;
  return false;
}

// Nothing is destroyed while someone may still have a right to it: by what stands in the stream where it is asked for, in the subject's own, and
// in those of the people that the subject, a text, is about.
Result<void> nothing_holds(const Judged& j, const SubjectId& subject) {
  if (const auto held = held_by(before(j), j.context.now); !held.empty()) return j.refuse(held);
  std::vector<StreamId> others{subject};
  if (j.context.linked) {
    TRY_AS(people, (*j.context.linked)(subject));
    others.insert(others.end(), people.begin(), people.end());
  }
  for (const StreamId& other : others) {
    if (other == j.event.stream) continue;
    const Standing standing(other, j.context.stream(other).version, j.context.find);
    const Story story{other, standing.version(), [&](Version version) { return standing.at(version); }};
    if (other != subject && !links(story, subject)) continue;
    if (const auto held = held_by(story, j.context.now); !held.empty()) return j.refuse(describe(StreamKind::subject, other) + ": " + held);
  }
  return {};
}

// Nobody's data is destroyed by what stands in the stream of another: it is about the stream's own subject, or about a text that is linked there.
Result<void> is_about(const Judged& j, const SubjectId& subject) {
  if (subject == j.event.stream || links(before(j), subject)) return {};
  return j.refuse("subject " + to_string(subject) + " is neither its own nor a document that it links; its erasure is asked for in " + describe(StreamKind::subject, subject));
}

bool grants(ErasureOutcome outcome) { return outcome == ErasureOutcome::granted || outcome == ErasureOutcome::partial; }

}  // namespace

Result<void> asking_erasure(const Judged& j) { return is_about(j, uuid_of(*j.event.body<ErasureRequested>().subject_id())); }

Result<void> deciding_erasure(const Judged& j) {
  const auto& body = j.event.body<ErasureDecided>();
  const Version asked = body.request()->version();
  TRY_AS(request, named<ErasureRequested>(j, *body.request(), "request for erasure"));
  if (const auto decided = answered<ErasureDecided>(before(j), asked, [](const ErasureDecided& d) { return d.request(); }))
    return j.refuse("the request is decided by version " + std::to_string(*decided) + " already");
  if (!causes_name(j.event, asked)) return j.refuse("a decision names the request among its causes");
  TRY(other_eyes(j, asked));
  if (body.outcome() != ErasureOutcome::granted && text_of(body.exception_code()).empty()) return j.refuse("what is not erased needs the exception that keeps it");
  const bool spares = body.spared() && body.spared()->size() > 0;
  if (spares != (body.outcome() == ErasureOutcome::partial)) return j.refuse("a partial erasure, and no other, names the streams and events that it spares");
  if (!grants(body.outcome())) return {};
  const SubjectId subject = uuid_of(*request.event.body<ErasureRequested>().subject_id());
  TRY(is_about(j, subject));  // also where the request was imported, or what linked the document was retracted
  return nothing_holds(j, subject);
}

Result<void> executing_erasure(const Judged& j) {
  const auto& body = j.event.body<ErasureExecuted>();
  TRY_AS(decision, named<ErasureDecided>(j, *body.decision(), "decision on an erasure"));
  if (!grants(decision.event.body<ErasureDecided>().outcome())) return j.refuse("the erasure was refused");
  if (const auto executed = answered<ErasureExecuted>(before(j), body.decision()->version(), [](const ErasureExecuted& e) { return e.decision(); }))
    return j.refuse("version " + std::to_string(*executed) + " says that it is executed already");
  TRY_AS(request, named<ErasureRequested>(j, *decision.event.body<ErasureDecided>().request(), "request for erasure"));
  const SubjectId subject = uuid_of(*request.event.body<ErasureRequested>().subject_id());
  TRY(is_about(j, subject));
  return nothing_holds(j, subject);
}

Result<void> changing_hold(const Judged& j) {
  const auto& body = j.event.body<LegalHoldChanged>();
  if (body.action() == HoldAction::placed) return {};
  if (!body.placed()) return j.refuse("a release names the hold that it ends");
  TRY_AS(hold, named<LegalHoldChanged>(j, *body.placed(), "legal hold"));
  if (hold.event.body<LegalHoldChanged>().action() != HoldAction::placed) return j.refuse("version " + std::to_string(body.placed()->version()) + " places no hold");
  if (const auto released = answered<LegalHoldChanged>(before(j), body.placed()->version(), placed_of))
    return j.refuse("the hold was released by version " + std::to_string(*released) + " already");
  return {};
}

// Until when is not for the author to say: the rule in force yields it.
Result<void> starting_preservation(const Judged& j) {
  const auto& body = j.event.body<PreservationStarted>();
  const Ref& rule = *body.rule_version();
  const std::string policy = "version " + std::to_string(rule.version()) + " of policy " + to_string(uuid_of(rule.stream()));
  if (rule.version() == 0) return j.refuse("a preservation names the version of the policy that it is under");
  const auto published = j.context.find(uuid_of(rule.stream()), rule.version());
  if (!published) return {};  // its bytes are gone
  if (published->event.type != Body::PolicyPublished || published->event.body<PolicyPublished>().kind() != PolicyKind::retention)
    return j.refuse(policy + " is no retention policy");
  if (!in_force(rule, j.context)) return j.refuse(policy + " is not in force");
  TRY_AS(retention, RetentionPolicy::parse(text_of(published->event.body<PolicyPublished>().parameters())));
  const auto until = retention.preserved_until(text_of(j.event.fields->legal_basis()), text_of(j.event.fields->jurisdiction()), j.event.fields->occurred_at());
  if (!until) return j.refuse(policy + " has no rule for this legal basis and jurisdiction");
  if (*until != body.until()) return j.refuse(policy + " has it preserved until " + to_rfc3339(*until) + ", the event says " + to_rfc3339(body.until()));
  return {};
}

Result<void> ending_preservation(const Judged& j) {
  const auto& body = j.event.body<PreservationExpired>();
  TRY_AS(started, named<PreservationStarted>(j, *body.started(), "start of a preservation"));
  const auto& begun = started.event.body<PreservationStarted>();
  if (body.until() != begun.until() || body.rule_version()->version() != begun.rule_version()->version() || uuid_of(body.rule_version()->stream()) != uuid_of(begun.rule_version()->stream()))
    return j.refuse("it names another rule or another time than version " + std::to_string(body.started()->version()) + ", which it ends");
  if (const auto ended = answered<PreservationExpired>(before(j), body.started()->version(), started_of))
    return j.refuse("the preservation ended with version " + std::to_string(*ended) + " already");
  if (begun.until() > j.context.now) return j.refuse("it is to be preserved until " + to_rfc3339(begun.until()));
  return {};
}

}  // namespace caseledger::rules
