// Streams over HTTP: times, long ones, and those that are being written to.
#include <algorithm>
#include <thread>

#include "tests/support/service.h"

using namespace caseledger;
using namespace samples;

namespace {

std::string path_of(const StreamId& stream) { return "/v1/streams/" + to_string(stream); }

}  // namespace

TEST_CASE("a time means the largest log whose last entry is not later") {
  std::atomic<Micros> now = 1'700'000'000'000'000;
  const Service service({}, {.clock = {[&] { return now.load(); }, [&] { return now.load(); }}});
  const Signer author = service.ledger.enrol({"case_system"});
  Envelope early;
  early.occurred_at = "2023-11-01T00:00:00Z";
  const StreamId file = new_stream();
  Buffer opened = event("CaseOpened", "case", file, 1,
                        R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2023-11-01T00:00:00Z"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})", early);
  now += 1'000'000;
  service.ledger.record(author, {opened});
  now += 1'000'000;
  service.ledger.record(author, {case_assigned(file, 2, early)});
  service.ledger.record(author, {case_assigned(file, 3, early)});  // at the same time
  const auto version_at = [&](Micros at) { return service.read(path_of(file) + "?as_of=" + to_rfc3339(at)).at("version").as_int64(); };
  CHECK(service.problem(path_of(file) + "?as_of=" + to_rfc3339(now - 1'000'001)) == "not_found");
  CHECK(version_at(now - 1'000'000) == 1);
  CHECK(version_at(now - 1) == 1);
  CHECK(version_at(now) == 3);
  CHECK(version_at(now + 1) == 3);
}

TEST_CASE("events are told by when they were recorded") {
  std::atomic<Micros> now = 1'700'000'000'000'000;
  const Service service({}, {.clock = {[&] { return now.load(); }, [&] { return now.load(); }}});
  const Signer author = service.ledger.enrol({"case_system"});
  Envelope early;
  early.occurred_at = "2023-11-01T00:00:00Z";
  std::vector<std::uint64_t> at;
  for (int i = 0; i < 4; ++i) {
    now += 1'000'000;
    at.push_back(service.ledger.record(author, {event("CaseOpened", "case", new_stream(), 1,
                                                      R"({"case_type":"ERU","clocks":[{"clock":"reported_us","at":"2023-11-01T00:00:00Z"}],"missing_from":{"state":"US-TX"},"state_care":false,"episode_no":1})", early)})
                     .first_position.value);
  }
  const auto told = [&](const std::string& query) {
    std::vector<std::uint64_t> positions;
    const auto page = service.read("/v1/events?" + query);
    CHECK(page.at("caught_up").as_bool());
    for (const auto& each : page.at("events").as_array()) positions.push_back(each.at("position").to_number<std::uint64_t>());
    return positions;
  };
  const auto time = [&](int ago, Micros more = 0) { return to_rfc3339(now - 1'000'000 * ago + more); };
  using Positions = std::vector<std::uint64_t>;
  CHECK(told("since=" + time(1)) == Positions{at[2], at[3]});
  CHECK(told("since=" + time(1, 1)) == Positions{at[3]});
  CHECK(told("since=" + time(2) + "&until=" + time(1)) == Positions{at[1]});
  CHECK(told("since=" + time(2) + "&until=" + time(1, 1)) == Positions{at[1], at[2]});
  CHECK(told("since=" + time(2) + "&until=" + time(2)).empty());
  CHECK(told("until=" + time(10)).empty());
  CHECK(told("since=" + time(-1)).empty());
  CHECK(told("from=" + std::to_string(at[2]) + "&since=" + time(3)) == Positions{at[2], at[3]});
  CHECK(service.problem("/v1/events?since=yesterday") == "malformed");
}

TEST_CASE("a long stream is told in pages that start anywhere") {
  const Service service({.stream_events_max = 300});
  const Signer author = service.ledger.enrol({"case_system"});
  const StreamId file = new_stream();
  service.ledger.record(author, {case_opened(file)});
  for (Version version = 2; version <= 300;) {
    std::vector<Buffer> batch;
    for (int i = 0; i < 23 && version <= 300; ++i) batch.push_back(case_assigned(file, version++));
    service.ledger.record(author, batch);
  }
  const auto versions = [&](const std::string& query) {
    std::vector<std::int64_t> all;
    const auto page = service.read(path_of(file) + "/events?" + query);
    for (const auto& each : page.at("events").as_array()) all.push_back(each.at("event").at("version").as_int64());
    return all;
  };
  for (const auto& [from, limit] : {std::pair(1, 1), {1, 300}, {63, 3}, {100, 7}, {299, 9}, {300, 1}}) {
    const auto page = versions("from=" + std::to_string(from) + "&limit=" + std::to_string(limit));
    INFO(from << ' ' << limit);
    REQUIRE(page.size() == static_cast<std::size_t>(std::min(limit, 301 - from)));
    for (std::size_t i = 0; i < page.size(); ++i) CHECK(page[i] == from + static_cast<int>(i));
  }
  CHECK(versions("from=301").empty());
  CHECK(versions("from=4294967295&limit=1000").empty());
  CHECK(versions("from=1&limit=1000&as_of=entries:4").size() == 24);
  CHECK(service.read(path_of(file) + "/events?from=290&limit=11").at("caught_up").as_bool());
  CHECK_FALSE(service.read(path_of(file) + "/events?from=289&limit=11").at("caught_up").as_bool());
  CHECK(service.problem(path_of(file) + "/events?from=0") == "value_out_of_range");
  CHECK(service.problem(path_of(file) + "/events?as_of=entries:2") == "not_found");
  CHECK(service.problem(path_of(new_stream()) + "/events") == "not_found");

  CHECK(service.read(path_of(file)).at("version") == boost::json::value(300));
  service.ledger.record(author, {case_assigned(file, 301)});
  CHECK(service.ask(path_of(file)).status == 413);
}

TEST_CASE("a stream that is being written to is told as published, never as under way") {
  const Service service;
  const Signer author = service.ledger.enrol({"case_system"});
  const StreamId file = new_stream();
  service.ledger.record(author, {case_opened(file)});
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (Version version = 2; version <= 120; ++version) {
      // A batch that is taken back after its first event was placed, one of another stream in its place, and one that stays.
      Submission batches[] = {service.ledger.sign(author, {case_assigned(file, version), case_assigned(file, version + 7)}), service.ledger.sign(author, {alert_raised(new_stream())}),
                              service.ledger.sign(author, {case_assigned(file, version)})};
      for (Submission& batch : batches)
        while (!service.ledger->submit({1, version}, batch)) {}
      while (service.ledger->head().next.value < 3u + 2 * (version - 1)) std::this_thread::yield();
    }
    done = true;
  });
  std::int64_t seen = 1;
  bool sound = true;
  while (!done) {
    const auto response = service.routes.handle({"GET", path_of(file), "", {}, "", true});
    const auto body = api::parse_json(response.body);
    const std::int64_t version = response.status == 200 && body ? body->at("version").as_int64() : -1;
    sound = sound && version >= seen && body->at("stream").as_string() == to_string(file);
    seen = version;
  }
  writer.join();
  CHECK(sound);
  CHECK(seen > 1);
}
