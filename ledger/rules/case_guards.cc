// Guards of a case: its children, its close, its reopening, its merger.
#include <algorithm>
#include <map>

#include "ledger/rules/judged.h"

namespace caseledger::rules {

using namespace schema;

namespace {

// What the case's events say of a child: added as missing, and by which event it was found, or is back or dead, and not missing again since.
struct OfChild {
  bool added = false, dead = false;
  Version located = 0, resolved = 0;
};

std::map<SubjectId, OfChild> children_of(const Judged& j) {
  std::map<SubjectId, OfChild> children;
  StreamState state;
  for (Version v = 1; v < j.event.version; ++v) {
    const auto earlier = j.earlier(v);
    if (!earlier) continue;
    const EventView& event = earlier->event;
    if (event.type == Body::CaseSubjectAdded) {
      const auto& body = event.body<CaseSubjectAdded>();
      if (body.role() == SubjectRole::missing_child) children[uuid_of(*body.subject_id())].added = true;
    } else if (event.type == Body::ChildLocated) {
      children[uuid_of(*event.body<ChildLocated>().subject_id())].located = v;
    } else if (event.type == Body::ChildRecovered) {
      auto& child = children[uuid_of(*event.body<ChildRecovered>().subject_id())];
      child.resolved = v;
      child.dead = event.body<ChildRecovered>().outcome() == ChildOutcome::deceased;
    } else if (event.type == Body::CaseReopened) {
      const LostAgain lost = lost_again(state, event.body<CaseReopened>());
      const bool everyone = std::ranges::all_of(children, [](const auto& each) { return !each.second.added || each.second.resolved != 0; });
      for (auto& [id, child] : children) {
        if (lost.is_lost(everyone, child.resolved)) child.resolved = 0;
        if (lost.is_lost(true, child.located)) child.located = 0;
      }
    }
    state = apply(state, event, {});
  }
  return children;
}

bool is_only_child(const Judged& j, const SubjectId& child) {
  const auto added = j.earlier(j.state.only_child);
  return added && added->event.type == Body::CaseSubjectAdded && uuid_of(*added->event.body<CaseSubjectAdded>().subject_id()) == child;
}

// The missing child an event speaks of has to be one of the case, not yet back or found dead.
Result<void> child_is_missing(const Judged& j, const schema::Uuid& subject) {
  const SubjectId child = uuid_of(subject);
  if (j.state.children == 0) return j.refuse("no missing child has been added to it");
  if (j.state.children == 1) {
    if (!is_only_child(j, child)) return j.refuse("subject " + to_string(child) + " is no missing child of it");
    return {};
  }
  const OfChild found = children_of(j)[child];
  if (!found.added) return j.refuse("subject " + to_string(child) + " is no missing child of it");
  if (found.resolved) return j.refuse("subject " + to_string(child) + " is recovered or found dead already");
  return {};
}

Result<void> all_located(const Judged& j) {
  TRY(j.in({Phase::located}));
  if (j.state.children <= 1) return {};
  for (const auto& [id, child] : children_of(j))
    if (child.added && !child.located && !child.resolved) return j.refuse("subject " + to_string(id) + " is still missing");
  return {};
}

Result<void> close_fits(const Judged& j, CloseReason reason) {
  switch (reason) {
    case CloseReason::unset: return j.refuse("a close needs a reason");
    case CloseReason::recovered: return j.in({Phase::recovered});
    case CloseReason::located_deceased: return j.in({Phase::deceased});
    case CloseReason::located_not_returned: return all_located(j);
    case CloseReason::unfounded:
    case CloseReason::hoax:
    case CloseReason::duplicate:
    case CloseReason::transferred:
    case CloseReason::aged_out_policy:
    case CloseReason::withdrawn:
    case CloseReason::investigation_complete:
    case CloseReason::identified: return j.in({Phase::active, Phase::long_term});
  }
  return {};
}

}  // namespace

// A missing child is added once, and while the search goes on: a case is recovered when every child is.
Result<void> adding_subject(const Judged& j) {
  const auto& body = j.event.body<CaseSubjectAdded>();
  if (body.role() != SubjectRole::missing_child) return j.not_in({Phase::closed, Phase::merged});
  TRY(j.in({Phase::active, Phase::located, Phase::long_term}));
  const SubjectId child = uuid_of(*body.subject_id());
  if (j.state.children == 0 || (j.state.children == 1 && !is_only_child(j, child))) return {};
  if (children_of(j)[child].added) return j.refuse("subject " + to_string(child) + " is a missing child of it already");
  return {};
}

Result<void> locating(const Judged& j) {
  TRY(j.in({Phase::active, Phase::long_term, Phase::located}));
  return child_is_missing(j, *j.event.body<ChildLocated>().subject_id());
}

Result<void> recovering(const Judged& j) {
  const auto& body = j.event.body<ChildRecovered>();
  TRY(j.in({Phase::active, Phase::located, Phase::long_term}));
  TRY(child_is_missing(j, *body.subject_id()));
  if (body.outcome() == ChildOutcome::deceased) {
    const auto by = body.verified_by_class();
    if (!by || (*by != VerifierClass::le && *by != VerifierClass::medical_examiner))
      return j.refuse("a death has to be verified by law enforcement or a medical examiner");
  }
  std::uint64_t weights = 0;
  if (const auto* all = body.attribution())
    for (const auto* each : *all) weights += each->weight_millionths();
  if (weights > 1'000'000) return fail(Errc::value_out_of_range, "the attribution weights add up to " + std::to_string(weights) + " millionths");
  return {};
}

Result<void> closing(const Judged& j) {
  TRY(close_fits(j, j.event.body<CaseClosed>().reason()));
  if (j.state.closing == 0 || !causes_name(j.event, j.state.closing)) return {};  // proposes
  const auto first = j.earlier(j.state.closing);
  if (first && first->event.body<CaseClosed>().reason() != j.event.body<CaseClosed>().reason())
    return j.refuse("the close proposed in version " + std::to_string(j.state.closing) + " has another reason");
  return other_eyes(j, j.state.closing);
}

Result<void> reopening(const Judged& j) {
  const auto& body = j.event.body<CaseReopened>();
  if (body.reason_code() == ReopenReason::lost_again) {
    TRY(j.in({Phase::located, Phase::closed, Phase::recovered}));
  } else {
    TRY(j.in({Phase::closed, Phase::recovered}));
  }
  const Ref& prior = *body.prior_close_event_id();
  if (uuid_of(prior.stream()) != j.event.stream) return j.refuse("a reopening names a close of the same case");
  if (j.state.phase == Phase::closed && prior.version() != j.state.closed_by)
    return j.refuse("it was closed by version " + std::to_string(j.state.closed_by) + ", the reopening names version " + std::to_string(prior.version()));
  if (j.state.phase == Phase::closed) return {};
  const bool back = j.state.phase == Phase::recovered;
  const auto found_by_it = [&](const auto& each) {
    const OfChild& child = each.second;
    return back ? child.resolved == prior.version() && !child.dead : child.located == prior.version() && child.resolved == 0;
  };
  if (prior.version() == 0 || std::ranges::none_of(children_of(j), found_by_it))
    return j.refuse(std::string("the reopening has to name the event that ended the search: one by which a child ") + (back ? "came back" : "was located"));
  return {};
}

namespace {

// The case that it names, which is another.
Result<StreamState> other_case(const Judged& j, const StreamId& other) {
  if (other == j.event.stream) return j.refuse("it names itself where another case is wanted");
  const StreamState found = j.context.stream(other);
  if (found.version != 0 && found.kind != StreamKind::case_) return j.refuse("it names a " + std::string(kind_name(found.kind)) + " where another case is wanted");
  return found;
}

}  // namespace

Result<void> linking(const Judged& j) {
  TRY(j.not_in({Phase::merged}));
  TRY(other_case(j, uuid_of(j.event.body<CaseLinked>().other_case_id()->stream())));
  return {};
}

// A case goes on in another that is itself still there: otherwise two could be merged into each other.
Result<void> merging(const Judged& j) {
  TRY(j.not_in({Phase::merged}));
  const StreamId into = uuid_of(j.event.body<CaseMerged>().into_case_id()->stream());
  TRY_AS(target, other_case(j, into));
  if (target.phase == Phase::merged) return j.refuse(describe(target.kind, into) + " is merged into another itself");
  return {};
}

}  // namespace caseledger::rules
