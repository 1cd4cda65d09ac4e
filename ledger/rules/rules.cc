#include "ledger/rules/rules.h"

#include <algorithm>

namespace caseledger::rules {

using namespace schema;

namespace {

// One event under judgement: the words every guard shares.
struct Judged {
  const StreamState& state;
  const EventView& event;
  const Context& context;

  std::string where() const { return describe(event.kind, event.stream); }

  Result<void> in(std::initializer_list<Phase> phases) const {
    if (std::ranges::find(phases, state.phase) != phases.end()) return {};
    std::string wanted;
    for (const Phase phase : phases) wanted += (wanted.empty() ? "" : ", ") + std::string(name(phase));
    return fail(Errc::illegal_transition, where() + " is " + std::string(name(state.phase)) + "; " + std::string(event_type(event.type)->name) +
                                              " needs it to be " + wanted);
  }
  Result<void> not_in(std::initializer_list<Phase> phases) const {
    if (std::ranges::find(phases, state.phase) == phases.end()) return {};
    return fail(Errc::illegal_transition,
                where() + " is " + std::string(name(state.phase)) + "; " + std::string(event_type(event.type)->name) + " cannot follow");
  }
  std::unexpected<Error> refuse(std::string why) const { return fail(Errc::illegal_transition, where() + ": " + std::move(why)); }
};

// ── case ──

// What the case's events say of a child: added as missing, and since the last reopening back or found dead.
struct OfChild {
  bool added = false, resolved = false;
};

OfChild look_up(const Judged& j, const SubjectId& child) {
  OfChild found;
  for (Version v = 1; v < j.event.version; ++v) {
    const auto earlier = j.context.find(j.event.stream, v);
    if (!earlier) continue;
    if (earlier->event.type == Body::CaseSubjectAdded) {
      const auto& body = earlier->event.body<CaseSubjectAdded>();
      found.added = found.added || (body.role() == SubjectRole::missing_child && uuid_of(*body.subject_id()) == child);
    } else if (earlier->event.type == Body::ChildRecovered) {
      found.resolved = found.resolved || uuid_of(*earlier->event.body<ChildRecovered>().subject_id()) == child;
    } else if (earlier->event.type == Body::CaseReopened) {
      found.resolved = false;
    }
  }
  return found;
}

bool is_only_child(const Judged& j, const SubjectId& child) { return load_le<std::uint32_t>(child.bytes.data() + 12) == j.state.only_child; }

// A missing child is added once, and while the search goes on: a case is recovered when every child is.
Result<void> adding_subject(const Judged& j) {
  const auto& body = j.event.body<CaseSubjectAdded>();
  if (body.role() != SubjectRole::missing_child) return j.not_in({Phase::closed, Phase::merged});
  TRY(j.in({Phase::active, Phase::located, Phase::long_term}));
  const SubjectId child = uuid_of(*body.subject_id());
  if (j.state.children == 0 || (j.state.children == 1 && !is_only_child(j, child))) return {};
  if (look_up(j, child).added) return j.refuse("subject " + to_string(child) + " is a missing child of it already");
  return {};
}

// The missing child an event speaks of has to be one of the case, not yet back or found dead.
Result<void> child_is_missing(const Judged& j, const schema::Uuid& subject) {
  const SubjectId child = uuid_of(subject);
  if (j.state.children == 0) return j.refuse("no missing child has been added to it");
  if (j.state.children == 1) {
    if (!is_only_child(j, child)) return j.refuse("subject " + to_string(child) + " is no missing child of it");
    return {};
  }
  const OfChild found = look_up(j, child);
  if (!found.added) return j.refuse("subject " + to_string(child) + " is no missing child of it");
  if (found.resolved) return j.refuse("subject " + to_string(child) + " is recovered or found dead already");
  return {};
}

Result<void> recovery(const Judged& j) {
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

// The event that an event names among its causes has to be by another author and another operator.
Result<void> other_eyes(const Judged& j, Version first) {
  const auto proposed = j.context.find(j.event.stream, first);
  if (!proposed) return fail(Errc::unresolved_reference, j.where() + " has no version " + std::to_string(first));
  if (proposed->author == j.context.key || proposed->event.fields->operator_()->string_view() == j.event.fields->operator_()->string_view())
    return fail(Errc::four_eyes, j.where() + ": version " + std::to_string(first) + " has to be confirmed by another author and another operator");
  return {};
}

bool causes_name(const EventView& event, Version version) {
  const auto* causes = event.fields->causes();
  return causes && std::ranges::any_of(*causes, [&](const Ref* ref) { return ref->version() == version && uuid_of(ref->stream()) == event.stream; });
}

Result<void> close_fits(const Judged& j, CloseReason reason) {
  switch (reason) {
    case CloseReason::unset: return j.refuse("a close needs a reason");
    case CloseReason::recovered: return j.in({Phase::recovered});
    case CloseReason::located_deceased: return j.in({Phase::deceased});
    case CloseReason::located_not_returned: return j.in({Phase::located});
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

Result<void> closing(const Judged& j) {
  TRY(close_fits(j, j.event.body<CaseClosed>().reason()));
  if (j.state.closing == 0 || !causes_name(j.event, j.state.closing)) return {};  // proposes
  const auto first = j.context.find(j.event.stream, j.state.closing);
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
  const auto named = j.context.find(j.event.stream, prior.version());
  if (j.state.phase != Phase::closed && (!named || (named->event.type != Body::ChildRecovered && named->event.type != Body::ChildLocated)))
    return j.refuse("the reopening has to name the event that ended the search");
  return {};
}

// A case goes on in another that is itself still there: otherwise two could be merged into each other.
Result<void> merging(const Judged& j) {
  TRY(j.not_in({Phase::merged}));
  const StreamId into = uuid_of(j.event.body<CaseMerged>().into_case_id()->stream());
  if (into == j.event.stream) return j.refuse("a case cannot be merged into itself");
  const StreamState target = j.context.stream(into);
  if (target.version != 0 && target.kind != StreamKind::case_) return j.refuse("it can be merged into a case only, not into a " + std::string(kind_name(target.kind)));
  if (target.phase == Phase::merged) return j.refuse(describe(target.kind, into) + " is merged into another itself");
  return {};
}

// ── alert ──

Result<void> adjudication(const Judged& j) {
  TRY(j.in({Phase::raised, Phase::adjudicated, Phase::actioned}));
  const auto raised = j.context.find(j.event.stream, 1);
  if (raised && raised->author == j.context.key && j.context.author && j.context.author->has(Role::automated_source))
    return fail(Errc::four_eyes, j.where() + ": an automated source may never adjudicate its own alert");
  return {};
}

// ── report ──

Result<void> submission(const Judged& j) {
  TRY(j.not_in({Phase::retracted, Phase::expired, Phase::rejected, Phase::closed}));
  const bool finished = j.state.phase == Phase::finished || j.state.phase == Phase::scored;
  if (finished && j.event.body<IntakeSubmissionOutcome>().outcome() != SubmissionOutcome::retracted)
    return j.refuse("the submission is finished");
  return {};
}

constexpr std::initializer_list<Phase> dead_reports = {Phase::retracted, Phase::expired, Phase::rejected};

Result<void> triage(const Judged& j) {
  if (j.event.kind == StreamKind::report) return j.not_in(dead_reports);
  return j.not_in({Phase::closed, Phase::merged});
}

}  // namespace

Result<void> admit_transition(const StreamState& state, const EventView& event, const Context& context) {
  const Judged j{state, event, context};
  switch (event.type) {
    case Body::NONE: return j.refuse("the event has no body");

    case Body::CaseOpened:
    case Body::IntakeReportReceived:
    case Body::CtrIngested:
    case Body::ReferralMade:
    case Body::AlertRaised:
    case Body::DeploymentRequested:
    case Body::GovernanceConstituted:
      if (event.version != 1) return j.refuse(std::string(event_type(event.type)->name) + " is the first event of its stream");
      return {};

    case Body::CaseSubjectAdded: return adding_subject(j);
    case Body::CaseReclassified:
    case Body::CaseNcicEntryRecorded:
    case Body::CaseAssigned:
    case Body::CaseLinked:
    case Body::CaseStatusNoted:
    case Body::JurisdictionDetermined:
    case Body::FamilySupportRecorded:
    case Body::ExternalRefsRecorded:
    case Body::LegalProcessRecorded:
    case Body::DeconflictionRecorded:
    case Body::OutcomeRecorded: return j.not_in({Phase::merged});
    case Body::CasePublicNotice:
      if (event.body<CasePublicNotice>().action() == NoticeAction::activated) return j.in({Phase::active});
      return j.not_in({Phase::merged});
    case Body::CaseSuspendedLongTerm: return j.in({Phase::active});
    case Body::CaseClosed: return closing(j);
    case Body::CaseReopened: return reopening(j);
    case Body::CaseMerged: return merging(j);
    case Body::ChildLocated: {
      TRY(j.in({Phase::active, Phase::long_term, Phase::located}));
      return child_is_missing(j, *event.body<ChildLocated>().subject_id());
    }
    case Body::ChildRecovered: return recovery(j);
    case Body::LongtermReviewed: return j.in({Phase::long_term});

    case Body::IntakeSubmissionOutcome: return submission(j);
    case Body::IntakeDuplicateLinked:
    case Body::IntakeSupplementReceived:
    case Body::IntakeTransferredToCase: return j.not_in(dead_reports);
    case Body::TriageQueueEntered:
    case Body::TriageScored:
    case Body::TriageDesignated:
    case Body::TriagePrioritySet:
    case Body::TriageOverridden:
    case Body::TriageExpedited:
    case Body::TriageReviewed:
    case Body::TriageQueueExited: return triage(j);

    case Body::ReferralDelivered: return j.in({Phase::made});
    case Body::ReferralResponded:
      if (event.body<ReferralResponded>().response() == ReferralResponse::declined && text_of(event.body<ReferralResponded>().reason_code()).empty())
        return j.refuse("declining a referral needs a reason");
      if (event.body<ReferralResponded>().response() == ReferralResponse::transferred) return j.in({Phase::delivered, Phase::accepted});
      return j.in({Phase::delivered});
    case Body::ReferralRevoked: return j.in({Phase::made, Phase::delivered});
    case Body::ReferralFeedbackReceived: return j.in({Phase::accepted});

    case Body::AlertAdjudicated: return adjudication(j);
    // Acting before anyone confirmed the alert is a finding, not an impossibility: it is recorded and counted.
    case Body::AlertActioned: return j.in({Phase::raised, Phase::adjudicated, Phase::actioned});

    case Body::DeploymentDecided: return j.in({Phase::requested});
    case Body::DeploymentProgressed:
      switch (event.body<DeploymentProgressed>().stage()) {
        case DeploymentStage::unset: return j.refuse("progress needs a stage");
        case DeploymentStage::dispatched: return j.in({Phase::approved, Phase::converted_virtual});
        case DeploymentStage::arrived: return j.in({Phase::dispatched});
        case DeploymentStage::active: return j.in({Phase::dispatched, Phase::arrived, Phase::converted_virtual});
        case DeploymentStage::ended: return j.in({Phase::dispatched, Phase::arrived});
      }
      return {};
    case Body::DeploymentOutcomeRecorded: return j.in({Phase::ended});

    // Kinds whose order is free, and facts that fit any phase.
    case Body::AnalysisRequested:
    case Body::AnalysisCompleted:
    case Body::LeadCreated:
    case Body::LeadDispositioned:
    case Body::EvidenceCustodyChanged:
    case Body::ForensicRequested:
    case Body::ForensicCompleted:
    case Body::ProfileIssued:
    case Body::VictimIdentified:
    case Body::HotlistEntryChanged:
    case Body::SearchExecuted:
    case Body::CoverageSnapshotTaken:
    case Body::ConsentRecorded:
    case Body::IntlActionRecorded:
    case Body::TipReceived:
    case Body::TipAssessed:
    case Body::PolicyPublished:
    case Body::ModelEvaluated:
    case Body::ResourceAllocated:
    case Body::ProposalMade:
    case Body::ProposalApproved:
    case Body::LegalHoldChanged:
    case Body::PreservationStarted:
    case Body::PreservationExpired:
    case Body::RecordViewed:
    case Body::DisseminationLogged:
    case Body::AuthFailed:
    case Body::AdmissionRefused:
    case Body::ReportReleased:
    case Body::AuditFinding:
    case Body::TrainingDelivered:
    case Body::DocumentLinked:
    case Body::AccessGranted: return {};

    // Admitting a correction, a retraction or an erasure that no fold carries out would be a false record.
    case Body::CorrectionRequested:
    case Body::CorrectionDecided:
    case Body::RetractionRequested:
    case Body::RetractionDecided:
    case Body::ErasureRequested:
    case Body::ErasureDecided:
    case Body::ErasureExecuted: return j.refuse(std::string(event_type(event.type)->name) + " is not carried out by this ledger yet");
  }
  return {};
}

Result<void> admit(const StreamState& state, const EventView& event, std::span<const FoundRef> refs, const Context& context) {
  const Judged j{state, event, context};
  if (event.version != state.version + 1)
    return fail(Errc::version_conflict, j.where() + ": the event says version " + std::to_string(event.version) + ", the stream is at " + std::to_string(state.version));
  if (state.version == 0 && !(event_type(event.type)->opens >> static_cast<int>(event.kind) & 1))
    return j.refuse(std::string("a ") + std::string(kind_name(event.kind)) + " stream cannot begin with " + std::string(event_type(event.type)->name));
  if (state.version != 0 && state.kind != event.kind)
    return j.refuse("the stream is a " + std::string(kind_name(state.kind)));

  TRY(context.authority.admits(context.key, event));
  // As they are just before this event: one earlier in its batch may have constituted the ledger, or changed the governors.
  if (const Enrolment* author = context.authority.find(context.key)) {
    if (context.author && author->revoked) TRY(context.authority.author(context.key));
    TRY(context.authority.permits(*author, event));
  }

  if (event.fields->occurred_at() > context.now + context.clock_tolerance)
    return fail(Errc::future, j.where() + ": occurred_at " + to_rfc3339(event.fields->occurred_at()) + " lies in the future of the ledger's clock, " + to_rfc3339(context.now));
  for (const FoundRef& ref : refs)
    if (const auto target = context.stream(ref.stream); target.version == 0 || target.version < ref.version)
      return fail(Errc::unresolved_reference, j.where() + ": the event refers to version " + std::to_string(ref.version) + " of stream " + to_string(ref.stream) +
                                                  (target.version == 0 ? ", which does not exist" : ", which is at version " + std::to_string(target.version)));

  auto fits = admit_transition(state, event, context);
  if (!fits && event.fields->imported() && fits.error().code == Errc::illegal_transition) return {};
  return fits;
}

}  // namespace caseledger::rules
