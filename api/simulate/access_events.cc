// What readers looked at and searched for: one stream for each author key, so that no look is lost among another's.
#include <algorithm>

#include "api/simulate/casework.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

constexpr std::uint64_t looks_in_a_group = 16;

// Assumed: the systems' own searches are more than the analysts'.
std::uint64_t looks(const YearPlan& year, Phase phase) { return year.cases.size() * (phase == Phase::looked_at_by_analysts ? 1 : 2); }

void searched(Pen& pen, const CasePlan& plan, Micros at, std::uint64_t luck) {
  const bool readers = luck % 3 != 0;
  const Ref of_case = ref_to(plan.stream, 0);
  pen.writer().seal(plan.child, "query", plate_json(pen.chance), pen.chance);
  const auto id = pen.text("SIM-" + std::to_string(luck)), type = pen.text("search");
  const auto reason = pen.text((luck >> 8) % 5 == 0 ? "investigation" : "missing_child");
  SearchExecutedBuilder body(pen.fbb());
  body.add_system(readers ? SearchSystem::lpr : SearchSystem::records);
  body.add_search_id(id);
  body.add_reason_code(reason);
  if ((luck >> 16) % 8 != 0) body.add_case_ref(&of_case);
  if (readers) {
    body.add_networks(static_cast<std::uint32_t>(1 + (luck >> 24) % 900));
    body.add_devices(static_cast<std::uint32_t>(10 + (luck >> 34) % 20'000));
    body.add_window_from(at - 30 * day_us);
    body.add_window_to(at);
  }
  body.add_search_type(type);
  body.add_results(static_cast<std::uint32_t>((luck >> 50) % 12));
  pen.write(at, body.Finish());
}

// The child's identity is the first part of the second event of every case.
void viewed(Pen& pen, const CasePlan& plan, Micros at) {
  const Ref of_case = ref_to(plan.stream, 0), added = ref_to(plan.stream, 2);
  const auto part = CreateViewedPart(pen.fbb(), &added, 0);
  const auto parts = pen.fbb().CreateVector(&part, 1);
  pen.write(at, CreateRecordViewed(pen.fbb(), &of_case, parts, pen.chance.permille(900)));
}

}  // namespace

std::uint64_t access_groups(const YearPlan& year, Phase phase) { return (looks(year, phase) + looks_in_a_group - 1) / looks_in_a_group; }

void write_access(const YearPlan& year, std::uint64_t number, Phase phase, EventWriter& writer, Group& out) {
  const bool analysts = phase == Phase::looked_at_by_analysts;
  Chance reader(year.seed, Draw::readers, analysts);
  Envelope envelope{.kind = StreamKind::access, .stream = reader.uuid(year_begins), .operator_code = {}, .purpose = "missing_child", .handling = Handling::internal};
  const std::uint64_t first = number * looks_in_a_group, end = std::min(first + looks_in_a_group, looks(year, phase));
  envelope.version = static_cast<Version>(first);
  Pen pen(writer, out, envelope, {year.seed, Draw::readers, 2 + number * 2 + analysts});
  const Micros step = (last_moment - year_begins) / static_cast<Micros>(looks(year, phase));
  for (std::uint64_t look = first; look < end; ++look) {
    // Of the analysts' searches, made half as often, one in eight stands in the log of the desk too whose system it asked.
    const std::uint64_t asked = analysts ? look : look / 2;
    const bool in_both = asked % 8 == 7 && (analysts || look % 2 == 0);
    Chance shared(year.seed, Draw::searches_in_both, asked);
    Chance& chance = in_both ? shared : pen.chance;
    const CasePlan& plan = year.cases[chance.below(year.cases.size())];
    const std::string who = numbered(analysts ? "an-" : "cw-", pen.chance.below(analysts ? 60 : 400), analysts ? 2 : 3);
    pen.envelope.operator_code = who;
    const Micros at = year_begins + static_cast<Micros>(look) * step;
    if (chance.permille(analysts ? 600 : 400)) viewed(pen, plan, at);
    else searched(pen, plan, at, chance.next());
  }
}

}  // namespace caseledger::api::simulate
