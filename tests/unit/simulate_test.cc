// The simulated year: exact where it says so, the same on every machine, and such that a ledger takes every batch of it.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <set>
#include <unordered_map>

#include "api/simulate/national_year.h"
#include "ledger/rules/rules.h"
#include "ledger/verify.h"

using namespace caseledger;
using namespace caseledger::api;
using namespace caseledger::api::simulate;
using namespace caseledger::schema;
using caseledger::api::Phase;

namespace {

constexpr Scale small{.reports = 100'000, .cases = 100};

Phase phase_at(std::size_t number) { return static_cast<Phase>(number); }

template <class See>
void for_each_event(const NationalYear& year, See see) {
  SimulatedEvent event;
  for (std::size_t p = 0; p < phases; ++p)
    for (auto events = year.events(phase_at(p)); events.next(event);) see(phase_at(p), event);
}

std::string digest(const NationalYear& year) {
  Buffer all;
  for_each_event(year, [&](Phase, const SimulatedEvent& event) {
    append(all, event.event);
    for (const Opening& opening : event.openings) append(all, opening.salt), append(all, bytes_of(opening.plaintext));
  });
  return hex(sha256(all).bytes);
}

// Counts a year again, from nothing but its events.
struct Counted {
  Totals totals;
  std::map<StreamId, rules::StreamState> states;
  std::map<StreamId, std::pair<CaseType, std::string>> cases;  // type at intake, where from
  std::map<StreamId, Micros> alerted, latest;  // when an alert was observed; the last time a stream speaks of
  std::set<StreamId> in_care;
  std::set<SubjectId> children;

  void see(Phase phase, const EventView& event) {
    ++totals.events[static_cast<std::size_t>(phase)];
    auto& state = states[event.stream];
    state = rules::apply(state, event, {});
    auto& last = latest.emplace(event.stream, INT64_MIN).first->second;
    CHECK((event.fields->occurred_at() >= std::max(last, year_begins) && event.fields->occurred_at() <= last_moment));
    last = event.fields->occurred_at();
    switch (event.type) {
      case Body::CaseOpened: return opened(event);
      case Body::CaseSubjectAdded:
        if (event.body<CaseSubjectAdded>().role() == SubjectRole::missing_child) children.insert(uuid_of(*event.body<CaseSubjectAdded>().subject_id()));
        return;
      case Body::CasePublicNotice:
        totals.amber_alerts += event.body<CasePublicNotice>().kind() == NoticeKind::amber && event.body<CasePublicNotice>().action() == NoticeAction::activated;
        return;
      case Body::ChildRecovered: return recovered(event);
      case Body::HotlistEntryChanged: totals.hotlist_entries += event.version == 1; return;
      case Body::AlertRaised:
        alerted[event.stream] = event.body<AlertRaised>().observed_at();
        ++totals.alerts, ++totals.alerts_by_outcome[AlertOutcome::unset];
        return;
      case Body::AlertAdjudicated:
        --totals.alerts_by_outcome[AlertOutcome::unset];
        ++totals.alerts_by_outcome[event.body<AlertAdjudicated>().outcome()];
        totals.acted_unverified += event.version == 3;
        return;
      case Body::DeploymentRequested: ++totals.deployments_requested; return;
      case Body::DeploymentDecided: totals.deployments_declined += event.body<DeploymentDecided>().decision() == DeploymentDecision::declined; return;
      case Body::DeploymentProgressed:
        if (event.body<DeploymentProgressed>().stage() == DeploymentStage::ended)
          ++(event.body<DeploymentProgressed>().minutes_on_site() ? totals.deployments_on_site : totals.deployments_virtual);
        return;
      case Body::CtrIngested: return report(event);
      default: return;
    }
  }

  void opened(const EventView& event) {
    const auto& body = event.body<CaseOpened>();
    const std::string from = body.missing_from()->state()->str();
    const Micros at = body.clocks()->Get(2)->at();
    CHECK((body.clocks()->Get(2)->clock() == ClockKind::reported_us && at >= year_begins && at < year_ends));
    cases[event.stream] = {body.case_type(), from};
    if (body.state_care()) in_care.insert(event.stream), totals.in_state_care_and_trafficked += body.trafficking_indicator() == Tri::yes;
    ++totals.cases.cases, ++totals.by_type[body.case_type()].cases, ++totals.by_state[from].cases, totals.in_state_care.cases += body.state_care();
  }

  void recovered(const EventView& event) {
    const auto& body = event.body<ChildRecovered>();
    CHECK((body.at() > year_begins && body.at() <= last_moment));
    const auto& [type, from] = cases.at(event.stream);
    ++totals.cases.recovered, ++totals.by_type[type].recovered, ++totals.by_state[from].recovered;
    totals.in_state_care.recovered += in_care.contains(event.stream);
    totals.deceased += body.outcome() == ChildOutcome::deceased;
    bool alert = false, deployment = false;
    if (body.attribution())
      for (const auto* each : *body.attribution()) {
        alert = alert || (each->source() == AttributionSource::alert && alerted.at(uuid_of(each->event_id()->stream())) < body.at());
        deployment = deployment || (each->source() == AttributionSource::deployment &&
                                    states.at(uuid_of(each->event_id()->stream())).phase == rules::Phase::ended);
      }
    totals.recoveries_by_alert += alert, totals.recoveries_by_deployment += deployment;
  }

  void report(const EventView& event) {
    const auto& body = event.body<CtrIngested>();
    CHECK(body.files_total() == body.images() + body.videos() + body.other_files());
    CHECK(body.files_total() == body.files_viewed_by_esp().value_or(0) + body.files_unviewed().value_or(0) + body.files_unstated().value_or(0));
    const std::string country = body.geo_countries() ? body.geo_countries()->Get(0)->str() : "";
    CHECK(text_of(event.fields->jurisdiction()) == country);
    ++totals.reports, ++totals.reports_by_country[country], ++totals.reports_by_type[body.incident_type()];
    ++totals.reports_by_provider[body.esp_name()->str()];
    totals.incidents += body.incidents_in_bundle();
    totals.images += body.images(), totals.videos += body.videos(), totals.other_files += body.other_files();
  }

  void matches(Totals planned) {
    for (const auto& [stream, state] : states) {
      if (state.kind != StreamKind::case_) continue;
      totals.closed += state.phase == rules::Phase::closed;
      totals.located += state.phase == rules::Phase::located;
      totals.long_term += state.phase == rules::Phase::long_term;
    }
    totals.children = children.size();
    const auto is_zero = [](const auto& each) { return each.second == 0; };
    for (auto* each : {&planned, &totals}) {
      std::erase_if(each->reports_by_country, is_zero), std::erase_if(each->reports_by_provider, is_zero);
      std::erase_if(each->reports_by_type, is_zero), std::erase_if(each->alerts_by_outcome, is_zero);
    }
    CHECK(totals == planned);
  }
};

// What a ledger does with the batches of a year, as far as one event and its stream go.
struct Ledger {
  static constexpr std::size_t batch_max = 256;
  static constexpr std::string_view origin = "ledger.example.org/l/simulated";
  struct Key {
    Signer signer;
    rules::Enrolment enrolment;
  };
  std::vector<Key> keys;
  std::map<StreamId, rules::StreamState> states, before_phase;
  std::map<std::pair<StreamId, Version>, std::pair<Buffer, PublicKey>> recorded;
  std::vector<SimulatedEvent> waiting;
  rules::Authority authority{std::string(origin)};

  Ledger() {
    for (const Role role : {Role::case_system, Role::automated_source, Role::analyst, Role::supervisor}) {
      auto signer = Signer::from_seed(EnumNameRole(role), Buffer(32, static_cast<std::uint8_t>(role)));
      rules::Enrolment enrolment;
      enrolment.vkey = signer->vkey();
      enrolment.roles = rules::bit(role);
      enrolment.events = rules::events_of(enrolment.roles, 0);
      keys.push_back({std::move(*signer), std::move(enrolment)});
    }
  }

  void append(const SimulatedEvent& event) {
    if (event.begins_stream_group && waiting.size() + group_events_max > batch_max) flush();
    REQUIRE(waiting.size() < batch_max);
    waiting.push_back(event);
  }

  void flush() {
    if (waiting.empty()) return;
    Key& key = keys.at(static_cast<std::size_t>(waiting[0].author));
    std::vector<Bytes> events;
    Submission submission;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      REQUIRE(waiting[i].author == waiting[0].author);
      events.emplace_back(waiting[i].event);
      for (Opening opening : waiting[i].openings) opening.event = static_cast<std::uint16_t>(i), submission.openings.push_back(std::move(opening));
    }
    submission.batch = sign_batch(events, origin, key.signer);
    const auto verified = verify(std::move(submission), origin);
    if (!verified) FAIL(verified.error().error.sentence);
    StreamId group{};
    for (std::size_t i = 0; i < verified->events().size(); ++i) {
      const EventView& event = verified->events()[i];
      REQUIRE(waiting[i].begins_stream_group == (group != event.stream));
      group = event.stream;
      admit(key, event, verified->refs(i));
    }
    waiting.clear();
  }

  void admit(const Key& key, const EventView& event, std::span<const FoundRef> refs) {
    auto& state = states[event.stream];
    REQUIRE(event.version == state.version + 1);
    REQUIRE((state.version != 0 || event_type(event.type)->opens >> static_cast<int>(event.kind) & 1));
    for (const FoundRef& ref : refs) {
      const auto& target = ref.stream == event.stream ? state : before_phase[ref.stream];
      REQUIRE((target.version > 0 && target.version >= ref.version));
    }
    const std::function<rules::StreamState(const StreamId&)> stream = [&](const StreamId& id) { return states[id]; };
    const std::function<std::optional<rules::Recorded>(const StreamId&, Version)> find = [&](const StreamId& id,
                                                                                              Version version) -> std::optional<rules::Recorded> {
      const auto found = recorded.find({id, version});
      if (found == recorded.end()) return {};
      return rules::Recorded{view_event(found->second.first), found->second.second};
    };
    const PublicKey& author = key.signer.vkey().key;
    const auto permitted = authority.permits(key.enrolment, event);
    if (!permitted) FAIL(permitted.error().sentence);
    const auto fits = rules::admit_transition(state, event, {authority, &key.enrolment, author, year_ends, 0, stream, find});
    if (!fits) FAIL(fits.error().sentence);
    state = rules::apply(state, event, {});
    recorded[{event.stream, event.version}] = {Buffer(event.bytes.begin(), event.bytes.end()), author};
  }
};

}  // namespace

