// The simulated year: exact where it says so, the same on every machine, and such that a ledger takes every batch of it.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <unordered_map>

#include "api/simulate/national_year.h"
#include "tests/support/simulated.h"

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

bool is_missing_child(CaseType type) { return type != CaseType::EXPL && type != CaseType::ATTEMPT && type != CaseType::UNID; }

// Counts a year again, from nothing but its events.
struct Counted {
  Totals totals;
  std::map<StreamId, rules::StreamState> states;
  std::map<StreamId, std::pair<CaseType, std::string>> cases;  // type at intake, where from
  std::map<StreamId, Micros> alerted, latest;  // when an alert was observed; the last time a stream speaks of
  std::map<StreamId, bool> in_care;  // whether trafficked, too
  std::set<StreamId> doubled, others_opened;
  struct Recovery {
    bool deceased, alert, deployment;
  };
  std::map<std::pair<StreamId, Version>, Recovery> recoveries;
  std::map<std::pair<StreamId, Version>, Version> target;  // of a request for retraction
  std::set<SubjectId> children;
  std::uint64_t reports = 0, incidents = 0, images = 0, videos = 0, others = 0;

  void see(const EventView& event) {
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
      case Body::RetractionRequested: target[{event.stream, event.version}] = event.body<RetractionRequested>().target()->version(); return;
      case Body::RetractionDecided:
        recoveries.erase({event.stream, target.at({event.stream, event.body<RetractionDecided>().request()->version()})});
        return;
      case Body::CaseMerged: doubled.insert(event.stream); return;
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
    Micros at = 0;
    for (const auto* clock : *body.clocks())
      if (clock->clock() == ClockKind::reported_us) at = clock->at();
    CHECK((at >= year_begins && at < year_ends));
    if (!is_missing_child(body.case_type())) {
      ++totals.other_cases[body.case_type()];
      others_opened.insert(event.stream);
      return;
    }
    cases[event.stream] = {body.case_type(), body.missing_from()->state()->str()};
    if (body.state_care()) in_care.emplace(event.stream, body.trafficking_indicator() == Tri::yes);
  }

  void recovered(const EventView& event) {
    const auto& body = event.body<ChildRecovered>();
    CHECK((body.at() > year_begins && body.at() <= last_moment));
    bool alert = false, deployment = false;
    if (body.attribution())
      for (const auto* each : *body.attribution()) {
        alert = alert || (each->source() == AttributionSource::alert && alerted.at(uuid_of(each->event_id()->stream())) < body.at());
        deployment = deployment || (each->source() == AttributionSource::deployment &&
                                    states.at(uuid_of(each->event_id()->stream())).phase == rules::Phase::ended);
      }
    recoveries[{event.stream, event.version}] = {body.outcome() == ChildOutcome::deceased, alert, deployment};
  }

  void report(const EventView& event) {
    const auto& body = event.body<CtrIngested>();
    CHECK(body.files_total() == body.images() + body.videos() + body.other_files());
    CHECK(body.files_total() == body.files_viewed_by_esp().value_or(0) + body.files_unviewed().value_or(0) + body.files_unstated().value_or(0));
    ++reports, incidents += body.incidents_in_bundle(), images += body.images(), videos += body.videos(), others += body.other_files();
  }

  void matches(Totals planned) {
    for (const auto& [stream, type_and_state] : cases) {
      if (doubled.contains(stream)) continue;
      const auto& [type, from] = type_and_state;
      ++totals.cases.cases, ++totals.by_type[type].cases, ++totals.by_state[from].cases;
      if (const auto care = in_care.find(stream); care != in_care.end()) ++totals.in_state_care.cases, totals.in_state_care_and_trafficked += care->second;
    }
    for (const auto& [where, recovery] : recoveries) {
      const auto& [type, from] = cases.at(where.first);
      ++totals.cases.recovered, ++totals.by_type[type].recovered, ++totals.by_state[from].recovered;
      totals.in_state_care.recovered += in_care.contains(where.first);
      totals.deceased += recovery.deceased, totals.recoveries_by_alert += recovery.alert, totals.recoveries_by_deployment += recovery.deployment;
    }
    for (const auto& [stream, state] : states) {
      if (state.kind != StreamKind::case_ || others_opened.contains(stream)) continue;
      totals.closed += state.phase == rules::Phase::closed;
      totals.located += state.phase == rules::Phase::located;
      totals.long_term += state.phase == rules::Phase::long_term;
    }
    totals.children = children.size();
    const auto is_zero = [](const auto& each) { return each.second == 0; };
    for (auto* each : {&planned, &totals}) std::erase_if(each->alerts_by_outcome, is_zero), std::erase_if(each->other_cases, is_zero);
    CHECK(totals == planned);
  }

  void holds(const ReportTables& tables) const {
    CHECK((reports == tables.reports && incidents == tables.incidents));
    CHECK((images == tables.images && videos == tables.videos && others == tables.other_files));
  }
};

}  // namespace

