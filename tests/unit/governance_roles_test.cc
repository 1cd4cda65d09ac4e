// Which role may append which event types, said once more: whoever changes roles.cc has to change it here too.
#include <catch2/catch.hpp>
#include <sstream>

#include "ledger/rules/roles.h"

using namespace caseledger;

namespace {

constexpr std::string_view table = R"(
                             case_system automated_source importer analyst supervisor privacy_officer auditor oversight governor service
  IntakeReportReceived       x           -                x        -       x          -               -       -         -        -
  CtrIngested                x           x                x        -       x          -               -       -         -        -
  IntakeSubmissionOutcome    x           -                x        -       x          -               -       -         -        -
  IntakeDuplicateLinked      x           x                x        -       x          -               -       -         -        -
  IntakeSupplementReceived   x           -                x        -       x          -               -       -         -        -
  IntakeTransferredToCase    x           -                x        -       x          -               -       -         -        -
  TriageQueueEntered         x           x                x        x       x          -               -       -         -        -
  TriageScored               x           x                x        x       x          -               -       -         -        -
  TriageDesignated           x           x                x        x       x          -               -       -         -        -
  TriagePrioritySet          x           x                x        x       x          -               -       -         -        -
  TriageOverridden           x           -                x        x       x          -               -       -         -        -
  TriageExpedited            x           -                x        x       x          -               -       -         -        -
  TriageReviewed             x           -                x        x       x          -               -       -         -        -
  TriageQueueExited          x           -                x        x       x          -               -       -         -        -
  ReferralMade               x           -                x        -       x          -               -       -         -        -
  ReferralDelivered          x           -                x        -       x          -               -       -         -        -
  ReferralResponded          x           -                x        -       x          -               -       -         -        -
  ReferralRevoked            x           -                x        -       x          -               -       -         -        -
  ReferralFeedbackReceived   x           -                x        -       x          -               -       -         -        -
  JurisdictionDetermined     x           x                x        x       x          -               -       -         -        -
  CaseOpened                 x           -                x        -       x          -               -       -         -        -
  CaseSubjectAdded           x           -                x        -       x          -               -       -         -        -
  CaseReclassified           x           -                x        -       x          -               -       -         -        -
  CaseNcicEntryRecorded      x           -                x        -       x          -               -       -         -        -
  CaseAssigned               x           -                x        -       x          -               -       -         -        -
  CasePublicNotice           x           -                x        -       x          -               -       -         -        -
  CaseLinked                 x           -                x        x       x          -               -       -         -        -
  CaseStatusNoted            x           -                x        x       x          -               -       -         -        -
  CaseSuspendedLongTerm      x           -                x        -       x          -               -       -         -        -
  CaseClosed                 x           -                x        -       x          -               -       -         -        -
  CaseReopened               x           -                x        -       x          -               -       -         -        -
  CaseMerged                 x           -                x        -       x          -               -       -         -        -
  AnalysisRequested          x           -                x        x       x          -               -       -         -        -
  AnalysisCompleted          x           -                x        x       x          -               -       -         -        -
  LeadCreated                x           -                x        x       x          -               -       -         -        -
  LeadDispositioned          x           -                x        x       x          -               -       -         -        -
  EvidenceCustodyChanged     x           -                x        x       x          -               -       -         -        -
  ForensicRequested          x           -                x        x       x          -               -       -         -        -
  ForensicCompleted          x           -                x        x       x          -               -       -         -        -
  ProfileIssued              x           -                x        x       x          -               -       -         -        -
  VictimIdentified           x           -                x        x       x          -               -       -         -        -
  DeploymentRequested        x           -                x        -       x          -               -       -         -        -
  DeploymentDecided          x           -                x        -       x          -               -       -         -        -
  DeploymentProgressed       x           -                x        -       x          -               -       -         -        -
  DeploymentOutcomeRecorded  x           -                x        -       x          -               -       -         -        -
  HotlistEntryChanged        x           x                x        -       x          -               -       -         -        -
  AlertRaised                x           x                x        -       x          -               -       -         -        -
  AlertAdjudicated           x           -                x        x       x          -               -       -         -        -
  AlertActioned              x           -                x        x       x          -               -       -         -        -
  SearchExecuted             x           -                x        x       x          -               x       -         -        -
  CoverageSnapshotTaken      x           x                x        -       x          -               -       -         -        -
  FamilySupportRecorded      x           -                x        -       x          -               -       -         -        -
  ConsentRecorded            x           -                x        -       x          x               -       -         -        -
  IntlActionRecorded         x           -                x        -       x          -               -       -         -        -
  TipReceived                x           -                x        x       x          -               -       -         -        -
  TipAssessed                x           -                x        x       x          -               -       -         -        -
  PolicyPublished            -           -                x        -       x          -               -       -         x        -
  ModelEvaluated             -           -                x        -       x          -               x       -         -        -
  ResourceAllocated          -           -                x        -       x          -               -       -         -        -
  ChildLocated               x           -                x        -       x          -               -       -         -        -
  ChildRecovered             x           -                x        -       x          -               -       -         -        -
  LongtermReviewed           x           -                x        -       x          -               -       -         -        -
  GovernanceConstituted      -           -                -        -       -          -               -       -         x        -
  ProposalMade               -           -                -        -       -          x               -       -         x        -
  ProposalApproved           -           -                -        -       -          x               -       -         x        -
  CorrectionRequested        x           -                x        x       x          -               -       -         -        -
  CorrectionDecided          -           -                -        -       x          -               -       -         -        -
  RetractionRequested        x           -                x        x       x          x               -       -         -        -
  RetractionDecided          -           -                -        -       x          -               -       -         -        -
  ErasureRequested           x           -                -        -       -          x               -       -         -        -
  ErasureDecided             -           -                -        -       -          x               -       -         -        -
  ErasureExecuted            -           -                -        -       -          -               -       -         -        x
  LegalHoldChanged           -           -                -        -       x          x               -       -         -        -
  PreservationStarted        x           -                x        -       x          x               -       -         -        -
  PreservationExpired        x           -                x        -       x          x               -       -         -        -
  RecordViewed               x           -                x        x       x          x               x       -         -        -
  DisseminationLogged        x           -                x        -       x          -               -       -         -        -
  AuthFailed                 -           -                -        -       -          -               -       -         -        x
  AdmissionRefused           -           -                -        -       -          -               -       -         -        x
  ReportReleased             -           -                -        -       -          -               -       -         -        x
  AuditFinding               -           -                -        -       -          -               x       x         -        -
  TrainingDelivered          x           -                x        -       x          -               -       -         -        -
  ExternalRefsRecorded       x           -                x        x       x          -               -       -         -        -
  LegalProcessRecorded       x           -                x        -       x          -               -       -         -        -
  DeconflictionRecorded      x           -                x        x       x          -               -       -         -        -
  OutcomeRecorded            x           -                x        -       x          -               -       -         -        -
  DocumentLinked             x           -                x        -       x          x               -       -         -        -
  AccessGranted              x           -                x        -       x          -               -       -         -        -
)";