TEST_CASE("a ledger takes a small year, batch by batch, and it holds what was planned") {
  const auto cases = GENERATE(10u, 100u);
  const NationalYear year({.reports = small.reports, .cases = cases}, 7);
  Ledger ledger;
  Counted counted;
  for (std::size_t p = 0; p < phases; ++p) {
    ledger.before_phase = ledger.states;
    SimulatedEvent event;
    for (auto events = year.events(phase_at(p)); events.next(event);) {
      REQUIRE(event.author == author_of(phase_at(p)));
      ledger.append(event);
      counted.see(phase_at(p), view_event(event.event));
    }
    ledger.flush();
  }
  CHECK(ledger.states.at(year.deployment_policy()).kind == StreamKind::policy);
  CHECK(year.planned().cases == (cases == 10 ? CaseCount{2'957, 2'703} : CaseCount{296, 270}));
  CHECK(year.planned().reports == 205);
  counted.matches(year.planned());
}

TEST_CASE("as many children are recovered in time as planned, however few the cases") {
  CHECK(rc::check("recovered", [](std::uint64_t seed) {
    const auto parts = *rc::gen::inRange<std::uint64_t>(100, 60'000);
    const auto cases = plan_cases(parts, seed);
    std::uint64_t recovered = 0;
    for (const CasePlan& plan : cases) {
      RC_ASSERT((plan.reported_at >= year_begins && plan.reported_at < last_moment));
      if (plan.recovered) RC_ASSERT((plan.recovered_at > plan.reported_at && plan.recovered_at <= last_moment));
      recovered += plan.recovered;
    }
    RC_ASSERT(cases.size() == round_half_up(cases_2024, parts));
    RC_ASSERT(recovered == round_half_up(recovered_2024, parts));
  }));
}

TEST_CASE("all cases of the year: 29,568 reported, 27,033 recovered by its end, alerts among what they are owed to") {
  const NationalYear year({.reports = 1'000'000, .cases = 1}, 2024);
  Counted counted;
  for_each_event(year, [&](Phase phase, const SimulatedEvent& event) { counted.see(phase, view_event(event.event)); });
  const Totals& planned = year.planned();
  CHECK(planned.cases == CaseCount{29'568, 27'033});
  CHECK(planned.by_type.at(CaseType::ERU).cases == 26'907);
  CHECK(planned.by_type.at(CaseType::NFA).cases == 296);
  CHECK(planned.by_state.size() == 50);
  CHECK(planned.amber_alerts == 182);
  CHECK(planned.alerts == 5'000);
  CHECK(planned.recoveries_by_alert > 1'000);
  CHECK(planned.deployments_on_site == 29);
  CHECK(planned.deployments_virtual == 28);
  CHECK((planned.children > 20'000 && planned.children < planned.cases.cases));
  CHECK((planned.deceased > 0 && planned.located > 0 && planned.long_term > 0 && planned.acted_unverified > 0));
  counted.matches(planned);
}

TEST_CASE("reports are dealt out exactly at any scale") {
  const NationalYear whole({.reports = 1, .cases = 1'000}, 1);
  CHECK(whole.planned().reports == 20'500'000);
  CHECK(whole.planned().incidents == 29'200'000);
  const auto parts = GENERATE(1'000u, 33'333u, 41'000'000u, 60'000'000u);
  const NationalYear year({.reports = parts, .cases = 100'000}, 5);
  Counted counted;
  for_each_event(year, [&](Phase phase, const SimulatedEvent& event) { counted.see(phase, view_event(event.event)); });
  CHECK(year.planned().reports == (20'500'000 + parts / 2) / parts);
  counted.matches(year.planned());
}

TEST_CASE("the same seed gives the same bytes, on every machine, in any order; another seed gives others") {
  const NationalYear year(small, 1);
  CHECK(digest(year) == "ffe80dd4119c77b7062222a84e839153dce755ec1b4eeac55752cdf84885346a");
  CHECK(digest(NationalYear(small, 1)) == digest(year));
  CHECK(digest(NationalYear(small, 2)) != digest(year));
  for (std::size_t p = 0; p < phases; ++p) {
    Buffer forwards, backwards;
    SimulatedEvent event;
    for (auto events = year.events(phase_at(p)); events.next(event);) append(forwards, event.event);
    for (std::uint64_t group = year.groups(phase_at(p)); group-- > 0;) {
      Buffer one;
      for (auto events = year.events(phase_at(p), group, group + 1); events.next(event);) append(one, event.event);
      backwards.insert(backwards.begin(), one.begin(), one.end());
    }
    CHECK(forwards == backwards);
  }
}

TEST_CASE("the generator is SplitMix64") {
  Chance chance(1'234'567);
  CHECK(chance.next() == 6'457'827'717'110'365'317u);
  CHECK(chance.next() == 3'203'168'211'198'807'973u);
  CHECK(chance.next() == 9'817'491'932'198'370'423u);
}

TEST_CASE("an id of chance is what uuid_v7 would make") {
  Chance chance(3);
  const caseledger::Uuid id = chance.uuid(year_begins + 123'456);
  CHECK(id == uuid_v7(year_begins + 123'456, Bytes(id.bytes).subspan(6)));
}

TEST_CASE("shares are whole, add up, and lie within one of their quota") {
  CHECK(rc::check("apportion", [] {
    const auto weights = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 40'000'000)));
    const auto total = *rc::gen::inRange<std::uint64_t>(0, 30'000'000);
    const auto all = std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
    RC_PRE(all > 0u);
    const auto shares = apportion(total, weights);
    RC_ASSERT(std::accumulate(shares.begin(), shares.end(), std::uint64_t{0}) == total);
    for (std::size_t i = 0; i < shares.size(); ++i) {
      const auto quota = static_cast<std::uint64_t>(Wide{total} * weights[i] / all);
      RC_ASSERT((shares[i] == quota || (shares[i] == quota + 1 && Wide{total} * weights[i] % all != 0)));
    }
  }));
}

TEST_CASE("shares within limits keep to them and still add up") {
  CHECK(rc::check("apportion_within", [] {
    const auto limits = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 1'000)));
    const auto weights = *rc::gen::container<std::vector<std::uint64_t>>(limits.size(), rc::gen::inRange<std::uint64_t>(0, 1'000));
    const auto room = std::accumulate(limits.begin(), limits.end(), std::uint64_t{0});
    const auto total = *rc::gen::inRange<std::uint64_t>(0, room + 1);
    const auto shares = apportion_within(total, weights, limits);
    RC_ASSERT(std::accumulate(shares.begin(), shares.end(), std::uint64_t{0}) == total);
    for (std::size_t i = 0; i < shares.size(); ++i) RC_ASSERT(shares[i] <= limits[i]);
  }));
}

TEST_CASE("a deal gives every slot its share and a spread adds up to its total") {
  CHECK(rc::check("deal and spread", [](std::uint64_t seed) {
    const auto shares = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 90));
    const Deal deal(shares, seed, Draw::shuffle_types);
    const auto things = std::accumulate(shares.begin(), shares.end(), std::uint64_t{0});
    std::set<std::pair<std::size_t, std::uint64_t>> dealt;
    for (std::uint64_t i = 0; i < things; ++i) {
      const auto [slot, place] = deal(i);
      RC_ASSERT(place < shares.at(slot));
      dealt.emplace(slot, place);
    }
    RC_ASSERT(dealt.size() == things);

    const auto total = *rc::gen::inRange<std::uint64_t>(0, 5'000);
    const Band bands[] = {{50, 0}, {40, 1}, {10, 9}};
    const Spread spread(total, things, bands, seed, Draw::shuffle_images);
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < things; ++i) sum += spread(i);
    RC_ASSERT(sum == (things == 0 ? 0 : total));
  }));
}

namespace {

// The cells of a line of RFC 4180, thousands separators taken out.
std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> found(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool separator = quoted && c == ',' && i > 0 && i + 1 < line.size() && std::isdigit(line[i - 1]) && std::isdigit(line[i + 1]);
    if (c == '"') quoted = !quoted;
    else if (c == ',' && !quoted) found.emplace_back();
    else if (c != '\r' && !separator) found.back() += c;
  }
  return found;
}

// Rows of a published file, without its heading and empty lines.
std::vector<std::vector<std::string>> rows(const std::string& file) {
  std::ifstream in(file);
  REQUIRE(in);
  std::vector<std::vector<std::string>> found;
  for (std::string line; std::getline(in, line);)
    if (auto row = cells(line); row.size() > 2) found.push_back(std::move(row));
  found.erase(found.begin());
  return found;
}

}  // namespace

TEST_CASE("the published tables are what was published") {
  const char* folder = std::getenv("CASELEDGER_DATA");
  if (!folder) {
    WARN("CASELEDGER_DATA is not set: the published tables are NOT compared with their sources");
    return;
  }
  const std::string data(folder);
  std::size_t at = 0;
  for (const auto& row : rows(data + "/cybertipline-reports-per-country.csv")) {
    if (row.at(6).empty()) continue;
    INFO(row[0]);
    REQUIRE(at < countries().size());
    CHECK(row[1] == countries()[at].alpha3);
    CHECK(row[6] == std::to_string(countries()[at].reports_2023));
    ++at;
  }
  CHECK(at == countries().size());

  at = 0;
  for (const auto& row : rows(data + "/cybertipline-reports-by-state.csv")) {
    if (row.at(1).size() != 2) continue;
    REQUIRE(at < states().size());
    CHECK(row[1] == states()[at].code);
    CHECK(row[2] == std::to_string(states()[at].reports_2023));
    CHECK(row[3] == std::to_string(states()[at].population_2023));
    ++at;
  }
  CHECK(at == states().size());

  std::map<std::string, std::string> contents;
  for (const auto& row : rows(data + "/cybertipline-report-contents.csv"))
    if (row.at(2) == "2023") contents[row[0] + ": " + row[1]] = row[3];
  for (const auto& each : incident_types()) CHECK(contents["kind of exploitation: " + std::string(each.label)] == std::to_string(each.reports_2023));
  CHECK(contents["reports: total"] == std::to_string(reports_2023));
  CHECK(contents["attachments: photos"] == std::to_string(images_2023));
  CHECK(contents["attachments: videos"] == std::to_string(videos_2023));
  CHECK(contents["attachments: other"] == std::to_string(other_files_2023));
}
