// The events of a report's stream after its first: submission, triage by machine and by people, and the way out.
#include <algorithm>

#include "api/simulate/policies.h"
#include "api/simulate/referrals.h"
#include "api/simulate/report_desk.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

class ReportWriter {
 public:
  ReportWriter(const ReportDesk& desk, const Report& report, const ReportStory& story, const Pen& pen)
      : desk_(desk), report_(report), story_(story), pen_(pen), analyst_(numbered("an-", report.number % 60, 2)) {}

  void write(const ReportStory::Event& event) {
    at_ = event.at;
    pen_.envelope.handling = Handling::law_enforcement;
    switch (event.what) {
      case ReportStep::received: return;
      case ReportStep::opened: return submission(SubmissionOutcome::opened, 0, "Success");
      case ReportStep::finished: return submission(SubmissionOutcome::finished, 0, "Success");
      case ReportStep::expired: return submission(SubmissionOutcome::expired, {}, {});
      case ReportStep::rejected: return submission(SubmissionOutcome::rejected, 4100, "Validation failed");
      case ReportStep::retracted: return submission(SubmissionOutcome::retracted, 0, "Success");
      case ReportStep::determined: return determined();
      case ReportStep::duplicate: return duplicate();
      case ReportStep::queued: return queued();
      case ReportStep::scored: return scored();
      case ReportStep::prioritised: return prioritised();
      case ReportStep::designated: return designated(story_.by_machine, {}, DesignationBasis::rule);
      case ReportStep::reviewed: return reviewed(story_.review_began, story_.settled, analyst_);
      case ReportStep::overridden: return overridden();
      case ReportStep::redesignated: return designated(story_.settled, story_.by_machine, DesignationBasis::human);
      case ReportStep::expedited: return expedited();
      case ReportStep::reviewed_again: return reviewed(story_.second_review_began, story_.settled, numbered("an-", (report_.number + 1) % 60, 2));
      case ReportStep::supplemented: return supplemented();
      case ReportStep::joined: return joined();
      case ReportStep::exited: return exited();
    }
  }

 private:
  template <class Table>
  void by_machine(std::string_view system, flatbuffers::Offset<Table> body) {
    pen_.envelope.operator_code = "triage";
    pen_.envelope.system = system;
    pen_.write(at_, body);
  }
  template <class Table>
  void by_person(std::string_view who, flatbuffers::Offset<Table> body) {
    pen_.envelope.operator_code = who;
    pen_.envelope.system = {};
    pen_.write(at_, body);
  }

  void submission(SubmissionOutcome outcome, std::optional<std::int32_t> code, std::string_view text) {
    const auto said = pen_.writer().text_if(text);
    IntakeSubmissionOutcomeBuilder body(pen_.fbb());
    body.add_outcome(outcome);
    if (code) body.add_response_code(*code);
    body.add_response_text(said);
    by_machine("ctr 1", body.Finish());
  }

  void determined() {
    const std::string place = desk_.reports_.jurisdiction(report_);
    const std::string_view code = place.empty() ? "US" : std::string_view(place);
    const auto codes = pen_.writer().texts(std::span(&code, 1));
    const auto confidence = static_cast<std::uint32_t>(pen_.chance.between(600'000, 990'000));
    by_machine("geo 4", CreateJurisdictionDetermined(pen_.fbb(), nullptr, codes, JurisdictionMethod::ip_geo, confidence));
  }

  void duplicate() {
    const Ref earlier = ref_to(desk_.reports_.stream(pen_.chance.below(report_.number)), 0);
    const bool by_hash = pen_.chance.permille(700);
    const auto score = static_cast<std::uint32_t>(by_hash ? 1'000'000 : pen_.chance.between(900'000, 999'000));
    by_machine("match 2", CreateIntakeDuplicateLinked(pen_.fbb(), &earlier, by_hash ? DuplicateMethod::exact_hash : DuplicateMethod::perceptual, score, true));
  }

