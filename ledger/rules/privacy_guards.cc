// Guards of a subject's stream: erasure asked, decided and executed, and what stands against it.
#include <algorithm>

#include "ledger/rules/judged.h"

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

// The first version, before the event at hand, of an event of that type whose reference names `version`.
template <class Table, class RefOf>
std::optional<Version> answered(const Judged& j, Version version, RefOf ref_of) {
  for (Version v = version + 1; v < j.event.version; ++v) {
    const auto earlier = j.earlier(v);
    if (!earlier || earlier->event.type != BodyTraits<Table>::enum_value) continue;
    const Ref* ref = ref_of(earlier->event.template body<Table>());
    if (ref && ref->version() == version && uuid_of(ref->stream()) == j.event.stream) return v;
  }
  return std::nullopt;
}

constexpr auto placed_of = [](const LegalHoldChanged& body) { return body.action() == HoldAction::released ? body.placed() : nullptr; };
constexpr auto started_of = [](const PreservationExpired& body) { return body.started(); };

// Nothing is destroyed while someone may still have a right to it.
Result<void> nothing_holds(const Judged& j) {
  for (Version v = 1; v < j.event.version; ++v) {
    const auto earlier = j.earlier(v);
    if (!earlier) continue;
    if (earlier->event.type == Body::LegalHoldChanged) {
      const auto& hold = earlier->event.body<LegalHoldChanged>();
      const bool over = hold.until() && *hold.until() < j.context.now;
      if (hold.action() == HoldAction::placed && !over && !answered<LegalHoldChanged>(j, v, placed_of))
        return j.refuse("the legal hold of version " + std::to_string(v) + " stands against it");
    } else if (earlier->event.type == Body::PreservationStarted) {
      const auto& kept = earlier->event.body<PreservationStarted>();
      if (kept.until() > j.context.now && !answered<PreservationExpired>(j, v, started_of))
        return j.refuse("it is to be preserved until " + to_rfc3339(kept.until()) + ", says version " + std::to_string(v));
    }
  }
  return {};
}

bool grants(ErasureOutcome outcome) { return outcome == ErasureOutcome::granted || outcome == ErasureOutcome::partial; }

}  // namespace

Result<void> deciding_erasure(const Judged& j) {
  const auto& body = j.event.body<ErasureDecided>();
  const Version asked = body.request()->version();
  TRY(named<ErasureRequested>(j, *body.request(), "request for erasure"));
  if (const auto before = answered<ErasureDecided>(j, asked, [](const ErasureDecided& d) { return d.request(); }))
    return j.refuse("the request is decided by version " + std::to_string(*before) + " already");
  if (!causes_name(j.event, asked)) return j.refuse("a decision names the request among its causes");
  TRY(other_eyes(j, asked));
  if (body.outcome() != ErasureOutcome::granted && text_of(body.exception_code()).empty()) return j.refuse("what is not erased needs the exception that keeps it");
  if (!grants(body.outcome())) return {};
  return nothing_holds(j);
}

Result<void> executing_erasure(const Judged& j) {
  const auto& body = j.event.body<ErasureExecuted>();
  TRY_AS(decision, named<ErasureDecided>(j, *body.decision(), "decision on an erasure"));
  if (!grants(decision.event.body<ErasureDecided>().outcome())) return j.refuse("the erasure was refused");
  if (const auto before = answered<ErasureExecuted>(j, body.decision()->version(), [](const ErasureExecuted& e) { return e.decision(); }))
    return j.refuse("version " + std::to_string(*before) + " says that it is executed already");
  return nothing_holds(j);
}

Result<void> changing_hold(const Judged& j) {
  const auto& body = j.event.body<LegalHoldChanged>();
  if (body.action() == HoldAction::placed) return {};
  if (!body.placed()) return j.refuse("a release names the hold that it ends");
  TRY_AS(hold, named<LegalHoldChanged>(j, *body.placed(), "legal hold"));
  if (hold.event.body<LegalHoldChanged>().action() != HoldAction::placed) return j.refuse("version " + std::to_string(body.placed()->version()) + " places no hold");
  if (const auto before = answered<LegalHoldChanged>(j, body.placed()->version(), placed_of))
    return j.refuse("the hold was released by version " + std::to_string(*before) + " already");
  return {};
}

Result<void> ending_preservation(const Judged& j) {
  const auto& body = j.event.body<PreservationExpired>();
  TRY_AS(started, named<PreservationStarted>(j, *body.started(), "start of a preservation"));
  if (const auto before = answered<PreservationExpired>(j, body.started()->version(), started_of))
    return j.refuse("the preservation ended with version " + std::to_string(*before) + " already");
  if (started.event.body<PreservationStarted>().until() > j.context.now)
    return j.refuse("it is to be preserved until " + to_rfc3339(started.event.body<PreservationStarted>().until()));
  return {};
}

}  // namespace caseledger::rules
