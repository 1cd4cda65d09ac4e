// What was recorded, how late, and what was corrected and retracted of it, by hand.
#include <catch2/catch.hpp>
#include <map>

#include "projections/recording.h"
#include "tests/support/told.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

constexpr std::string_view opening = R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"@0h"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})";
constexpr std::string_view assigned = R"({"to_actor":"cw-1"})";

// As streams are folded in which something was amended; of the others it is the same as event by event.
Folds folded(std::span<const Fact> facts) {
  std::map<StreamId, std::vector<Fact>> streams;
  for (const Fact& fact : facts) streams[fact.event.stream].push_back(fact);
  Folds folds(recording());
  for (const auto& [stream, of_stream] : streams) REQUIRE(folds.refold(stream, Standing(of_stream)));
  folds.settle();
  return folds;
}

std::string said(const Folds& folds, std::string_view id, const FigureQuery& query = by_then("@90d"), std::string_view group = {}) {
  return said_by(named(folds.figures(query), id, group));
}

std::string seconds(std::int64_t n) { return std::to_string(n * second); }

std::string corrected(unsigned stream, Version target, std::string_view type, std::string_view body) {
  const std::string ref = R"("stream":"#)" + std::to_string(stream) + R"(","version":)" + std::to_string(target);
  return R"({"target":{)" + ref + R"(},"reason_code":"typo","replacement":{)" + ref + R"(,"kind":"case","type":")" + std::string(type) +
         R"(","occurred_at":"@1h","operator":"op-1","handling":"child_sensitive","body":)" + std::string(body) + "}}";
}
std::string retracted(unsigned stream, Version target) {
  return R"({"target":{"stream":"#)" + std::to_string(stream) + R"(","version":)" + std::to_string(target) + R"(},"reason_code":"twice"})";
}
std::string decided(unsigned stream, Version request, std::string_view decision = "approved") {
  return R"({"request":{"stream":"#)" + std::to_string(stream) + R"(","version":)" + std::to_string(request) + R"(},"decision":")" + std::string(decision) + "\"}";
}

const FigureQuery january = in_period(when("@0h"), when("@31d"), when("@90d")), february = in_period(when("@31d"), when("@60d"), when("@90d"));

}  // namespace

