// Partners: training, requests to other countries, data given out; where people and money go; how well models do; what readers cover.
#include "api/simulate/casework.h"
#include "api/simulate/policies.h"
#include "api/simulate/words.h"

namespace caseledger::api::simulate {

using namespace schema;

namespace {

constexpr std::string_view trained[] = {"KE", "NG", "CI", "PH", "GH", "UG"};          // published: trainings on reading reports began in the first three
constexpr std::string_view asked_countries[] = {"MX", "CA", "GB", "DE", "BR", "PH"};  // assumed: where abducted children are taken
constexpr std::string_view queues[] = {"domestic", "international", "unlocated", "missing"};
constexpr std::string_view models[] = {"image-match", "text-grooming", "age-estimate", "report-triage"};
constexpr std::string_view vendors[] = {"vendor-a", "vendor-b", "vendor-c"};

Micros quarter_begins(std::uint64_t quarter) { return year_begins + static_cast<Micros>(quarter) * 91 * day_us; }

void trains(Pen& pen, std::size_t country, std::uint64_t quarter) {
  const Micros at = quarter_begins(quarter) + pen.chance.between(10, 80) * day_us;
  const auto sessions = static_cast<std::uint32_t>(pen.chance.between(1, 5)), participants = static_cast<std::uint32_t>(pen.chance.between(12, 45));
  const auto before = static_cast<std::uint8_t>(pen.chance.between(35, 60)), after = static_cast<std::uint8_t>(pen.chance.between(65, 95));
  const auto programme = pen.text("boost"), partner = pen.text("police-" + std::string(trained[country])), code = pen.text(trained[country]);
  pen.write(at, CreateTrainingDelivered(pen.fbb(), programme, partner, code, sessions, participants, sessions * 180, before, after));
}

void asks_abroad(Pen& pen, std::size_t country, std::uint64_t which) {
  const auto action_id = uuid_for(pen.chance.uuid(year_begins));
  Micros at = std::max(pen.envelope.occurred_at, quarter_begins(which)) + pen.chance.between(1, 40) * day_us;
  const auto instrument = static_cast<Instrument>(1 + pen.chance.below(5));
  const bool answered = pen.chance.permille(700);
  const auto step = [&](IntlAction action) {
    if (at <= last_moment) pen.write(at, CreateIntlActionRecorded(pen.fbb(), &action_id, instrument, pen.text(asked_countries[country]), action, at));
    at += pen.chance.between(1, 20) * day_us;
  };
  step(IntlAction::sent);
  step(IntlAction::acknowledged);
  step(answered ? IntlAction::answered : IntlAction::refused);
}

void gives_out(Pen& pen, const YearPlan& year, std::uint64_t number) {
  for (std::uint64_t each = 0; each < 12 && !year.cases.empty(); ++each) {
    const CasePlan& plan = year.cases[pen.chance.below(year.cases.size())];
    const Ref item = ref_to(plan.stream, 0);
    const Micros at = year_begins + static_cast<Micros>(each) * 30 * day_us + pen.chance.between(1, 29 * 24) * hour_us;
    const auto package = bytes32_for(pen.chance.bytes<32>());
    const auto org = pen.text(numbered("agency-", number, 2)), reason = pen.text("criminal_investigation");
    pen.write(at, CreateDisseminationLogged(pen.fbb(), org, reason, at, &package, &item));
  }
}

}  // namespace

// Six of each: who is trained, where requests go, to whom data is given (twice as many).
void write_partner(const YearPlan& year, std::uint64_t number, EventWriter& writer, Group& out) {
  Chance chance(year.seed, Draw::partners, number);
  const std::string by = numbered("pm-", number % 8, 2);
  const Envelope envelope{.kind = StreamKind::partner, .stream = chance.uuid(year_begins), .operator_code = by, .purpose = "cooperation",
                          .handling = Handling::internal};
  Pen pen(writer, out, envelope, Chance(chance.next()));
  const std::size_t which = number % 6;
  if (number < 6)
    for (std::uint64_t quarter = 0; quarter < 4; ++quarter) trains(pen, which, quarter);
  else if (number < 12)
    for (std::uint64_t request = 0; request < 3; ++request) asks_abroad(pen, which, request);
  else
    gives_out(pen, year, number);
}

void write_resources(const YearPlan& year, std::uint64_t number, EventWriter& writer, Group& out) {
  Chance chance(year.seed, Draw::resources, number);
  const bool evaluates = number < std::size(models);
  const Envelope envelope{.kind = evaluates ? StreamKind::model : StreamKind::partner, .stream = chance.uuid(year_begins), .operator_code = "sv-01",
                          .purpose = "oversight", .handling = Handling::internal};
  Pen pen(writer, out, envelope, Chance(chance.next()));
  for (std::uint64_t quarter = 0; quarter < 4; ++quarter) {
    const Micros at = quarter_begins(quarter) + 80 * day_us;
    if (evaluates) {
      const auto positives = static_cast<std::uint64_t>(pen.chance.between(800, 4'000));
      const auto hits = positives * static_cast<std::uint64_t>(pen.chance.between(850, 985)) / 1000;
      const auto false_alarms = static_cast<std::uint64_t>(pen.chance.between(10, 400));
      const auto dataset = bytes32_for(pen.chance.bytes<32>());
      const auto version = pen.text("1." + std::to_string(quarter)), name = pen.text("held-out-" + std::to_string(quarter + 1)), by = pen.text("evaluation-office");
      pen.write(at, CreateModelEvaluated(pen.fbb(), version, name, &dataset, hits, false_alarms, positives - hits, 40'000 - false_alarms, 0, by));
    } else {
      const bool is_queue = number < 8;
      const auto posts = static_cast<std::uint32_t>(pen.chance.between(200, 6'000));
      const auto budget = static_cast<std::uint64_t>(posts) * 900;
      const auto period = pen.text("2024-Q" + std::to_string(quarter + 1)), unit = pen.text(is_queue ? queues[number - 4] : trained[number - 8]);
      pen.write(at, CreateResourceAllocated(pen.fbb(), is_queue ? ResourceUnit::queue : ResourceUnit::country, posts, period, budget, unit));
    }
  }
}

// What vendors say of each state, and behind them what agencies say of some of its counties.
constexpr std::uint64_t counties_told = 4;

std::uint64_t coverage_groups() { return (std::size(vendors) + counties_told) * states().size(); }

void write_coverage(const YearPlan& year, std::uint64_t number, EventWriter& writer, Group& out) {
  Chance chance(year.seed, Draw::coverage, number);
  const std::uint64_t of_states = std::size(vendors) * states().size(), of_county = number - of_states;
  const bool is_county = number >= of_states;
  const State& state = states()[is_county ? of_county / counties_told : number / std::size(vendors)];
  const std::string_view vendor = vendors[number % std::size(vendors)];
  const std::string place = is_county ? us(state) + '-' + county(state, of_county % counties_told) : us(state);
  const auto persons = static_cast<std::uint32_t>(is_county ? state.population_2023 / 12 : state.population_2023);
  const std::uint64_t road_m = std::uint64_t{persons} * 20;  // assumed: the nation's roads over its persons
  Envelope envelope{.kind = StreamKind::coverage, .stream = chance.uuid(year_begins), .operator_code = "lpr-gateway", .purpose = "oversight",
                    .handling = Handling::open};
  envelope.system = "lpr-gateway 2.1";
  envelope.jurisdiction = place;
  Pen pen(writer, out, envelope, Chance(chance.next()));
  auto cameras = static_cast<std::uint32_t>(persons / static_cast<std::uint64_t>(pen.chance.between(4'000, 30'000)));
  if (is_county && pen.chance.permille(300)) cameras = 0;
  for (std::uint64_t quarter = 0; quarter < 4; quarter += is_county ? 2 : 1, cameras += cameras / 20) {
    const Micros at = quarter_begins(quarter) + 5 * day_us;
    const std::uint64_t reads = std::uint64_t{cameras} * 12'000, hits = reads * static_cast<std::uint64_t>(pen.chance.between(20, 200)) / 10'000;
    const auto sharing = cameras == 0 ? 0 : static_cast<std::uint32_t>(pen.chance.between(is_county ? 0 : 1, is_county ? 3 : 400));
    const auto seller = pen.text(vendor), where = pen.text(place);
    pen.write(at, CreateCoverageSnapshotTaken(pen.fbb(), seller, where, at, cameras, cameras - cameras / 30, reads, hits, std::uint16_t{30}, sharing, persons, road_m,
                                              is_county ? CoverageSource::agency : CoverageSource::vendor_portal));
  }
}

}  // namespace caseledger::api::simulate
