// Alerts, the episodes they make up, hot lists and searches, by hand.
#include <catch2/catch.hpp>

#include "projections/alerts.h"
#include "projections/hotlist.h"
#include "projections/searches.h"
#include "tests/support/told.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

// An alert observed then, raised a minute later and received another minute later.
void raise(Told& log, unsigned number, int minutes, const std::string& entry = {}, const std::string& vendor = "vendor-a", const std::string& place = "US-TX",
           const std::string& more = {}) {
  const auto time = [&](int n) { return "\"@" + std::to_string(n) + "m\""; };
  const std::string listed = entry.empty() ? "" : R"("hotlist_entry_id":{"stream":")" + entry + R"(","version":1},)";
  log.tell("alert " + std::to_string(number) + " AlertRaised", "@" + std::to_string(minutes) + "m",
           R"({"detector_kind":"lpr","vendor":")" + vendor + R"(","jurisdiction":")" + place + "\"," + listed + more + R"("observed_at":)" + time(minutes) +
               R"(,"raised_at":)" + time(minutes + 1) + R"(,"received_at":)" + time(minutes + 2) + "}");
}

void adjudicate(Told& log, unsigned number, const std::string& outcome, const std::string& at) {
  log.tell("alert " + std::to_string(number) + " AlertAdjudicated", at, R"({"outcome":")" + outcome + R"(","method":"image_compare","human":true,"at":")" + at + "\"}");
}

void act(Told& log, unsigned number, const std::string& action, const std::string& result, const std::string& at, int detained = 0) {
  log.tell("alert " + std::to_string(number) + " AlertActioned", at,
           R"({"action":")" + action + R"(","result":")" + result + R"(","persons_detained":)" + std::to_string(detained) + R"(,"at":")" + at + "\"}");
}

std::string of(const Told& log, std::string_view id, const FigureQuery& query = by_then("@10d"), std::string_view group = {}) { return log.said(alerts(), id, query, group); }

}  // namespace

TEST_CASE("alerts of one detector on one hot-list entry within 15 minutes of the first are one episode") {
  Told log;
  raise(log, 1, 0, "#101");
  raise(log, 2, 10, "#101");
  raise(log, 3, 15, "#101");              // the last that belongs to it
  raise(log, 4, 16, "#101");              // within 15 minutes of the last, not of the first
  raise(log, 5, 5, "#101", "vendor-b");
  raise(log, 6, 5, "#102");
  raise(log, 7, 5);                       // no entry: nothing says that these two are the same
  raise(log, 8, 5);
  CHECK(of(log, "T5.alerts") == "8/- = 8");
  CHECK(of(log, "T5.episodes") == "6/- = 6");
  CHECK(of(log, "T5.episodes", by_then("@10d", {"vendor"}), "vendor-b") == "vendor-b: 1/- = 1");
  CHECK(of(log, "T5.episodes", by_then("@9m")) == "5/- = 5");  // what is observed later is not there yet
  CHECK(of(log, "T5.episodes", in_period(when("@10m"), when("@1d"), when("@10d"))) == "1/- = 1");  // 2 and 3 belong to one that began before
}

TEST_CASE("an episode is counted where its first alert was") {
  Told log;
  raise(log, 1, 0, "#101", "vendor-a", "US-TX");
  raise(log, 2, 5, "#101", "vendor-a", "US-OK");
  const auto split = by_then("@10d", {"jurisdiction"});
  CHECK(of(log, "T5.episodes", split, "US-TX") == "US-TX: 1/- = 1");
  CHECK(of(log, "T5.episodes", split, "US-OK") == "US-OK: 0/- = 0");
  CHECK(of(log, "T5.alerts", split, "US-OK") == "US-OK: 1/- = 1");
}