TEST_CASE("events count in the month in which they were recorded, and how late by nearest rank") {
  Told log;
  log.tell("case 1 CaseOpened", "@0h", opening);
  for (int i = 1; i <= 20; ++i) log.tell("case 1 CaseAssigned", "@" + std::to_string(60 * i) + "m", assigned, {.recorded = "@" + std::to_string(61 * i) + "m"});
  log.tell("case 1 CaseAssigned", "@30d", assigned, {.recorded = "@32d"});
  log.tell("case 2 CaseOpened", "@-400d", opening, {.imported = true, .recorded = "@33d"});
  log.tell("access 3 RecordViewed", "@34d", R"({"is_owner":true})", {.purpose = "missing_child", .recorded = "@33d"});  // a clock that is ahead
  const Folds folds = folded(log.facts());
  CHECK(said(folds, "T15.recorded") == "24/- = 24");
  CHECK(said(folds, "T15.recorded", january) == "21/- = 21");
  CHECK(said(folds, "T15.lag.p50", january) == "-/21 = " + seconds(10 * 60));  // the 11th of 0, 1, …, 20 minutes
  CHECK(said(folds, "T15.lag.p95", january) == "-/21 = " + seconds(19 * 60));  // the 20th
  CHECK(said(folds, "T15.lag.p95", february) == "-/3 = " + seconds(37'400'000));  // 433 days, 37,411,200 s
  CHECK(said(folds, "T15.lag.p50", february) == "-/3 = " + seconds(172'000));
  auto split = february;
  split.by = {"imported"};
  CHECK(said(folds, "T15.lag.p95", split, "no") == "no: -/2 = " + seconds(172'000));
  CHECK(said(folds, "T15.lag.p50", split, "no") == "no: -/2 = " + seconds(0));
  split.by = {"kind"};
  CHECK(said(folds, "T15.recorded", split, "case") == "case: 2/- = 2");
  CHECK(said(folds, "T15.recorded", split, "access") == "access: 1/- = 1");
  CHECK(said(folds, "T15.lag.p50", in_period(when("@60d"), when("@90d"), when("@90d"))) == "-/0 = - no_data");
  CHECK(*fold_of(recording(), log.facts()).digests() == *folds.digests());
}

TEST_CASE("a day stands for its middle, and what was recorded within it is late by nothing") {
  Told log;
  log.tell("case 1 CaseOpened", "@0h", opening, {.recorded = "@1d", .precision = "day"});
  log.tell("case 1 CaseAssigned", "@1d", assigned, {.recorded = "@25h", .precision = "day"});
  const Folds folds = folded(log.facts());
  CHECK(said(folds, "T15.lag.p50") == "-/2 = 0");
  CHECK(said(folds, "T15.lag.p95") == "-/2 = " + seconds(12 * 3600));
}

TEST_CASE("what was corrected or retracted was recorded all the same, and so was the decision: each with how long it stood") {
  Told log;
  for (unsigned i = 1; i <= 3; ++i) log.tell("case " + std::to_string(i) + " CaseOpened", "@0h", opening);
  for (unsigned i = 1; i <= 3; ++i) log.tell("case " + std::to_string(i) + " CaseAssigned", "@1h", assigned, {.recorded = "@2h"});
  const auto say = [&](unsigned i, std::string_view type, std::string_view at, const std::string& body) { return log.tell("case " + std::to_string(i) + " " + std::string(type), at, body); };
  say(1, "CorrectionDecided", "@3d", decided(1, say(1, "CorrectionRequested", "@1d", corrected(1, 2, "CaseAssigned", assigned))));
  say(1, "RetractionDecided", "@4d", decided(1, say(1, "RetractionRequested", "@4d", retracted(1, 2))));
  say(2, "CorrectionDecided", "@10d", decided(2, say(2, "CorrectionRequested", "@9d", corrected(2, 2, "CaseAssigned", assigned)), "rejected"));
  say(2, "CorrectionDecided", "@20d", decided(2, say(2, "CorrectionRequested", "@19d", corrected(2, 1, "CaseOpened", opening))));
  say(3, "RetractionDecided", "@40d", decided(3, say(3, "RetractionRequested", "@30d", retracted(3, 2))));
  const Folds folds = folded(log.facts());
  CHECK(said(folds, "T15.recorded") == "16/- = 16");
  CHECK(said(folds, "T15.corrections") == "2/- = 2");
  CHECK(said(folds, "T15.corrections.age.p50") == "-/2 = " + seconds(252'000));  // three days less two hours; the other twenty days
  CHECK(said(folds, "T15.retractions", january) == "1/- = 1");
  CHECK(said(folds, "T15.retractions", february) == "1/- = 1");
  CHECK(said(folds, "T15.retractions.age.p50", january) == "-/1 = " + seconds(338'000));
  CHECK(said(folds, "T15.retractions.age.p50", february) == "-/1 = " + seconds(3'440'000));
  CHECK(said(folds, "T15.lag.p95") == "-/16 = " + seconds(3600));  // as they were recorded: the replacement says an hour earlier
  CHECK(said(folds, "T15.missing") == "0/- = 0");                     // a retracted event has its version

  SECTION("once its bytes are gone, a change is counted, and not for how long what it changed had stood") {
    std::vector<Fact> left(log.facts().begin(), log.facts().end());
    std::erase_if(left, [](const Fact& fact) { return fact.event.stream == stream(1) && fact.event.version == 2; });
    const Folds without = folded(left);
    CHECK(said(without, "T15.corrections") == "2/- = 2");
    CHECK(said(without, "T15.corrections.age.p50") == "-/1 = " + seconds(1'720'000));
    CHECK(said(without, "T15.missing") == "1/- = 1");
  }
}

TEST_CASE("versions that have no event are found wherever they are lacking, and by stream") {
  Told log;
  for (unsigned i = 1; i <= 3; ++i) {
    log.tell("case " + std::to_string(i) + " CaseOpened", "@0h", opening);
    for (int more = 0; more < 5; ++more) log.tell("case " + std::to_string(i) + " CaseAssigned", "@40d", assigned);
  }
  const auto without = [&](unsigned number, std::initializer_list<Version> versions) {
    std::vector<Fact> left(log.facts().begin(), log.facts().end());
    std::erase_if(left, [&](const Fact& fact) { return fact.event.stream == stream(number) && std::ranges::find(versions, fact.event.version) != versions.end(); });
    return fold_of(recording(), left);
  };
  CHECK(said(without(1, {}), "T15.missing") == "0/- = 0");
  CHECK(said(without(1, {1}), "T15.missing") == "1/- = 1");
  CHECK(said(without(1, {6}), "T15.missing") == "0/- = 0");  // nothing is behind it that would tell
  const Folds folds = without(2, {1, 3, 4});
  CHECK(said(folds, "T15.missing") == "3/- = 3");
  CHECK(said(folds, "T15.missing", by_then("@90d", {"kind"}), "case") == "case: 3/- = 3");
  CHECK(said(folds, "T15.missing", january) == "3/- = 3");  // whenever it was
  auto missing = missing_versions(folds.cells(recording()));
  std::ranges::sort(missing, {}, &MissingVersions::first);
  REQUIRE(missing.size() == 2);
  CHECK(missing[0].stream == stream(2));
  CHECK((missing[0].first == 1 && missing[0].count == 1));
  CHECK((missing[1].first == 3 && missing[1].count == 2));
}

TEST_CASE("a stream that goes on for years keeps a few bytes for each month, and each event of a month that is late alike costs none") {
  Told log;
  log.tell("case 1 CaseOpened", "@0h", opening);
  const auto size = [&] {
    std::string state;
    for (const Fact& fact : log.facts()) recording().step(state, fact);
    return state.size();
  };
  for (int i = 0; i < 500; ++i) log.tell("case 1 CaseAssigned", "@" + std::to_string(i) + "m", assigned);
  CHECK(size() <= 10);
  for (int i = 0; i < 500; ++i) log.tell("case 1 CaseAssigned", "@1000m", assigned, {.recorded = "@" + std::to_string(1000 + i % 10) + "m"});
  CHECK(size() <= 60);
  for (int on = 31; on < 31 + 24 * 30; on += 30) log.tell("case 1 CaseAssigned", "@" + std::to_string(on) + "d", assigned);
  CHECK(size() <= 60 + 24 * 6);
}
