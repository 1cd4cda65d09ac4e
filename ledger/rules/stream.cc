#include "ledger/rules/stream.h"

namespace caseledger::rules {

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::none: return "none";
    case Phase::open: return "open";
    case Phase::constituting: return "constituting";
    case Phase::constituted: return "constituted";
    case Phase::active: return "active";
    case Phase::located: return "located";
    case Phase::recovered: return "recovered";
    case Phase::deceased: return "deceased";
    case Phase::long_term: return "long_term";
    case Phase::closed: return "closed";
    case Phase::merged: return "merged";
    case Phase::received: return "received";
    case Phase::finished: return "finished";
    case Phase::retracted: return "retracted";
    case Phase::expired: return "expired";
    case Phase::rejected: return "rejected";
    case Phase::scored: return "scored";
    case Phase::designated: return "designated";
    case Phase::referred: return "referred";
    case Phase::informational: return "informational";
    case Phase::made: return "made";
    case Phase::delivered: return "delivered";
    case Phase::accepted: return "accepted";
    case Phase::declined: return "declined";
    case Phase::revoked: return "revoked";
    case Phase::transferred: return "transferred";
    case Phase::raised: return "raised";
    case Phase::adjudicated: return "adjudicated";
    case Phase::actioned: return "actioned";
    case Phase::requested: return "requested";
    case Phase::approved: return "approved";
    case Phase::converted_virtual: return "converted_virtual";
    case Phase::dispatched: return "dispatched";
    case Phase::arrived: return "arrived";
    case Phase::ended: return "ended";
    case Phase::completed: return "completed";
    case Phase::created: return "created";
    case Phase::dispositioned: return "dispositioned";
    case Phase::assessed: return "assessed";
    case Phase::held: return "held";
    case Phase::returned: return "returned";
    case Phase::destroyed: return "destroyed";
    case Phase::listed: return "listed";
    case Phase::unlisted: return "unlisted";
  }
  return "?";
}