TEST_CASE("precision stands beside what nobody adjudicated, and is no figure to rely on below 30 or half of them") {
  Told log;
  unsigned number = 0;
  const auto some = [&](int n, const std::string& outcome) {
    for (int i = 0; i < n; ++i) {
      raise(log, ++number, 0);
      if (!outcome.empty()) adjudicate(log, number, outcome, "@1h");
    }
  };
  some(20, "true_match");
  some(7, "misread");
  some(2, "wrong_state");
  SECTION("with 29 adjudicated") {
    CHECK(of(log, "T5.precision") == "20/29 = 0.689655 not_representative");
  }
  some(1, "wrong_vehicle_or_person");
  CHECK(of(log, "T5.precision") == "20/30 = 0.666667");
  some(3, "duplicate");
  some(2, "unverifiable");
  some(5, "");
  CHECK(of(log, "T5.episodes") == "40/- = 40");
  CHECK(of(log, "T5.coverage") == "30/37 = 0.810811");
  CHECK(of(log, "T5.false_discovery") == "10/30 = 0.333333");
  CHECK(of(log, "T5.precision.lower_bound") == "20/37 = 0.540541");
  CHECK(of(log, "T5.precision.upper_bound") == "27/37 = 0.729730");
  CHECK(of(log, "T5.false_positives.misread") == "7/10 = 0.700000");
  CHECK(of(log, "T5.false_positives.stale_list") == "0/10 = 0.000000");
  CHECK(of(log, "T5.duplicates") == "3/- = 3");
  CHECK(of(log, "T5.unverifiable") == "2/- = 2");
  CHECK(of(log, "T5.unadjudicated") == "5/- = 5");
  CHECK(of(log, "T5.lapsed") == "5/- = 5");
  CHECK(of(log, "T5.lapsed", by_then("@24h")) == "0/- = 0");
  CHECK(of(log, "T5.unadjudicated", by_then("@30m")) == "40/- = 40");  // nobody had looked at any of them
  const auto all = fold_of(alerts(), log.facts()).figures(by_then("@10d"));
  CHECK(said_by(named(all, "T5.precision")) == "20/30 = 0.666667 (0.487801..0.807695)");
  some(31, "");
  CHECK(of(log, "T5.precision") == "20/30 = 0.666667 not_representative");  // 30 of 68
}

TEST_CASE("what an episode comes to is the last finding on one of its alerts") {
  Told log;
  for (unsigned i = 1; i <= 3; ++i) raise(log, i, static_cast<int>(i), "#101");
  CHECK(of(log, "T5.unadjudicated") == "1/- = 1");
  adjudicate(log, 3, "duplicate", "@1h");
  CHECK(of(log, "T5.duplicates") == "0/- = 0");  // the others may be anything
  CHECK(of(log, "T5.unadjudicated") == "1/- = 1");
  SECTION("all of them duplicates of another") {
    adjudicate(log, 1, "duplicate", "@2h");
    adjudicate(log, 2, "duplicate", "@2h");
    CHECK(of(log, "T5.duplicates") == "1/- = 1");
    CHECK(of(log, "T5.coverage") == "0/0 = - no_data");
  }
  SECTION("a finding outweighs what could not be verified") {
    adjudicate(log, 1, "misread", "@2h");
    adjudicate(log, 2, "unverifiable", "@3h");
    CHECK(of(log, "T5.false_positives") == "1/- = 1");
    CHECK(of(log, "T5.unverifiable") == "0/- = 0");
  }
  SECTION("of two findings the later, and of one alert's the last") {
    adjudicate(log, 1, "misread", "@3h");
    adjudicate(log, 2, "true_match", "@2h");
    CHECK(of(log, "T5.true_matches") == "0/- = 0");
    adjudicate(log, 2, "true_match", "@4h");
    CHECK(of(log, "T5.true_matches") == "1/- = 1");
    adjudicate(log, 2, "misread", "@5h");
    CHECK(of(log, "T5.false_positives") == "1/- = 1");
  }
}

TEST_CASE("what waits for adjudication counts in the time it takes") {
  Told log;
  for (unsigned i = 1; i <= 4; ++i) raise(log, i, 0);
  adjudicate(log, 1, "misread", "@62m");
  adjudicate(log, 2, "true_match", "@122m");
  CHECK(of(log, "T5.received_to_adjudicated.p50") == "2/4 = " + std::to_string(2 * hour));
  CHECK(of(log, "T5.received_to_adjudicated.p90") == "2/4 = - not_reached");
  CHECK(of(log, "T5.received_to_adjudicated.p50", by_then("@100m")) == "1/4 = - not_reached");
  CHECK(of(log, "T5.observed_to_raised.p99") == "4/4 = " + std::to_string(minute));
  CHECK(of(log, "T5.adjudicated_to_actioned.p50") == "0/1 = - not_reached");
  act(log, 2, "dispatched", "no_contact", "@123m");
  CHECK(of(log, "T5.adjudicated_to_actioned.p50") == "1/1 = " + std::to_string(minute));
}

