// Guards of what governors decide about the log and its events. Who may decide is authority.h's.
#include <algorithm>

#include "ledger/rules/judged.h"

namespace caseledger::rules {

using namespace schema;

namespace {

// The checkpoint over the decision itself is still the old key's: whoever trusts that one learns of the new one from what it signed.
Result<void> rotating(const Judged& j, const KeyRotated& rotated) {
  const std::uint64_t decided = j.context.entry.value + 1;
  if (rotated.from_size() > decided) return {};
  return j.refuse("the log has " + std::to_string(decided) + " entries with this one; a rotation names a size beyond, found from_size " + std::to_string(rotated.from_size()));
}

// What binds is one publication of a policy.
Result<void> adopting(const Judged& j, const PolicyAdopted& adopted) {
  const StreamId stream = uuid_of(adopted.policy()->stream());
  const Version version = adopted.policy()->version();
  const auto target = j.context.find(stream, version);
  if (version != 0 && (!target || target->event.type == Body::PolicyPublished)) return {};
  return j.refuse("what is adopted is the version of a policy that was published; found version " + std::to_string(version) + " of " + to_string(stream) +
                  (target ? ", " + std::string(event_type(target->event.type)->name) : ""));
}

// ── excisions ──

// What the ledger itself goes on needing: who may do what, who looked, what is erased, and the policies decisions are held to.
Result<void> may_go(const Judged& j, const EventView& target) {
  const auto stays = [&](std::string_view why) {
    return fail(Errc::illegal_transition, describe(target.kind, target.stream) + ": version " + std::to_string(target.version) + ", " +
                                              std::string(event_type(target.type)->name) + ", cannot be excised: " + std::string(why));
  };
  if (target.kind == StreamKind::governance || target.kind == StreamKind::access) return stays("who may do what, and who looked, stays on record");
  if (target.type == Body::ErasureRequested || target.type == Body::ErasureDecided || target.type == Body::ErasureExecuted)
    return stays("erasures are replayed from it when a backup is restored");
  const auto adopted = [&](const Authority::Adoption& each) { return each.policy == target.stream && each.version == target.version; };
  if (std::ranges::any_of(j.context.authority.adoptions(), adopted)) return stays("the policy was adopted, and decisions are held to it");
  return {};
}

// A correction's replacement says much the same once more, and nothing can follow where there is no beginning.
Result<void> goes_last(const StreamId& stream, Version version, const StreamState& state, const FindRecorded& find) {
  for (Version v = state.version; v > version; --v) {
    const auto later = find(stream, v);
    if (!later) continue;
    const std::string which = describe(state.kind, stream) + ": version " + std::to_string(v) + ", " + std::string(event_type(later->event.type)->name);
    if (later->event.type == Body::CorrectionRequested && later->event.body<CorrectionRequested>().target()->version() == version)
      return fail(Errc::illegal_transition, which + ", holds a replacement of version " + std::to_string(version) + "; it has to be excised first");
    if (version == 1) return fail(Errc::illegal_transition, which + ", follows the stream's first event; it has to be excised first");
  }
  return {};
}

// As a retraction, it may not leave a later event behind that could then not stand: where one is in the way, it is excised first.
Result<void> excising(const Judged& j, const EventExcised& excised) {
  const StreamId stream = uuid_of(excised.target()->stream());
  const Version version = excised.target()->version();
  const auto wrong = [&](std::string why) { return fail(Errc::value_out_of_range, j.where() + ": " + std::move(why)); };
  if (version == 0) return wrong("an excision names the version of one event");
  if (j.context.bygone && excised.position() && j.context.bygone->contains({*excised.position()})) return {};
  const StreamState state = j.context.stream(stream);
  const auto target = j.context.find(stream, version);
  if (!target) return fail(Errc::unresolved_reference, describe(state.kind, stream) + ": the bytes of version " + std::to_string(version) + " are gone already");
  if (excised.position() != target->position.value || excised.kind() != state.kind)
    return wrong("an excision names the position and the kind of its target: version " + std::to_string(version) + " of " + to_string(stream) + " stands at position " +
                 std::to_string(target->position.value) + " in a stream of kind " + std::string(kind_name(state.kind)));
  TRY(may_go(j, target->event));
  TRY(goes_last(stream, version, state, j.context.find));
  const FindRecorded without = [&](const StreamId& id, Version v) { return id == stream && v == version ? std::nullopt : j.context.find(id, v); };
  return leaves_the_rest_legal(j.context, Standing(stream, state.version, j.context.find), Standing(stream, state.version, without), version, state.last);
}

Result<void> acting(const Judged& j, const ProposalMade& proposal) {
  switch (proposal.action_type()) {
    case Action::KeyRotated: return rotating(j, *proposal.action_as_KeyRotated());
    case Action::PolicyAdopted: return adopting(j, *proposal.action_as_PolicyAdopted());
    case Action::EventExcised: return excising(j, *proposal.action_as_EventExcised());
    case Action::NONE:
    case Action::KeyEnrolled:
    case Action::KeyRevoked:
    case Action::GovernorsChanged:
    case Action::EntriesPublished: return {};
  }
  return {};
}

}  // namespace

Result<void> proposing(const Judged& j) { return acting(j, j.event.body<ProposalMade>()); }

// Asked again of each approval: what was recorded since may stand against it.
Result<void> approving(const Judged& j) {
  const ProposalMade* proposal = j.context.authority.proposal_of(j.event);
  return proposal ? acting(j, *proposal) : Result<void>();  // without: genesis
}

}  // namespace caseledger::rules
