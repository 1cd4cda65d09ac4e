// What streams tell each other while parts of the log are folded apart: nothing is lost, and the number of parts changes nothing.
#include "projections/post.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "projections/reports/prefix.h"
#include "projections/runner.h"
#include "tests/support/ledgers.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace samples;

namespace {

Folds folded_in_any_parts(TestLedger& ledger) {
  const std::uint64_t size = ledger->head().size;
  auto whole = reports::fold(reports::events_of(ledger->log()), size);
  REQUIRE(whole);
  for (const unsigned threads : {1u, 2u, 3u, 5u}) {
    const auto rebuilt = rebuild(ledger->log(), size, threads);
    REQUIRE(rebuilt);
    CHECK(*rebuilt->digests() == *whole->digests());
  }
  return std::move(*whole);
}

StreamId stream_in(unsigned part, unsigned parts) {
  for (;;)
    if (const StreamId stream = new_stream(); Streams::part_of(stream, parts) == part) return stream;
}

Folds::Told told(const StreamId& to, unsigned n) { return {to, 0, {}, std::to_string(n)}; }

}  // namespace

TEST_CASE("what parts send each other comes to the part it is for, in the order in which each sent it", "[post]") {
  constexpr unsigned parts = 3, rounds = 2'000;
  Post post(parts);
  std::vector<std::vector<StreamId>> streams(parts);  // of each sender, the streams that it tells
  for (unsigned from = 0; from < parts; ++from)
    for (unsigned to = 0; to < parts; ++to) streams[from].push_back(stream_in(to, parts));
  std::vector<std::vector<Folds::Told>> came(parts);
  std::vector<std::thread> threads;
  for (unsigned part = 0; part < parts; ++part)
    threads.emplace_back([&, part] {
      const auto keep = [&](std::vector<Folds::Told> some) { std::ranges::move(some, std::back_inserter(came[part])); };
      for (unsigned n = 0; n < rounds; ++n) {
        std::vector<Folds::Told> sent;
        for (unsigned to = 0; to < parts; ++to)
          if (to != part) sent.push_back(told(streams[part][to], n));
        keep(post.exchange(part, std::move(sent)));
      }
      for (auto rest = post.finish(part, {}); !rest.empty(); rest = post.finish(part, {})) keep(std::move(rest));
    });
  for (auto& thread : threads) thread.join();
  for (unsigned part = 0; part < parts; ++part) {
    CHECK(came[part].size() == (parts - 1) * rounds);
    std::map<StreamId, unsigned> next;
    bool in_order = true;
    for (const Folds::Told& each : came[part]) in_order = in_order && Streams::part_of(each.to, parts) == part && each.more == std::to_string(next[each.to]++);
    CHECK(in_order);
  }
}

TEST_CASE("a part that is far ahead waits for one that reads, and for what one that has finished or given up still takes", "[post]") {
  Post post(2);
  const StreamId other = stream_in(1, 2);
  const auto many = [&] { return std::vector(70'000, told(other, 1)); };
  std::atomic<unsigned> sent = 0;
  std::thread ahead([&] {
    for (; sent < 3; ++sent) post.exchange(0, many());
    CHECK(post.finish(0, {}).empty());
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(sent == 0);
  std::size_t came = post.exchange(1, {}).size();
  CHECK(came >= 70'000);
  for (auto rest = post.finish(1, {}); !rest.empty(); rest = post.finish(1, {})) came += rest.size();
  ahead.join();
  CHECK(sent == 3);
  CHECK(came == 210'000);
}

TEST_CASE("parts that have read all go on until what each heard makes none tell more", "[post]") {
  constexpr unsigned parts = 3, hops = 1'000;
  Post post(parts);
  std::vector<StreamId> streams;
  for (unsigned part = 0; part < parts; ++part) streams.push_back(stream_in(part, parts));
  std::array<std::atomic<unsigned>, parts> heard{};
  std::vector<std::thread> threads;
  for (unsigned part = 0; part < parts; ++part)
    threads.emplace_back([&, part] {
      std::vector<Folds::Told> sent;
      if (part == 0) sent.push_back(told(streams[1], hops));
      for (auto came = post.finish(part, std::move(sent)); !came.empty(); came = post.finish(part, std::move(sent))) {
        sent.clear();
        for (const Folds::Told& each : came) {
          ++heard[part];
          if (const int left = std::stoi(*each.more); left > 1) sent.push_back(told(streams[(part + 1) % parts], static_cast<unsigned>(left) - 1));
        }
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(heard[0] + heard[1] + heard[2] == hops);
}

TEST_CASE("a log whose referrals tell their reports folds to the same in any number of parts", "[post]") {
  TestLedger ledger;
  const Signer desk = ledger.enrol({"case_system", "analyst"});
  for (int batch = 0; batch < 20; ++batch) {
    std::vector<Buffer> events;
    for (int i = 0; i < 10; ++i) {
      const StreamId report = new_stream(), referral = new_stream();
      events.push_back(event("IntakeReportReceived", "report", report, 1,
                             R"({"kind":"sighting","channel":"hotline","reporter_class":"public","received_at":"2024-03-05T14:00:00Z"})"));
      events.push_back(event("ReferralMade", "referral", referral, 1,
                             R"({"item_ref":{"stream":")" + to_string(report) +
                                 R"(","version":1},"recipient_org":"org-9","recipient_class":"icac","country":"US","designation":"referral","purpose":"investigation",)"
                                 R"("legal_basis":"18-usc-2258a","consent":"not_required","priority":"P1"})"));
      if (i % 3 > 0) events.push_back(event("ReferralDelivered", "referral", referral, 2, R"({"channel":"portal","delivered_at":"2024-03-05T15:00:00Z"})"));
      if (i % 3 > 1) events.push_back(event("ReferralResponded", "referral", referral, 3, R"({"response":"accepted","responded_at":"2024-03-05T16:00:00Z"})"));
    }
    ledger.record(desk, events);
  }
  const Folds whole = folded_in_any_parts(ledger);
  const auto figures = whole.figures({.as_of = ledger->head().recorded_at, .period = {}, .by = {}}, std::vector<std::string>{"T2.delivered.p50", "T2.accepted.p50"});
  REQUIRE(figures.size() == 2);
  CHECK(figures[0].numerator == 120);
  CHECK(figures[0].denominator == 200);
  CHECK(figures[1].numerator == 60);
}

TEST_CASE("a log of searches, half of them in two readers' logs, folds to the same in any number of parts", "[post]") {
  TestLedger ledger;
  const Signer desk = ledger.enrol({"case_system"}), analyst = ledger.enrol({"analyst"});
  std::vector<StreamId> cases, logs{new_stream(), new_stream()};
  for (int i = 0; i < 20; ++i) {
    cases.push_back(new_stream());
    ledger.record(desk, {case_opened(cases.back())});
  }
  for (Version i = 0; i < 200; ++i)
    for (unsigned log : {0u, 1u}) {
      auto search = searched(logs[log], i + 1, "s-" + std::to_string(i % 2 == 0 ? i : i + log * 1'000), cases[i % cases.size()]);
      ledger.record(log == 0 ? desk : analyst, {std::move(search.event)}, std::move(search.openings));
    }
  const Folds whole = folded_in_any_parts(ledger);
  const auto figures = whole.figures({.as_of = ledger->head().recorded_at, .period = {}, .by = {}}, std::vector<std::string>{"T7.searches", "T7.repeated", "T7.outside"});
  REQUIRE(figures.size() == 3);
  CHECK(figures[0].numerator == 300);
  CHECK(figures[1].denominator == 300);
  CHECK(figures[2].numerator == 100);
}
