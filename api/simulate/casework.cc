#include "api/simulate/casework.h"

#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

CaseDesk::CaseDesk(const YearPlan& year, std::uint32_t number, Draw what, EventWriter& writer, Group& out)
    : plan_(year.cases[number]), number_(number), chance_(year.seed, what, number), writer_(writer), out_(out), place_(us(states()[plan_.state])),
      agency_(ori(states()[plan_.state], number % 400)) {}

Pen CaseDesk::begin(StreamKind kind, Micros at, std::string_view operator_code) { return go_on(kind, chance_.uuid(at), 0, operator_code); }

Pen CaseDesk::go_on(StreamKind kind, const StreamId& stream, Version version, std::string_view operator_code) {
  Envelope envelope{.kind = kind, .stream = stream, .operator_code = operator_code, .purpose = "missing_child", .handling = Handling::law_enforcement};
  envelope.version = version;
  envelope.jurisdiction = place_;
  return {writer_, out_, envelope, Chance(chance_.next())};
}

// A second file on the same child, opened by another agency and merged as soon as that is seen.
void write_double(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out) {
  CaseDesk desk(year, number, Draw::doubles, writer, out);
  const CasePlan& plan = desk.plan();
  if (!desk.chance().permille(4)) return;
  const Micros at = desk.after_report(4 * hour_us);
  Pen pen = desk.begin(StreamKind::case_, at, "desk-3");
  const Ref real = desk.the_case();
  const auto child = uuid_for(plan.child);
  const auto clock = CreateClock(pen.fbb(), ClockKind::reported_us, at, Precision::s);
  const auto clocks = pen.fbb().CreateVector(&clock, 1);
  const auto from = CreateMissingFrom(pen.fbb(), pen.text(us(states()[plan.state])));
  CaseOpenedBuilder body(pen.fbb());
  body.add_case_type(plan.type);
  body.add_clocks(clocks);
  body.add_missing_from(from);
  body.add_state_care(plan.state_care);
  body.add_episode_no(plan.episode);
  pen.envelope.handling = Handling::child_sensitive;
  pen.write(at, body.Finish());
  pen.write(at, CreateCaseSubjectAdded(pen.fbb(), &child, SubjectRole::missing_child));
  pen.envelope.handling = Handling::law_enforcement;
  const auto organisation = pen.text("agency-" + std::string(desk.agency())), reason = pen.text("lead_agency");
  pen.write(at, CreateAccessGranted(pen.fbb(), organisation, reason));
  pen.write(desk.after_report(5 * hour_us), CreateCaseLinked(pen.fbb(), &real, CaseRelation::duplicate));
  pen.write(desk.after_report(6 * hour_us), CreateCaseMerged(pen.fbb(), &real, pen.text("same_child")));
}

}  // namespace caseledger::api::simulate