TEST_CASE("a stop or an arrest is verified by a true match recorded before it and found no later") {
  Told log;
  for (unsigned i = 1; i <= 6; ++i) raise(log, i, 0);
  act(log, 1, "stop", "wrong_person", "@1h", 2);   // before anybody looked
  adjudicate(log, 1, "misread", "@2h");
  adjudicate(log, 2, "true_match", "@1h");
  act(log, 2, "arrest", "suspect_located", "@2h", 1);
  adjudicate(log, 3, "true_match", "@3h");
  act(log, 3, "stop", "child_located", "@2h", 0);  // recorded after the true match, and done before it
  act(log, 4, "dispatched", "no_contact", "@1h");  // nobody was stopped
  act(log, 5, "none", "no_contact", "@1h");
  adjudicate(log, 6, "misread", "@1h");
  act(log, 6, "arrest", "suspect_located", "@2h", 1);
  CHECK(of(log, "T5.acted_unverified") == "3/- = 3");
  CHECK(of(log, "T5.wrong_person") == "1/- = 1");
  CHECK(of(log, "T5.detained_wrongly") == "3/- = 3");
  adjudicate(log, 2, "wrong_vehicle_or_person", "@5h");  // it was wrong after all
  CHECK(of(log, "T5.acted_unverified") == "3/- = 3");
  CHECK(of(log, "T5.detained_wrongly") == "4/- = 4");
}