struct Row {
  std::string type;
  std::vector<bool> may;  // by role, in the order of the first line
};

struct Matrix {
  std::vector<schema::Role> roles;
  std::vector<Row> rows;
};

schema::Role role_named(const std::string& name) {
  for (const auto role : schema::EnumValuesRole())
    if (name == schema::EnumNameRole(role)) return role;
  FAIL("there is no role " << name);
  return schema::Role::unset;
}

Matrix parse(std::string_view text) {
  Matrix matrix;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> found;
    for (std::string word; words >> word;) found.push_back(word);
    if (found.empty()) continue;
    if (matrix.roles.empty()) {
      for (const auto& name : found) matrix.roles.push_back(role_named(name));
      continue;
    }
    Row row{found[0], {}};
    for (std::size_t i = 1; i < found.size(); ++i) row.may.push_back(found[i] == "x");
    matrix.rows.push_back(std::move(row));
  }
  return matrix;
}

}  // namespace

TEST_CASE("every role may append the event types it is listed with, and no other") {
  const Matrix matrix = parse(table);
  CHECK(matrix.roles.size() == static_cast<std::size_t>(schema::Role::MAX));
  std::bitset<body_numbers> listed;
  for (const Row& row : matrix.rows) {
    INFO(row.type);
    const auto type = static_cast<std::size_t>(body_named(row.type));
    REQUIRE(type != 0);
    REQUIRE(row.may.size() == matrix.roles.size());
    listed.set(type);
    for (std::size_t i = 0; i < row.may.size(); ++i) {
      INFO(schema::EnumNameRole(matrix.roles[i]));
      CHECK(rules::events_of(rules::bit(matrix.roles[i]), 0).test(type) == row.may[i]);
    }
  }
  for (std::size_t type = 0; type < body_numbers; ++type)
    CHECK(listed.test(type) == (event_type(static_cast<schema::Body>(type)) != nullptr));
}

TEST_CASE("several roles may append what any of them may, and no role nothing") {
  CHECK(rules::events_of(0, 0).none());
  CHECK(rules::events_of(rules::bit(schema::Role::unset), 0).none());
  for (const auto a : schema::EnumValuesRole())
    for (const auto b : schema::EnumValuesRole())
      CHECK(rules::events_of(static_cast<rules::Roles>(rules::bit(a) | rules::bit(b)), 0) == (rules::events_of(rules::bit(a), 0) | rules::events_of(rules::bit(b), 0)));
}

TEST_CASE("event groups narrow what the roles allow and never widen it") {
  std::bitset<body_numbers> together;
  const auto all = rules::events_of(rules::bit(schema::Role::supervisor), 0);
  for (char letter = 'A'; letter <= 'N'; ++letter) {
    const auto only = rules::events_of(rules::bit(schema::Role::supervisor), static_cast<std::uint16_t>(1u << (letter - 'A' + 1)));
    for (std::size_t type = 0; type < body_numbers; ++type) {
      const auto* described = event_type(static_cast<schema::Body>(type));
      CHECK(only.test(type) == (all.test(type) && described->group == letter));
    }
    together |= only;
  }
  CHECK(together == all);
}
