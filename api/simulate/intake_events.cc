// How the organisation heard of a case: a call or a form, transferred to the case it opens; and what strangers told about it later.
#include <algorithm>

#include "api/simulate/casework.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

struct Source {
  Channel channel;
  ReporterClass reporter;
};
constexpr Source family{Channel::hotline, ReporterClass::family}, police{Channel::le_portal, ReporterClass::le}, care{Channel::care_agency, ReporterClass::care};

Source source_of(const CasePlan& plan, Chance& chance) {
  if (plan.state_care) return chance.permille(850) ? care : police;
  return chance.permille(600) ? police : family;
}

// A call waits until someone has taken it.
void waits(Pen& pen, Micros received) { pen.write(received, CreateTriageQueueEntered(pen.fbb(), pen.text("hotline"), nullptr, received)); }
void is_taken(Pen& pen, Micros at, QueueDisposition disposition) { pen.write(at, CreateTriageQueueExited(pen.fbb(), nullptr, disposition, at)); }

}  // namespace

void write_intake(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out) {
  CaseDesk desk(year, number, Draw::intakes, writer, out);
  const CasePlan& plan = desk.plan();
  const Source source = source_of(plan, desk.chance());
  const std::string taker = numbered("ho-", number % 90, 2);
  Pen pen = desk.begin(StreamKind::report, plan.reported_at, taker);
  const bool told_at_length = desk.chance().permille(100);
  if (told_at_length) pen.writer().seal(plan.child, "narrative", note_json(pen.chance), pen.chance);
  const auto child = uuid_for(plan.child);
  const auto subjects = pen.fbb().CreateVectorOfStructs(&child, 1);
  const auto language = pen.text(desk.chance().permille(930) ? "en-US" : "es-US");
  IntakeReportReceivedBuilder body(pen.fbb());
  body.add_kind(plan.type == CaseType::NFA && plan.amber == Amber::declined ? IntakeKind::attempted_abduction : IntakeKind::missing_child);
  body.add_channel(source.channel);
  body.add_reporter_class(source.reporter);
  body.add_received_at(plan.reported_at);
  body.add_language(language);
  body.add_subject_ids(subjects);
  pen.write(plan.reported_at, body.Finish());
  const Ref opens = desk.the_case();
  waits(pen, plan.reported_at);
  pen.write(plan.reported_at, CreateIntakeTransferredToCase(pen.fbb(), &opens, TransferRelation::opens));
  is_taken(pen, desk.after_report(desk.chance().between(30, 900) * second_us), QueueDisposition::case_opened);
  if (desk.chance().permille(90)) pen.write(desk.after_report(20 * minute_us), CreateIntakeSupplementReceived(pen.fbb(), source.reporter));

  // The other parent, or the school, calls as well.
  if (!desk.chance().permille(30)) return;
  const Ref first = ref_to(pen.envelope.stream, 0);
  const Micros at = desk.after_report(desk.chance().between(10, 55) * minute_us);
  const std::string other = numbered("ho-", (number + 7) % 90, 2);
  Pen second = desk.begin(StreamKind::report, at, other);
  second.write(at, CreateIntakeReportReceived(second.fbb(), IntakeKind::missing_child, Channel::hotline, ReporterClass::family, at));
  waits(second, at);
  second.write(at, CreateIntakeDuplicateLinked(second.fbb(), &first, DuplicateMethod::manual, flatbuffers::nullopt, false));
  is_taken(second, std::min(at + 4 * minute_us, last_moment), QueueDisposition::merged);
}

void write_tips(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out) {
  CaseDesk desk(year, number, Draw::tips, writer, out);
  const CasePlan& plan = desk.plan();
  const bool public_knows = plan.poster || plan.amber == Amber::activated;
  const std::uint64_t tips = public_knows ? desk.chance().below(plan.amber == Amber::activated ? 5 : 3) : desk.chance().permille(40);
  for (std::uint64_t tip = 0; tip < tips; ++tip) {
    const Micros received = desk.after_report(desk.chance().between(31 * 60, 40 * 24 * 60) * minute_us);
    if (received >= plan.end()) continue;
    const std::string taker = numbered("ho-", desk.chance().below(90), 2);
    Pen pen = desk.begin(StreamKind::tip, received, taker);
    const Ref of_case = desk.the_case();
    static constexpr Channel channels[] = {Channel::hotline, Channel::hotline, Channel::web, Channel::le_portal};
    pen.writer().seal(plan.child, "content", note_json(pen.chance), pen.chance);
    const bool urgent = plan.amber == Amber::activated;
    const Channel channel = channels[pen.chance.below(4)];
    const bool anonymous = pen.chance.permille(450);
    pen.write(received, CreateTipReceived(pen.fbb(), channel, &of_case, urgent ? Level::high : Level::med, anonymous, received));
    const Micros assessed = std::min(received + pen.chance.between(5, urgent ? 90 : 2'000) * minute_us, last_moment);
    if (pen.chance.permille(60)) continue;  // nobody got to it
    static constexpr std::uint32_t weights[] = {330, 250, 140, 250, 30};
    const auto outcome = static_cast<TipOutcome>(1 + pen.chance.weighted(weights));
    const auto to = outcome == TipOutcome::forwarded ? pen.text(desk.agency()) : TextOffset();
    pen.write(assessed, CreateTipAssessed(pen.fbb(), outcome, to, assessed));
    if (outcome != TipOutcome::lead_created) continue;
    const Ref source = pen.last();
    Pen lead = desk.begin(StreamKind::lead, assessed, taker);
    lead.write(assessed, CreateLeadCreated(lead.fbb(), LeadSource::tip, &source, urgent ? Priority::P1 : Priority::P3));
    static constexpr std::uint32_t ends[] = {60, 180, 420, 260, 80};
    const Micros closed = assessed + lead.chance.between(2, 500) * hour_us;
    if (closed > last_moment) continue;
    const auto end = static_cast<LeadDisposition>(1 + lead.chance.weighted(ends));
    lead.write(closed, CreateLeadDispositioned(lead.fbb(), end, lead.text(desk.agency())));
  }
}

}  // namespace caseledger::api::simulate
