#include "ledger/rules/rules.h"

#include <algorithm>

#include "ledger/rules/claims.h"
#include "ledger/rules/judged.h"

namespace caseledger::rules {

using namespace schema;

Result<void> Judged::in(std::initializer_list<Phase> phases) const {
  if (std::ranges::find(phases, state.phase) != phases.end()) return {};
  std::string wanted;
  for (const Phase phase : phases) wanted += (wanted.empty() ? "" : ", ") + std::string(name(phase));
  return fail(Errc::illegal_transition, where() + " is " + std::string(name(state.phase)) + "; " + std::string(event_type(event.type)->name) +
                                            " needs it to be " + wanted);
}

Result<void> Judged::not_in(std::initializer_list<Phase> phases) const {
  if (std::ranges::find(phases, state.phase) == phases.end()) return {};
  return fail(Errc::illegal_transition, where() + " is " + std::string(name(state.phase)) + "; " + std::string(event_type(event.type)->name) + " cannot follow");
}

Result<void> other_eyes(const Judged& j, Version first) {
  const auto proposed = j.earlier(first);
  if (!proposed) return fail(Errc::unresolved_reference, j.where() + " has no version " + std::to_string(first));
  if (proposed->author == j.context.key || proposed->event.fields->operator_()->string_view() == j.event.fields->operator_()->string_view())
    return fail(Errc::four_eyes, j.where() + ": version " + std::to_string(first) + " has to be confirmed by another author and another operator");
  return {};
}

bool causes_name(const EventView& event, Version version) {
  const auto* causes = event.fields->causes();
  return causes && std::ranges::any_of(*causes, [&](const Ref* ref) { return ref->version() == version && uuid_of(ref->stream()) == event.stream; });
}

Result<void> judge(const Judged& j) {
  const EventView& event = j.event;
  switch (event.type) {
    case Body::NONE: return j.refuse("the event has no body");

    case Body::CaseOpened:
    case Body::IntakeReportReceived:
    case Body::CtrIngested:
    case Body::ReferralMade:
    case Body::AlertRaised:
    case Body::DeploymentRequested:
    case Body::GovernanceConstituted:
    case Body::AnalysisRequested:
    case Body::LeadCreated:
    case Body::ForensicRequested:
    case Body::TipReceived:
      if (event.version != 1) return j.refuse(std::string(event_type(event.type)->name) + " is the first event of its stream");
      return {};

    case Body::CaseSubjectAdded: return adding_subject(j);
    case Body::CaseReclassified:
    case Body::CaseNcicEntryRecorded:
    case Body::CaseAssigned:
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
    case Body::CaseLinked: return linking(j);
    case Body::CaseMerged: return merging(j);
    case Body::ChildLocated: return locating(j);
    case Body::ChildRecovered: return recovering(j);
    case Body::LongtermReviewed: return j.in({Phase::long_term});

    case Body::IntakeSubmissionOutcome: return submission(j);
    case Body::IntakeDuplicateLinked:
    case Body::IntakeSupplementReceived:
    case Body::IntakeTransferredToCase: return intake_follows(j);
    case Body::TriageQueueEntered:
    case Body::TriageScored:
    case Body::TriageDesignated:
    case Body::TriagePrioritySet:
    case Body::TriageOverridden:
    case Body::TriageExpedited:
    case Body::TriageReviewed:
    case Body::TriageQueueExited: return triage(j);

    case Body::ReferralDelivered: return j.in({Phase::made});
    case Body::ReferralResponded: return responding(j);
    case Body::ReferralRevoked: return j.in({Phase::made, Phase::delivered});
    case Body::ReferralFeedbackReceived: return j.in({Phase::accepted});

    case Body::AlertAdjudicated: return adjudicating(j);
    // Acting before anyone confirmed the alert is a finding, not an impossibility: it is recorded and counted.
    case Body::AlertActioned: return j.in({Phase::raised, Phase::adjudicated, Phase::actioned});

    case Body::DeploymentDecided: return j.in({Phase::requested});
    case Body::DeploymentProgressed: return progressing(j);
    case Body::DeploymentOutcomeRecorded: return j.in({Phase::ended});

    case Body::AnalysisCompleted:
    case Body::ForensicCompleted: return j.in({Phase::requested});
    case Body::LeadDispositioned: return j.in({Phase::created, Phase::dispositioned});
    case Body::TipAssessed: return j.in({Phase::received, Phase::assessed});
    case Body::EvidenceCustodyChanged: return custody(j);
    case Body::VictimIdentified: return j.in({Phase::held, Phase::returned});
    case Body::HotlistEntryChanged: return hotlist(j);
    case Body::PolicyPublished: return publishing(j);
    case Body::RecordViewed:
    case Body::SearchExecuted:
    case Body::AuthFailed: return own_stream(j);

    case Body::ProposalMade: return proposing(j);
    case Body::ProposalApproved: return approving(j);

    case Body::CorrectionRequested: return asking_correction(j);
    case Body::CorrectionDecided: return deciding_correction(j);
    case Body::RetractionRequested: return asking_retraction(j);
    case Body::RetractionDecided: return deciding_retraction(j);
    case Body::ErasureRequested: return asking_erasure(j);
    case Body::ErasureDecided: return deciding_erasure(j);
    case Body::ErasureExecuted: return executing_erasure(j);
    case Body::LegalHoldChanged: return changing_hold(j);
    case Body::PreservationStarted: return starting_preservation(j);
    case Body::PreservationExpired: return ending_preservation(j);

    // Facts that fit any phase, and kinds whose order is free.
    case Body::ProfileIssued:
    case Body::CoverageSnapshotTaken:
    case Body::ConsentRecorded:
    case Body::IntlActionRecorded:
    case Body::ModelEvaluated:
    case Body::ResourceAllocated:
    case Body::DisseminationLogged:
    case Body::AdmissionRefused:
    case Body::ReportReleased:
    case Body::AuditFinding:
    case Body::TrainingDelivered:
    case Body::DocumentLinked:
    case Body::AccessGranted: return {};
  }
  return {};
}

Result<void> admit_transition(const StreamState& state, const EventView& event, const Context& context) {
  if (!(state.flags & amended)) return judge({state, event, context});
  const Standing standing(event.stream, state.version, context.find);
  return judge({state, event, context, &standing});
}

Result<void> admit(const StreamState& state, const EventView& event, std::span<const FoundRef> refs, const Context& context) {
  const Judged j{state, event, context};
  if (event.version != state.version + 1)
    return fail(Errc::version_conflict, j.where() + ": the event says version " + std::to_string(event.version) + ", the stream is at " + std::to_string(state.version));
  if (state.version == 0 && !(event_type(event.type)->opens >> static_cast<int>(event.kind) & 1))
    return j.refuse(std::string("a ") + std::string(kind_name(event.kind)) + " stream cannot begin with " + std::string(event_type(event.type)->name));
  if (state.version != 0 && state.kind != event.kind)
    return j.refuse("the stream is a " + std::string(kind_name(state.kind)));
  if (state.version != 0 && state.phase == Phase::none) return j.refuse("all its events were excised; what goes on needs a stream of its own");

  TRY(context.authority.admits(context.key, event));
  // As they are just before this event: one earlier in its batch may have constituted the ledger, or changed the governors.
  if (const Enrolment* author = context.authority.find(context.key)) {
    if (context.author && author->revoked) TRY(context.authority.author(context.key));
    TRY(context.authority.permits(*author, event));
  }

  TRY(has_come(event, "occurred_at", event.fields->occurred_at(), context));
  for (const FoundRef& ref : refs)
    if (const auto target = context.stream(ref.stream); target.version == 0 || target.version < ref.version)
      return fail(Errc::unresolved_reference, j.where() + ": the event refers to version " + std::to_string(ref.version) + " of stream " + to_string(ref.stream) +
                                                  (target.version == 0 ? ", which does not exist" : ", which is at version " + std::to_string(target.version)));

  auto fits = admit_transition(state, event, context);
  if (!fits && event.fields->imported() && fits.error().code == Errc::illegal_transition) return {};
  return fits;
}

}  // namespace caseledger::rules
