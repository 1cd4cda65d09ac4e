// Which event types each role may append. One place, one table.
#include "ledger/rules/roles.h"

namespace caseledger::rules {

namespace {

using schema::Body;
using EventSet = std::bitset<body_numbers>;

EventSet these(std::initializer_list<Body> events) {
  EventSet set;
  for (const Body event : events) set.set(static_cast<std::size_t>(event));
  return set;
}

EventSet groups(std::string_view letters) {
  EventSet set;
  for (std::size_t i = 1; i < body_numbers; ++i)
    if (const auto* type = event_type(static_cast<Body>(i)); type && letters.find(type->group) != letters.npos) set.set(i);
  return set;
}

// Facts about cases and reports that any caseworker's system records beside the catalogue's own groups.
EventSet casework() {
  return these({Body::CorrectionRequested, Body::RetractionRequested, Body::PreservationStarted, Body::PreservationExpired,
                Body::RecordViewed, Body::DisseminationLogged, Body::TrainingDelivered, Body::ExternalRefsRecorded,
                Body::LegalProcessRecorded, Body::DeconflictionRecorded, Body::OutcomeRecorded, Body::DocumentLinked, Body::AccessGranted});
}

EventSet of_role(Role role) {
  switch (role) {
    case Role::unset: return {};
    case Role::case_system: return groups("ABCDEFGHIJKM") | casework() | these({Body::ErasureRequested});
    // Machines state what they saw and computed; only people (or another system) say whether it was right.
    case Role::automated_source:
      return these({Body::CtrIngested, Body::TriageQueueEntered, Body::TriageScored, Body::TriageDesignated, Body::TriagePrioritySet,
                    Body::JurisdictionDetermined, Body::IntakeDuplicateLinked, Body::HotlistEntryChanged, Body::AlertRaised,
                    Body::CoverageSnapshotTaken});
    case Role::importer: return groups("ABCDEFGHIJKLM") | casework();
    case Role::analyst:
      return groups("BEFK") | these({Body::JurisdictionDetermined, Body::CaseStatusNoted, Body::CaseLinked, Body::AlertAdjudicated,
                                     Body::AlertActioned, Body::SearchExecuted, Body::RecordViewed, Body::CorrectionRequested,
                                     Body::RetractionRequested, Body::DeconflictionRecorded, Body::ExternalRefsRecorded});
    case Role::supervisor:
      return groups("ABCDEFGHIJKLM") | casework() | these({Body::CorrectionDecided, Body::RetractionDecided, Body::LegalHoldChanged});
    case Role::privacy_officer:
      return these({Body::ErasureRequested, Body::ErasureDecided, Body::LegalHoldChanged, Body::PreservationStarted,
                    Body::PreservationExpired, Body::DocumentLinked, Body::ConsentRecorded, Body::RecordViewed, Body::RetractionRequested,
                    Body::ProposalMade, Body::ProposalApproved});
    case Role::auditor: return these({Body::RecordViewed, Body::SearchExecuted, Body::AuditFinding, Body::ModelEvaluated});
    case Role::oversight: return these({Body::AuditFinding});
    case Role::governor: return these({Body::GovernanceConstituted, Body::ProposalMade, Body::ProposalApproved, Body::PolicyPublished});
    case Role::service: return these({Body::ErasureExecuted, Body::AuthFailed, Body::AdmissionRefused, Body::ReportReleased});
  }
  return {};
}

}  // namespace

EventSet events_of(Roles roles, std::uint16_t event_groups) {
  EventSet set;
  for (const Role role : schema::EnumValuesRole())
    if (roles & bit(role)) set |= of_role(role);
  if (event_groups != 0)
    for (std::size_t i = 1; i < body_numbers; ++i)
      if (const auto* type = event_type(static_cast<Body>(i)); type && !(event_groups >> (type->group - 'A' + 1) & 1)) set.reset(i);
  return set;
}

std::vector<std::string> names(Roles roles) {
  std::vector<std::string> found;
  for (const Role role : schema::EnumValuesRole())
    if (roles & bit(role)) found.emplace_back(schema::EnumNameRole(role));
  return found;
}

}  // namespace caseledger::rules