TEST_CASE("recoveries that are the direct result of an alert count with that alert's detector") {
  Told log;
  raise(log, 1, 0, "#101");
  raise(log, 2, 0, "", "vendor-b");
  const auto back = [&](const std::string& subject, const std::string& direct, const std::string& alert) {
    log.tell("case 201 ChildRecovered", "@1d",
             R"({"subject_id":")" + subject + R"(","at":"@1d","outcome":"safe","verified_by":"le-1","attribution":[{"source":"alert","event_id":{"stream":")" + alert +
                 R"(","version":1},"weight_millionths":500000,"direct":)" + direct + "}]}");
  };
  back("$1", "true", "#1");
  back("$2", "false", "#1");
  CHECK(of(log, "T5.recoveries") == "1/- = 1");
  CHECK(of(log, "T5.recoveries_per_1000") == "1/2 = 500.000000");
  CHECK(of(log, "T5.recoveries", by_then("@10d", {"vendor"}), "vendor-a") == "vendor-a: 1/- = 1");
  back("$1", "true", "#2");  // said again, otherwise
  CHECK(of(log, "T5.recoveries", by_then("@10d", {"vendor"}), "vendor-a") == "vendor-a: 0/- = 0");
  CHECK(of(log, "T5.recoveries", by_then("@10d", {"vendor"}), "vendor-b") == "vendor-b: 1/- = 1");
  log.tell("case 201 CaseReopened", "@2d", R"({"reason_code":"lost_again","prior_close_event_id":{"stream":"#201","version":2}})");  // the other child
  CHECK(of(log, "T5.recoveries") == "1/- = 1");
  log.tell("case 201 CaseReopened", "@2d", R"({"reason_code":"lost_again","prior_close_event_id":{"stream":"#201","version":3}})");
  CHECK(of(log, "T5.recoveries") == "0/- = 0");
}

TEST_CASE("alerts split by the list that their entry is on") {
  Told log;
  log.tell("hotlist_entry 101 HotlistEntryChanged", "@0h", R"({"action":"added","list":"ncmec_amber","case_id":{"stream":"#201","version":0},"valid_until":"@9d","purpose":"recovery"})");
  raise(log, 1, 5, "#101", "vendor-a", "US-TX", R"("match":"partial",)");
  raise(log, 2, 5, "#102");
  CHECK(of(log, "T5.alerts", by_then("@10d", {"list"}), "ncmec_amber") == "ncmec_amber: 1/- = 1");
  CHECK(of(log, "T5.alerts", by_then("@10d", {"list"}), "none") == "none: 1/- = 1");
  CHECK(of(log, "T5.alerts", by_then("@10d", {"match"}), "partial") == "partial: 1/- = 1");
  CHECK(of(log, "T5.alerts", by_then("@10d", {"match"}), "unknown") == "unknown: 1/- = 1");
}

TEST_CASE("alerts per million reads, where a portal states its reads and its alerts are on record") {
  Told log;
  const auto snapshot = [&](unsigned i, const std::string& place, const std::string& at, const std::string& more) {
    log.tell("coverage " + std::to_string(i) + " CoverageSnapshotTaken", at,
             R"({"vendor":"vendor-a","jurisdiction":")" + place + R"(","as_of":")" + at + R"(","source":"agency")" + more + "}");
  };
  raise(log, 1, 0);
  raise(log, 2, 60 * 24 * 20);
  raise(log, 3, 60 * 24 * 35);  // after the snapshot
  raise(log, 4, 60 * 24 * 20, "", "vendor-b");
  snapshot(11, "US-TX", "@30d", R"(,"reads_30d":40000)");
  snapshot(11, "US-TX", "@31d", "");  // says nothing of reads
  snapshot(12, "US-OK", "@30d", R"(,"reads_30d":999)");
  CHECK(of(log, "T5.per_million_reads", by_then("@90d")) == "1/40000 = 25.000000");  // the first is as old as 30 days
  CHECK(of(log, "T5.per_million_reads", by_then("@90d", {"jurisdiction"}), "US-TX") == "US-TX: 1/40000 = 25.000000");
  CHECK(of(log, "T5.per_million_reads", by_then("@29d")) == "0/0 = - no_data");
  snapshot(11, "US-TX", "@29d", R"(,"reads_30d":1)");  // told late, and older
  CHECK(of(log, "T5.per_million_reads", by_then("@90d")) == "1/40000 = 25.000000");
}

// ── hot lists ──

namespace {

void list(Told& log, unsigned number, const std::string& action, const std::string& at, const std::string& of_case, const std::string& propagated = {}) {
  log.tell("hotlist_entry " + std::to_string(number) + " HotlistEntryChanged", at,
           R"({"action":")" + action + R"(","list":"ncic","case_id":{"stream":")" + of_case + R"(","version":0},"valid_until":"@30d","purpose":"recovery")" +
               (propagated.empty() ? "}" : R"(,"propagated_at":")" + propagated + "\"}"));
}

}  // namespace

TEST_CASE("of the open cases for which a vehicle is listed, it is told whether readers in their county share") {
  Told log;
  const auto of = [&](std::string_view id) { return log.said(hotlist(), id, by_then("@20d")); };
  const auto opened = [&](unsigned number, const std::string& from) {
    log.tell("case " + std::to_string(number) + " CaseOpened", "@0h",
             R"({"case_type":"NFA","clocks":[{"clock":"reported_us","at":"@0h"}],"missing_from":)" + from + R"(,"state_care":false,"episode_no":1})");
    log.tell("case " + std::to_string(number) + " CaseSubjectAdded", "@0h", R"({"subject_id":"$)" + std::to_string(number) + R"(","role":"missing_child"})");
  };
  const auto portal = [&](unsigned number, const std::string& place, const std::string& at, const std::string& sharing) {
    log.tell("coverage " + std::to_string(number) + " CoverageSnapshotTaken", at, R"({"vendor":"v","jurisdiction":")" + place + R"(","as_of":")" + at + R"(","source":"agency")" + sharing + "}");
  };
  opened(201, R"({"state":"US-TX","county":"48201"})");  // shares
  opened(202, R"({"state":"US-TX","county":"48453"})");  // shares with nobody any more
  opened(203, R"({"state":"US-TX","county":"48029"})");  // no snapshot
  opened(204, R"({"state":"US-TX"})");                   // no county
  opened(205, R"({"state":"US-TX","county":"48201"})");  // no vehicle
  opened(206, R"({"state":"US-TX","county":"48201"})");  // over
  opened(207, R"({"state":"US-TX","county":"48201"})");  // no longer listed
  for (const unsigned number : {201u, 202u, 203u, 204u, 206u, 207u}) list(log, number - 200, "added", "@1h", "#" + std::to_string(number));
  list(log, 9, "added", "@2h", "#201");  // a second vehicle
  list(log, 7, "removed", "@3h", "#207");
  log.tell("case 206 ChildRecovered", "@3d", R"({"subject_id":"$206","at":"@2d","outcome":"safe","verified_by":"le-1"})");
  CHECK(of("T6.cases") == "4/- = 4");
  CHECK(of("T6.cases.county_told") == "0/4 = 0.000000");
  portal(301, "US-TX", "@1d", R"(,"sharing_orgs":400)");
  portal(302, "US-TX-201", "@1d", R"(,"sharing_orgs":2)");
  portal(303, "US-TX-48453", "@1d", R"(,"sharing_orgs":5)");
  portal(303, "US-TX-48453", "@2d", R"(,"sharing_orgs":0)");
  portal(304, "US-TX-48029", "@2d", "");
  CHECK(of("T6.cases.county_told") == "2/4 = 0.500000");
  CHECK(of("T6.cases.county_shares") == "1/4 = 0.250000");
}

TEST_CASE("a hot-list entry spreads, and is stale once the search is over") {
  Told log;
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@20d")) { return log.said(hotlist(), id, query); };
  log.tell("case 201 CaseOpened", "@0h", R"({"case_type":"NFA","clocks":[{"clock":"reported_us","at":"@0h"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})");
  log.tell("case 201 CaseSubjectAdded", "@0h", R"({"subject_id":"$1","role":"missing_child"})");
  list(log, 1, "added", "@1h", "#201", "@2h");
  list(log, 2, "added", "@1h", "#201");
  list(log, 3, "added", "@1h", "#201");
  list(log, 4, "added", "@1h", "#202");
  list(log, 3, "removed", "@5h", "#201");
  list(log, 2, "updated", "@5h", "#201", "@4h");
  CHECK(of("T6.hotlist.added") == "4/- = 4");
  CHECK(of("T6.hotlist.propagated") == "2/4 = 0.500000");
  CHECK(of("T6.hotlist.propagation.p50") == "2/4 = " + std::to_string(3 * hour));
  CHECK(of("T6.hotlist.stale") == "0/3 = 0.000000");
  log.tell("case 201 ChildRecovered", "@3d", R"({"subject_id":"$1","at":"@2d","outcome":"safe","verified_by":"le-1"})");
  CHECK(of("T6.hotlist.stale") == "2/3 = 0.666667");
  CHECK(of("T6.hotlist.outlived") == "2/- = 2");
  CHECK(of("T6.hotlist.stale", by_then("@1d")) == "0/3 = 0.000000");
  list(log, 1, "removed", "@4d", "#201");
  CHECK(of("T6.hotlist.removal.p50") == "1/2 = " + std::to_string(2 * day));
  CHECK(of("T6.hotlist.removal.p90") == "1/2 = - not_reached");
  list(log, 2, "expired", "@10d", "#201");
  CHECK(of("T6.hotlist.removed") == "2/- = 2");
  CHECK(of("T6.hotlist.expired") == "1/- = 1");
  CHECK(of("T6.hotlist.stale") == "0/1 = 0.000000");
  CHECK(of("T6.hotlist.outdated") == "0/- = 0");
  CHECK(of("T6.hotlist.outdated", by_then("@31d")) == "1/- = 1");
  list(log, 1, "added", "@11d", "#201");  // listed again for a case that is over
  CHECK(of("T6.hotlist.stale") == "1/2 = 0.500000");

  list(log, 4, "updated", "@12d", "#201");  // it was for another case than was said
  CHECK(of("T6.hotlist.stale") == "2/2 = 1.000000");
  CHECK(of("T6.cases") == "0/- = 0");
  log.tell("case 201 CaseReopened", "@13d", R"({"reason_code":"lost_again","prior_close_event_id":{"stream":"#201","version":3}})");
  CHECK(of("T6.hotlist.stale") == "0/2 = 0.000000");
  CHECK(of("T6.cases") == "1/- = 1");
}

// ── searches ──

TEST_CASE("searches by system and reason, how wide and at which hour") {
  Told log;
  const auto search = [&](const std::string& at, const std::string& rest) { log.tell("access 1 SearchExecuted", at, R"({"system":"lpr","search_id":"s-1",)" + rest + "}"); };
  search("@1h", R"("reason_code":"missing_child","case_ref":{"stream":"#201","version":0},"networks":10,"devices":83345,"window_from":"@-1d","window_to":"@0h")");
  search("@2h", R"("reason_code":"missing_child","networks":30)");
  search("@40d", R"("reason_code":"investigation","networks":20,"window_from":"@0h","window_to":"@90m")");
  search("@962h", R"("reason_code":"other")");  // the 40th day, 2 in the morning
  const auto of = [&](std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) { return log.said(searches(), id, query, group); };
  CHECK(of("T7.searches") == "4/- = 4");
  CHECK(of("T7.without_case") == "3/4 = 0.750000");
  CHECK(of("T7.generic_reason") == "2/4 = 0.500000");
  CHECK(of("T7.networks.p50") == "-/3 = 20");
  CHECK(of("T7.networks.max") == "-/3 = 30");
  CHECK(of("T7.devices.max") == "-/1 = 83300");
  CHECK(of("T7.window_hours.p50") == "-/2 = 2");
  CHECK(of("T7.window_hours.max") == "-/2 = 24");
  CHECK(of("T7.hour", by_then("@90d"), "2") == "2: 2/- = 2");
  CHECK(of("T7.searches", by_then("@90d", {"reason"}), "other") == "other: 1/- = 1");
  const auto january = in_period(when("@0h"), when("@31d"), when("@90d"));
  CHECK(of("T7.searches", january) == "2/- = 2");
  CHECK(of("T7.networks.p50", january) == "-/2 = 10");
  CHECK(of("T7.generic_reason", january) == "0/2 = 0.000000");
}