  void queued() {
    const std::string_view queue = report_.in_the_us() ? "domestic" : report_.where.location == UserLocation::unknown ? "unlocated" : "international";
    by_machine("triage 3", CreateTriageQueueEntered(pen_.fbb(), pen_.text(queue), nullptr, at_));
  }

  void scored() {
    const auto told = story_.features();
    Buffer committed;
    std::array<flatbuffers::Offset<Feature>, std::tuple_size_v<decltype(told)>> features;
    for (std::size_t i = 0; i < told.size(); ++i) {
      features[i] = CreateFeature(pen_.fbb(), pen_.text(told[i].name), told[i].value);
      append_le(committed, static_cast<std::uint64_t>(told[i].value));
    }
    const auto commit = bytes32_for(sha256(committed).bytes);
    const auto model = desk_.policy_.stream();
    const std::string_view why = story_.verdict.score_micros == 0 ? "nothing_counts" : "points";
    const auto reasons = pen_.writer().texts(std::span(&why, 1));
    const auto version = pen_.text(rule_version);
    const auto all = pen_.fbb().CreateVector(features.data(), features.size());
    const auto latency = static_cast<std::uint32_t>(pen_.chance.between(20, 400));
    by_machine("triage 3", CreateTriageScored(pen_.fbb(), nullptr, &model, version, &desk_.policy_, story_.verdict.score_micros, flatbuffers::nullopt,
                                              story_.verdict.priority, reasons, &commit, latency, all));
  }

  void prioritised() {
    const bool asserted = report_.escalated;
    TriagePrioritySetBuilder body(pen_.fbb());
    body.add_to(story_.verdict.priority);
    body.add_basis(asserted ? PriorityBasis::esp_escalation : PriorityBasis::rule);
    body.add_policy_version(&desk_.policy_);
    body.add_due_at(at_ + story_.verdict.due_minutes * minute_us);
    by_machine("triage 3", body.Finish());
  }

  void designated(Designation designation, std::optional<Designation> prior, DesignationBasis basis) {
    const std::string_view why = designation == Designation::referral ? "actionable" : designation == Designation::informational ? "limited" : "nothing_in_it";
    const auto reasons = pen_.writer().texts(std::span(&why, 1));
    TriageDesignatedBuilder body(pen_.fbb());
    body.add_designation(designation);
    if (prior) body.add_prior(*prior);
    body.add_basis(basis);
    body.add_policy_version(&desk_.policy_);
    body.add_reasons(reasons);
    if (basis == DesignationBasis::human) by_person(analyst_, body.Finish());
    else by_machine("triage 3", body.Finish());
  }

  void reviewed(Micros began, Designation conclusion, std::string_view who) {
    const auto viewed = report_.files() == 0 ? ContentViewed::na : pen_.chance.permille(600) ? ContentViewed::yes : ContentViewed::no;
    by_person(who, CreateTriageReviewed(pen_.fbb(), nullptr, conclusion, true, began, at_, viewed));
  }

  void overridden() {
    const Ref decision = ref_to(report_.stream, story_.version_of(ReportStep::prioritised));
    const auto from = CreateTriageVerdict(pen_.fbb(), story_.verdict.priority), to = CreateTriageVerdict(pen_.fbb(), story_.overridden_to);
    const bool up = story_.overridden_to < story_.verdict.priority;
    const auto reason = pen_.text(up ? "context_of_conversation" : "known_material");
    by_person(analyst_, CreateTriageOverridden(pen_.fbb(), &decision, from, to, up ? OverrideDirection::up : OverrideDirection::down, reason));
  }

  void expedited() {
    const ExpediteReason reason = story_.expedite_reason;
    const std::string_view clause = clause_for(reason);
    const RequesterClass requester = reason == ExpediteReason::imminent_danger ? RequesterClass::esp
                                     : reason == ExpediteReason::leo_request   ? RequesterClass::le
                                     : reason == ExpediteReason::media         ? RequesterClass::media
                                     : reason == ExpediteReason::executive     ? RequesterClass::executive
                                     : reason == ExpediteReason::age_lt_12     ? RequesterClass::internal
                                                                               : RequesterClass::family;
    by_person(analyst_, CreateTriageExpedited(pen_.fbb(), nullptr, pen_.text(clause), reason, requester, clause != "none", &desk_.policy_));
  }