namespace {

using namespace schema;

Phase phase_of(SubmissionOutcome outcome, Phase now) {
  switch (outcome) {
    case SubmissionOutcome::unset:
    case SubmissionOutcome::opened: return now;
    case SubmissionOutcome::finished: return now == Phase::received ? Phase::finished : now;  // triage may have begun before
    case SubmissionOutcome::retracted: return Phase::retracted;
    case SubmissionOutcome::expired: return Phase::expired;
    case SubmissionOutcome::rejected: return Phase::rejected;
  }
  return now;
}

Phase phase_of(QueueDisposition disposition, Phase now) {
  switch (disposition) {
    case QueueDisposition::unset: return now;
    case QueueDisposition::referred: return Phase::referred;
    case QueueDisposition::informational: return Phase::informational;
    case QueueDisposition::case_opened:
    case QueueDisposition::closed:
    case QueueDisposition::merged: return Phase::closed;
  }
  return now;
}

Phase phase_of(ReferralResponse response, Phase now) {
  switch (response) {
    case ReferralResponse::unset: return now;
    case ReferralResponse::accepted: return Phase::accepted;
    case ReferralResponse::declined: return Phase::declined;
    case ReferralResponse::transferred: return Phase::transferred;
  }
  return now;
}

Phase phase_of(DeploymentDecision decision, Phase now) {
  switch (decision) {
    case DeploymentDecision::unset: return now;
    case DeploymentDecision::approved: return Phase::approved;
    case DeploymentDecision::declined: return Phase::declined;
    case DeploymentDecision::converted_virtual: return Phase::converted_virtual;
  }
  return now;
}

Phase phase_of(DeploymentStage stage, Phase now) {
  switch (stage) {
    case DeploymentStage::unset: return now;
    case DeploymentStage::dispatched: return Phase::dispatched;
    case DeploymentStage::arrived:
    case DeploymentStage::active: return Phase::arrived;
    case DeploymentStage::ended: return Phase::ended;
  }
  return now;
}

Phase phase_of(CustodyAction action, Phase now) {
  switch (action) {
    case CustodyAction::unset: return now;
    case CustodyAction::received:
    case CustodyAction::transferred: return Phase::held;
    case CustodyAction::returned: return Phase::returned;
    case CustodyAction::destroyed: return Phase::destroyed;
  }
  return now;
}

Phase phase_of(HotlistAction action, Phase now) {
  switch (action) {
    case HotlistAction::unset: return now;
    case HotlistAction::added:
    case HotlistAction::updated: return Phase::listed;
    case HotlistAction::removed:
    case HotlistAction::expired: return Phase::unlisted;
  }
  return now;
}

void count_up(std::uint8_t& counter) {
  if (counter < 255) ++counter;
}

bool every_child_is_resolved(const StreamState& state) { return state.recovered + state.deceased >= std::max<int>(state.children, 1); }

// All children back or found dead, one of them dead: deceased only when none came back alive.
Phase phase_of_children(const StreamState& state) {
  if (!every_child_is_resolved(state)) return state.phase;
  return state.recovered > 0 ? Phase::recovered : Phase::deceased;
}

void add_subject(StreamState& state, const CaseSubjectAdded& added) {
  if (added.role() != SubjectRole::missing_child) return;
  count_up(state.children);
  state.only_child = state.children == 1 ? state.version : 0;
}

bool names(const EventView& event, Version version) {
  if (version == 0 || !event.fields->causes()) return false;
  for (const Ref* cause : *event.fields->causes())
    if (cause->version() == version && uuid_of(cause->stream()) == event.stream) return true;
  return false;
}

// The first case.closed proposes, a second that names it closes. A close recorded elsewhere was decided elsewhere.
void close(StreamState& state, const EventView& event) {
  if (event.fields->imported() || names(event, state.closing)) {
    state.phase = Phase::closed;
    state.closed_by = event.version;
    state.closing = 0;
  } else {
    state.closing = event.version;
  }
}

// Who is found again after a death is recorded as a correction of it: what a reopening names is a child found alive.
void reopen(StreamState& state, const CaseReopened& reopened) {
  const LostAgain lost = lost_again(state, reopened);
  if (lost.found_by == 0) {
    if (every_child_is_resolved(state)) state.recovered = state.deceased = 0;
    state.located = 0;
  } else {
    auto& found = state.phase == Phase::located ? state.located : state.recovered;
    if (found > 0) --found;
  }
  state.phase = Phase::active;
  state.closing = state.closed_by = 0;
}

void notice(StreamState& state, const CasePublicNotice& notice) {
  if (notice.action() == NoticeAction::activated) state.flags |= alerted;
  if (notice.action() == NoticeAction::cancelled) state.flags &= static_cast<std::uint8_t>(~alerted);
}

}  // namespace