TEST_CASE("a ledger takes a small year, batch by batch, and it holds what was planned") {
  const auto cases = GENERATE(10u, 100u);
  const NationalYear year({.reports = small.reports, .cases = cases}, 7);
  simulated::Ledger ledger;
  Counted counted;
  ledger.take(year, [&](Phase, const EventView& event) { counted.see(event); });
  for (const StreamId& policy : year.policies()) CHECK(ledger.states().at(policy).kind == StreamKind::policy);
  CHECK(year.planned().cases == (cases == 10 ? CaseCount{2'957, 2'703} : CaseCount{296, 270}));
  CHECK(counted.reports == 205);
  counted.holds(year.reports());
  counted.matches(year.planned());
}

// What no case system writes: the ledger itself (its hourly counts, what it erased), its governors, its auditors, its editions.
constexpr Body not_simulated[] = {Body::GovernanceConstituted, Body::ProposalMade, Body::ProposalApproved, Body::AuthFailed, Body::AdmissionRefused,
                                  Body::ErasureExecuted,       Body::ReportReleased, Body::AuditFinding};

TEST_CASE("every kind of stream, of case and of event that casework knows lives in a year") {
  const NationalYear year({.reports = 1'000, .cases = 1}, 1);
  std::set<Body> types;
  std::set<StreamKind> kinds;
  std::set<CaseType> case_types;
  for_each_event(year, [&](Phase, const SimulatedEvent& event) {
    const EventView view = view_event(event.event);
    types.insert(view.type), kinds.insert(view.kind);
    if (view.type == Body::CaseOpened) case_types.insert(view.body<CaseOpened>().case_type());
  });
  for (const Body type : EnumValuesBody()) {
    if (type == Body::NONE) continue;
    INFO(EnumNameBody(type));
    CHECK(types.contains(type) != (std::ranges::find(not_simulated, type) != std::end(not_simulated)));
  }
  for (const CaseType type : EnumValuesCaseType()) {
    INFO(EnumNameCaseType(type));
    CHECK(case_types.contains(type) == (type != CaseType::unset));
  }
  for (const StreamKind kind : EnumValuesStreamKind()) {
    INFO(EnumNameStreamKind(kind));
    CHECK(kinds.contains(kind) == (kind != StreamKind::unset && kind != StreamKind::governance));
  }
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
  for_each_event(year, [&](Phase, const SimulatedEvent& event) { counted.see(view_event(event.event)); });
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
  CHECK(whole.reports().reports == 20'500'000);
  CHECK(whole.reports().incidents == 29'200'000);
  const auto parts = GENERATE(10'000u, 33'333u, 41'000'000u, 60'000'000u);
  const NationalYear year({.reports = parts, .cases = 100'000}, 5);
  Counted counted;
  for_each_event(year, [&](Phase, const SimulatedEvent& event) { counted.see(view_event(event.event)); });
  CHECK(counted.reports == (20'500'000 + parts / 2) / parts);
  counted.holds(year.reports());
  counted.matches(year.planned());
}

TEST_CASE("legs are every group of every phase once, and of a report the phases in their order") {
  const NationalYear year({.reports = 170, .cases = 1'000}, 1);  // more reports than go in two legs
  std::array<std::uint64_t, phases> done{};
  auto last = Phase::policies;
  for (const Leg& leg : year.legs()) {
    const auto p = static_cast<std::size_t>(leg.phase);
    CHECK(leg.first_group == done[p]);
    CHECK(leg.end_group - leg.first_group <= (of_reports(leg.phase) ? leg_reports : year.groups(leg.phase)));
    CHECK((leg.phase >= last || (leg.phase == Phase::reports && of_reports(last))));
    if (of_reports(leg.phase) && leg.phase != Phase::reports) CHECK(leg.end_group == done[p - 1]);
    done[p] = leg.end_group;
    last = leg.phase;
  }
  for (std::size_t p = 0; p < phases; ++p) CHECK(done[p] == year.groups(phase_at(p)));
  CHECK(year.groups(Phase::reports) > 2 * leg_reports);
}

TEST_CASE("the same seed gives the same bytes, on every machine, in any order; another seed gives others") {
  const NationalYear year(small, 1);
  CHECK(digest(year) == "25311b9090cd1305b8c2136816ca19ca69469122f78fbf9ba9d709e32ede73b0");
  CHECK(digest(NationalYear(small, 1)) == digest(year));
  CHECK(digest(NationalYear(small, 2)) != digest(year));
  for (std::size_t p = 0; p < phases; ++p) {
    Buffer forwards, backwards;
    SimulatedEvent event;
    for (auto events = year.events(phase_at(p)); events.next(event);) append(forwards, event.event);
    for (std::uint64_t group = year.groups(phase_at(p)); group-- > 0;) {
      Buffer one;
      for (auto events = year.events(Leg{phase_at(p), group, group + 1}); events.next(event);) append(one, event.event);
      backwards.insert(backwards.begin(), one.begin(), one.end());
    }
    CHECK(forwards == backwards);
  }
}
