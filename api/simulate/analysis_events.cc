// Analyses asked for and delivered, the leads that came of them; evidence, examinations, profiles, victims identified.
#include "api/simulate/casework.h"
#include "api/simulate/policies.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

void write_analyses(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out) {
  CaseDesk desk(year, number, Draw::analyses, writer, out);
  const CasePlan& plan = desk.plan();
  if (!plan.missing_for(2 * day_us) || !desk.chance().permille(plan.type == CaseType::ERU ? 120 : 600)) return;
  const std::string analyst = numbered("an-", number % 60, 2);
  const Micros asked = desk.after_report(desk.chance().between(31, 47) * hour_us);
  Pen pen = desk.begin(StreamKind::analysis, asked, analyst);
  const auto kind = static_cast<AnalysisKind>(1 + desk.chance().below(7));
  const Ref of_case = desk.the_case();
  pen.write(asked, CreateAnalysisRequested(pen.fbb(), kind, RequesterClass::le, asked + 3 * day_us), std::span(&of_case, 1));
  const Micros delivered = asked + desk.chance().between(2, 110) * hour_us;
  if (delivered > last_moment) return;
  const auto leads = static_cast<std::uint16_t>(desk.chance().permille(350) ? desk.chance().between(1, 3) : 0);
  const auto tool_name = pen.text("link-chart"), tool_version = pen.text("7.2");
  const auto tool = CreateTool(pen.fbb(), tool_name, tool_version);
  const auto tools = pen.fbb().CreateVector(&tool, 1);
  const auto sources = static_cast<std::uint16_t>(pen.chance.between(1, 40));
  const auto confidence = static_cast<Level>(1 + pen.chance.below(3));
  const auto minutes = static_cast<std::uint32_t>(pen.chance.between(20, 900));
  pen.write(delivered, CreateAnalysisCompleted(pen.fbb(), kind, tools, sources, leads, confidence, minutes));
  const Ref product = pen.last();
  for (std::uint16_t each = 0; each < leads; ++each) {
    Pen lead = desk.begin(StreamKind::lead, delivered, analyst);
    lead.write(delivered, CreateLeadCreated(lead.fbb(), LeadSource::analysis, &product, Priority::P2));
    const Micros closed = delivered + lead.chance.between(3, 700) * hour_us;
    if (closed > last_moment) continue;
    static constexpr std::uint32_t ends[] = {90, 260, 300, 250, 100};
    const auto end = static_cast<LeadDisposition>(1 + lead.chance.weighted(ends));
    lead.write(closed, CreateLeadDispositioned(lead.fbb(), end, lead.text(desk.agency())));
  }
}

namespace {

void examined(CaseDesk& desk, const YearPlan& year, Micros asked, std::string_view analyst) {
  const CasePlan& plan = desk.plan();
  const Ref criteria = policy(Rule::forensic_partnership, year.seed);
  static constexpr ForensicExam of_the_living[] = {ForensicExam::digital_device, ForensicExam::image_video, ForensicExam::age_progression,
                                                   ForensicExam::behavioural_profile};
  static constexpr ForensicExam of_the_dead[] = {ForensicExam::dna_kinship, ForensicExam::odontology, ForensicExam::genealogy,
                                                 ForensicExam::facial_reconstruction};
  const bool dead = plan.outcome == ChildOutcome::deceased;
  const ForensicExam exam = (dead ? of_the_dead : of_the_living)[desk.chance().below(4)];
  Pen pen = desk.begin(StreamKind::forensic_exam, asked, analyst);
  const auto requester = pen.text(desk.agency()), lab = pen.text("lab-2");
  pen.write(asked, CreateForensicRequested(pen.fbb(), exam, requester, lab, &criteria));
  const Micros begun = asked + pen.chance.between(4, 200) * hour_us, done = begun + pen.chance.between(2, 400) * hour_us;
  if (done > last_moment) return;
  static constexpr std::uint32_t weights[] = {300, 180, 220, 300};
  const auto result = exam == ForensicExam::age_progression ? ForensicResult::product_issued : static_cast<ForensicResult>(1 + pen.chance.weighted(weights));
  const auto method = pen.text("SIM-METHOD-" + std::to_string(static_cast<int>(exam)));
  ForensicCompletedBuilder body(pen.fbb());
  body.add_exam(exam);
  body.add_method(method);
  body.add_result_code(result);
  if (dead) body.add_stated_error_millionths(static_cast<std::uint32_t>(pen.chance.between(1, 40)));
  body.add_reviewers(2);
  body.add_started_at(begun);
  body.add_ended_at(done);
  pen.write(done, body.Finish());
  if (exam != ForensicExam::behavioural_profile) return;
  pen.writer().seal(plan.child, "content", note_json(pen.chance), pen.chance);
  const std::string_view not_for = "probable_cause";
  const auto never = pen.writer().texts(std::span(&not_for, 1));
  const auto model = pen.text("structured_judgement"), version = pen.text("3.1");
  pen.write(done, CreateProfileIssued(pen.fbb(), ProfileType::behavioural, model, version, Level::low, true, done + 180 * day_us, never));
}

}  // namespace

void write_evidence(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out) {
  CaseDesk desk(year, number, Draw::evidence, writer, out);
  const CasePlan& plan = desk.plan();
  const bool serious = plan.outcome == ChildOutcome::deceased || plan.type == CaseType::NFA || plan.outcome == ChildOutcome::exploited;
  if (!serious || !plan.missing_for(day_us)) return;
  const std::string analyst = numbered("ev-", number % 20, 2);
  const Micros received = desk.after_report(desk.chance().between(31, 90) * hour_us);
  Pen pen = desk.begin(StreamKind::evidence, received, analyst);
  const std::string seal = numbered("SIM-SEAL-", number, 6);
  const auto moved = [&](CustodyAction action, Micros at, std::string_view from, std::string_view to) {
    if (at > last_moment) return;
    const auto giver = pen.text(from), taker = pen.text(to), sealed_with = pen.text(seal);
    pen.write(at, CreateEvidenceCustodyChanged(pen.fbb(), action, giver, taker, sealed_with));
  };
  moved(CustodyAction::received, received, desk.agency(), "centre");
  if (plan.outcome == ChildOutcome::exploited) {
    const auto country = pen.text("US"), by = pen.text(desk.agency());
    pen.writer().seal(plan.child, "series_ref", '"' + numbered("SIM-SERIES-", number % 400, 3) + '"', pen.chance);
    pen.write(received, CreateVictimIdentified(pen.fbb(), country, by, pen.chance.permille(700)));
  }
  moved(CustodyAction::transferred, received + 3 * hour_us, "centre", "lab-2");
  moved(desk.chance().permille(150) ? CustodyAction::destroyed : CustodyAction::returned, received + 60 * day_us, "lab-2", desk.agency());
  examined(desk, year, received, analyst);
}

}  // namespace caseledger::api::simulate