StreamState apply(StreamState state, const EventView& event, Position position) {
  const bool merged = state.phase == Phase::merged;
  if (state.version == 0) {
    state.kind = event.kind;
    state.phase = Phase::open;
  }
  state.version = event.version;
  state.last = position;

  switch (event.type) {
    case Body::GovernanceConstituted: state.phase = Phase::constituting; break;
    case Body::ProposalApproved:
    case Body::ProposalMade: state.phase = Phase::constituted; break;

    case Body::CaseOpened: state.phase = Phase::active; break;
    case Body::CaseSubjectAdded: add_subject(state, event.body<CaseSubjectAdded>()); break;
    case Body::CasePublicNotice: notice(state, event.body<CasePublicNotice>()); break;
    case Body::CaseSuspendedLongTerm: state.phase = Phase::long_term; break;
    case Body::CaseClosed: close(state, event); break;
    case Body::CaseReopened: reopen(state, event.body<CaseReopened>()); break;
    case Body::CaseMerged: state.phase = Phase::merged; break;
    case Body::ChildLocated:
      count_up(state.located);
      if (state.phase == Phase::active || state.phase == Phase::long_term) state.phase = Phase::located;
      break;
    case Body::ChildRecovered:
      count_up(event.body<ChildRecovered>().outcome() == ChildOutcome::deceased ? state.deceased : state.recovered);
      state.phase = phase_of_children(state);
      break;
    case Body::LongtermReviewed:
      if (event.body<LongtermReviewed>().kind() == LongtermKind::relist) state.phase = Phase::active;
      break;

    case Body::IntakeReportReceived:
    case Body::CtrIngested: state.phase = Phase::received; break;
    case Body::IntakeSubmissionOutcome: state.phase = phase_of(event.body<IntakeSubmissionOutcome>().outcome(), state.phase); break;
    case Body::TriageScored:
      if (state.kind == StreamKind::report && state.phase == Phase::finished) state.phase = Phase::scored;
      break;
    case Body::TriageDesignated:
      if (state.kind == StreamKind::report) state.phase = Phase::designated;
      break;
    case Body::TriageQueueExited:
      if (state.kind == StreamKind::report) state.phase = phase_of(event.body<TriageQueueExited>().disposition(), state.phase);
      break;

    case Body::ReferralMade: state.phase = Phase::made; break;
    case Body::ReferralDelivered: state.phase = Phase::delivered; break;
    case Body::ReferralResponded: state.phase = phase_of(event.body<ReferralResponded>().response(), state.phase); break;
    case Body::ReferralRevoked: state.phase = Phase::revoked; break;

    case Body::AlertRaised: state.phase = Phase::raised; break;
    case Body::AlertAdjudicated:
      state.phase = Phase::adjudicated;
      if (event.body<AlertAdjudicated>().outcome() == AlertOutcome::true_match) state.flags |= confirmed;
      break;
    case Body::AlertActioned: state.phase = Phase::actioned; break;

    case Body::DeploymentRequested: state.phase = Phase::requested; break;
    case Body::DeploymentDecided: state.phase = phase_of(event.body<DeploymentDecided>().decision(), state.phase); break;
    case Body::DeploymentProgressed: state.phase = phase_of(event.body<DeploymentProgressed>().stage(), state.phase); break;

    case Body::AnalysisRequested:
    case Body::ForensicRequested: state.phase = Phase::requested; break;
    case Body::AnalysisCompleted:
    case Body::ForensicCompleted: state.phase = Phase::completed; break;
    case Body::LeadCreated: state.phase = Phase::created; break;
    case Body::LeadDispositioned: state.phase = Phase::dispositioned; break;
    case Body::TipReceived: state.phase = Phase::received; break;
    case Body::TipAssessed: state.phase = Phase::assessed; break;
    case Body::EvidenceCustodyChanged: state.phase = phase_of(event.body<EvidenceCustodyChanged>().action(), state.phase); break;
    case Body::HotlistEntryChanged: state.phase = phase_of(event.body<HotlistEntryChanged>().action(), state.phase); break;

    // These say something about the stream and leave its phase as it is.
    case Body::NONE:
    case Body::IntakeDuplicateLinked:
    case Body::IntakeSupplementReceived:
    case Body::IntakeTransferredToCase:
    case Body::TriageQueueEntered:
    case Body::TriagePrioritySet:
    case Body::TriageOverridden:
    case Body::TriageExpedited:
    case Body::TriageReviewed:
    case Body::ReferralFeedbackReceived:
    case Body::JurisdictionDetermined:
    case Body::CaseReclassified:
    case Body::CaseNcicEntryRecorded:
    case Body::CaseAssigned:
    case Body::CaseLinked:
    case Body::CaseStatusNoted:
    case Body::ProfileIssued:
    case Body::VictimIdentified:
    case Body::DeploymentOutcomeRecorded:
    case Body::SearchExecuted:
    case Body::CoverageSnapshotTaken:
    case Body::FamilySupportRecorded:
    case Body::ConsentRecorded:
    case Body::IntlActionRecorded:
    case Body::PolicyPublished:
    case Body::ModelEvaluated:
    case Body::ResourceAllocated:
    case Body::CorrectionRequested:
    case Body::CorrectionDecided:
    case Body::RetractionRequested:
    case Body::RetractionDecided:
    case Body::ErasureRequested:
    case Body::ErasureDecided:
    case Body::ErasureExecuted:
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
    case Body::ExternalRefsRecorded:
    case Body::LegalProcessRecorded:
    case Body::DeconflictionRecorded:
    case Body::OutcomeRecorded:
    case Body::DocumentLinked:
    case Body::AccessGranted: break;
  }
  if (merged) state.phase = Phase::merged;  // the case goes on elsewhere, whatever is imported here
  return state;
}

LostAgain lost_again(const StreamState& before, const CaseReopened& reopened) {
  const Version named = reopened.prior_close_event_id()->version();
  return {before.phase == Phase::closed && before.closed_by == named ? 0 : named};
}

StreamState pass(StreamState state, StreamKind kind, Version version, Position position) {
  state.kind = kind;
  state.version = version;
  state.last = position;
  return state;
}

}  // namespace caseledger::rules
