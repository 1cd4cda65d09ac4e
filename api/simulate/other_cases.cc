// Cases without a missing child: exploitation, attempted abductions, children whom nobody knows by name.
//
// How many there are is published of none of them beside the missing children of 2024: these numbers are made up, and small. They are here so that
// every kind of case lives in a year; no figure of recovery counts them.
#include "api/simulate/casework.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

struct OtherCases {
  CaseType type;
  std::uint64_t of_a_year;
  SubjectRole role;     // of whom it is about
  CloseReason ends_in;  // where it ends
  unsigned ended_permille;
};
constexpr OtherCases other_cases[] = {
    {CaseType::EXPL, 120, SubjectRole::suspect, CloseReason::investigation_complete, 400},
    {CaseType::ATTEMPT, 60, SubjectRole::abductor, CloseReason::investigation_complete, 700},
    {CaseType::UNID, 24, SubjectRole::other, CloseReason::identified, 250},
};

std::uint64_t count_of(const OtherCases& each, std::uint64_t parts) { return round_half_up(each.of_a_year, parts); }

Micros opened_at(Chance& chance) { return year_begins + chance.between(0, 300 * 24 * 60) * minute_us; }

void open(Pen& pen, const OtherCases& sort, const State& state, Micros at) {
  const auto clock = CreateClock(pen.fbb(), ClockKind::reported_us, at, Precision::s);
  const auto clocks = pen.fbb().CreateVector(&clock, 1);
  const auto place = pen.text(us(state));
  const auto from = CreateMissingFrom(pen.fbb(), place, pen.text(county(state, pen.chance.below(12))));
  const auto agency = pen.text(ori(state, pen.chance.below(400)));
  CaseOpenedBuilder body(pen.fbb());
  body.add_case_type(sort.type);
  body.add_lead_agency(agency);
  body.add_clocks(clocks);
  body.add_missing_from(from);
  body.add_state_care(false);
  body.add_trafficking_indicator(Tri::unknown);
  body.add_episode_no(1);
  pen.write(at, body.Finish());
}

}  // namespace

std::uint64_t other_case_groups(const YearPlan& year) {
  std::uint64_t all = 0;
  for (const OtherCases& each : other_cases) all += count_of(each, year.parts);
  return all;
}

std::map<CaseType, std::uint64_t> count_other_cases(const YearPlan& year) {
  std::map<CaseType, std::uint64_t> counts;
  for (const OtherCases& each : other_cases) counts[each.type] = count_of(each, year.parts);
  return counts;
}

// A supervisor's eyes close what the desk proposes to close.
void write_other_case(const YearPlan& year, std::uint64_t number, Phase phase, EventWriter& writer, Group& out) {
  std::uint64_t first = 0;
  const OtherCases* sort = other_cases;
  for (; number - first >= count_of(*sort, year.parts); ++sort) first += count_of(*sort, year.parts);
  Chance chance(year.seed, Draw::other_cases, number);
  const State& state = states()[chance.below(states().size())];
  const Micros at = opened_at(chance), assigned = at + chance.between(5, 90) * minute_us;
  const bool ends = chance.permille(sort->ended_permille);
  const Micros proposed = assigned + chance.between(5, 50) * day_us, closed = proposed + chance.between(1, 72) * hour_us;
  const std::string worker = numbered("cw-", number % 400, 3), supervisor = numbered("sv-", number % 40, 2), place = us(state);
  Envelope envelope{.kind = StreamKind::case_, .stream = chance.uuid(at), .operator_code = worker, .jurisdiction = place, .purpose = "exploitation",
                    .handling = Handling::child_sensitive};
  const Ref proposal = ref_to(envelope.stream, 4);
  if (phase == Phase::other_cases_closed) {
    if (!ends) return;
    envelope.version = 4;
    envelope.operator_code = supervisor;
    envelope.handling = Handling::law_enforcement;
    Pen pen(writer, out, envelope, Chance(year.seed, Draw::other_cases, number + (std::uint64_t{1} << 40)));
    return pen.write(closed, CreateCaseClosed(pen.fbb(), sort->ends_in), std::span(&proposal, 1));
  }
  Pen pen(writer, out, envelope, chance);
  open(pen, *sort, state, at);
  const SubjectId person = pen.chance.uuid(at);
  writer.seal(person, "identity", identity_json(pen.chance, {}), pen.chance);
  const auto subject = uuid_for(person);
  pen.write(at, CreateCaseSubjectAdded(pen.fbb(), &subject, sort->role));
  pen.envelope.handling = Handling::law_enforcement;
  const auto to = pen.text(worker), team = pen.text("exploitation");
  pen.write(assigned, CreateCaseAssigned(pen.fbb(), to, {}, team));
  if (ends) pen.write(proposed, CreateCaseClosed(pen.fbb(), sort->ends_in));
}

}  // namespace caseledger::api::simulate