  void supplemented() {
    const auto document = bytes32_for(pen_.chance.bytes<32>());
    by_person("desk-ctr", CreateIntakeSupplementReceived(pen_.fbb(), report_.source == providers().size() ? ReporterClass::public_ : ReporterClass::esp, &document));
  }

  // Some case that was open when the report left the queue.
  void joined() {
    const auto& cases = desk_.cases_;
    if (cases.empty()) return;
    const Ref its_case = ref_to(cases[pen_.chance.below(cases.size())].stream, 0);
    by_person("desk-ctr", CreateIntakeTransferredToCase(pen_.fbb(), &its_case, TransferRelation::joins));
  }

  void exited() {
    const auto disposition = story_.settled == Designation::referral        ? QueueDisposition::referred
                             : story_.settled == Designation::informational ? QueueDisposition::informational
                                                                            : QueueDisposition::closed;
    const auto body = CreateTriageQueueExited(pen_.fbb(), nullptr, disposition, at_);
    if (story_.version_of(ReportStep::reviewed) != 0) by_person("desk-ctr", body);
    else by_machine("triage 3", body);
  }

  const ReportDesk& desk_;
  const Report& report_;
  const ReportStory& story_;
  Pen pen_;
  std::string analyst_;
  Micros at_ = 0;
};

ReportDesk::ReportDesk(const Reports& reports, const std::vector<CasePlan>& cases, std::uint64_t seed)
    : reports_(reports), cases_(cases), seed_(seed), recipients_(reports.tables(), seed), policy_(policy(Rule::report_triage, seed)) {}

ReportStory ReportDesk::story_of(const Report& report) const {
  if (recipients_.count(report.place) == 0) return {report, Designation::unset, seed_};
  return {report, recipients_.referral(report.place, 0).detail == actionable ? Designation::referral : Designation::informational, seed_};
}

void ReportDesk::write_report(std::uint64_t number, Phase phase, EventWriter& writer, Group& out) const {
  const Report report = reports_.at(number);
  if (phase == Phase::reports) return reports_.write(report, writer, out);
  const ReportStory story = story_of(report);
  const std::string place = reports_.jurisdiction(report);
  Envelope envelope{.kind = StreamKind::report, .stream = report.stream, .operator_code = {}, .purpose = "exploitation", .handling = Handling::law_enforcement};
  envelope.jurisdiction = place;
  const auto ours = [&](const ReportStory::Event& event) { return phase_of(event.what) == phase; };
  const auto first = std::ranges::find_if(story.events(), ours);
  envelope.version = static_cast<Version>(first - story.events().begin());
  ReportWriter events(*this, report, story, Pen(writer, out, envelope, {seed_, Draw::report_events, report.number << 8 | static_cast<std::uint64_t>(phase)}));
  for (auto event = first; event != story.events().end() && ours(*event); ++event) events.write(*event);
}

void ReportDesk::write_referrals(std::uint64_t number, EventWriter& writer, Group& out) const {
  const Report report = reports_.at(number);
  const ReportStory story = story_of(report);
  if (!story.goes_out() || story.version_of(ReportStep::exited) == 0) return;
  const Priority priority = story.overridden_to == Priority::unset ? story.verdict.priority : story.overridden_to;
  for (std::uint64_t nth = 0; nth < recipients_.count(report.place); ++nth) {
    const Referral referral = recipients_.referral(report.place, nth);
    Chance chance(seed_, Draw::report_events, referral.number << 8 | 255);
    const Micros made_at = story.left_at() + chance.between(1, 30) * minute_us;
    if (made_at > last_moment) return;
    const ReferralCourse course = likely_course(referral, made_at, chance);
    const Micros ack_due_at = referral.detail == actionable && referral.recipient < 3 ? made_at + 30 * day_us : 0;
    write_referral(reports_, report, referral, course, {priority, ack_due_at}, seed_, writer, out);
  }
}

}  // namespace caseledger::api::simulate
