// What becomes of what a session appends: answers that prove, refusals, limits and draining.
#include "tests/support/dialogue.h"

using namespace samples;

TEST_CASE("appends under one checkpoint are answered by one frame whose proofs make receipts") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  for (int i = 0; i < 20; ++i) ledger.record(author, {case_opened(new_stream())});
  Dialogue talk(ledger);
  talk.open(author);
  std::vector<Submission> submissions;
  for (int i = 0; i < 9; ++i) {
    const auto stream = new_stream();
    submissions.push_back(ledger.sign(author, {case_opened(stream), case_assigned(stream, 2)}));
  }
  std::vector<frames::Outgoing> items;
  for (std::size_t i = 0; i < submissions.size(); ++i) items.push_back({100 + i, submissions[i]});
  talk.append(items);
  CHECK(talk->in_flight() == 9);
  talk.settle();
  CHECK(talk->in_flight() == 9);  // until the answers go out
  CHECK(talk->queued_bytes() > 0);

  std::set<std::uint64_t> answered;
  std::size_t own = 0;
  while (answered.size() < 9) {
    const auto& appended = talk.expect<frames::Appended>();
    for (const auto& result : appended.results) {
      receipt_of(appended, result, submissions[result.request - 100], ledger.log_vkey());
      answered.insert(result.request);
      own += result.own.size();
    }
    // `shared` is the longest: no result's own ends like all the others'.
    if (appended.results.size() > 1) {
      const auto& first = appended.results[0].own;
      CHECK_FALSE((!first.empty() && std::ranges::all_of(appended.results, [&](const auto& each) { return !each.own.empty() && each.own.back() == first.back(); })));
    }
  }
  CHECK(own < 9 * 5);
  CHECK(talk.silent());
  CHECK(talk->in_flight() == 0);
  CHECK(talk->queued_bytes() == 0);
}

TEST_CASE("what queues while the peer does not read goes out by checkpoint, each once") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const auto stream = new_stream();
  const Submission first = ledger.sign(author, {case_opened(stream)}), second = ledger.sign(author, {case_assigned(stream, 2)});
  talk.append({{1, first}});
  talk.settle();
  talk.append({{2, second}});
  talk.settle();
  const auto& one = talk.expect<frames::Appended>();
  REQUIRE(one.results.size() == 1);
  CHECK(one.results[0].own.empty());  // alone, it shares everything with itself
  receipt_of(one, one.results[0], first, ledger.log_vkey());
  const auto& two = talk.expect<frames::Appended>();
  CHECK(two.checkpoint != one.checkpoint);
  receipt_of(two, two.results[0], second, ledger.log_vkey());
  CHECK(talk.silent());
}

TEST_CASE("a batch resent after its answer was lost is answered as it was") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  Dialogue talk(ledger);
  talk.open(author);
  talk.append({{1, batch}});
  talk.settle();
  const auto& first = talk.expect<frames::Appended>();
  const Receipt before = receipt_of(first, first.results.at(0), batch, ledger.log_vkey());
  ledger.record(author, {case_opened(new_stream())});
  talk.append({{2, batch}});
  talk.settle();
  const auto& second = talk.expect<frames::Appended>();
  const Receipt after = receipt_of(second, second.results.at(0), batch, ledger.log_vkey());
  CHECK(after.entry == before.entry);
  CHECK(after.index == before.index);
  CHECK(after.checkpoint != before.checkpoint);
}

TEST_CASE("each refusal is typed and names its events") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"}), other = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const auto stream = new_stream();
  ledger.record(author, {case_opened(stream)});
  talk.refresh();

  const Submission not_mine = ledger.sign(other, {case_opened(new_stream())});
  const Submission stale = ledger.sign(author, {case_opened(new_stream()), case_assigned(stream, 4), case_assigned(new_stream(), 1)});
  const Submission garbage{Buffer(40, 1), {}};
  Submission forged = ledger.sign(author, {case_opened(new_stream())});
  forged.batch[forged.batch.size() - 3] ^= 1;
  const Submission large{Buffer(batch_bytes_max + 1, 0), {}};
  talk.append({{1, not_mine}, {2, stale}, {3, garbage}, {4, forged}, {5, large}});
  talk.settle();

  std::map<std::uint64_t, frames::Rejected> rejected;
  for (int i = 0; i < 5; ++i) {
    const auto& each = talk.expect<frames::Rejected>();
    rejected[each.request] = each;
  }
  CHECK(rejected[1].code == "not_permitted");
  CHECK(rejected[2].code == "version_conflict");
  REQUIRE(rejected[2].events.size() == 2);
  CHECK(rejected[2].events[0].event == 1);
  CHECK(rejected[2].events[0].current == 1);
  CHECK(rejected[2].events[1].event == 2);
  CHECK(rejected[2].events[1].code == "illegal_transition");
  CHECK(rejected[3].code == "malformed");
  CHECK((rejected[4].code == "bad_signature" || rejected[4].code == "malformed"));
  CHECK(rejected[5].code == "too_large");
  CHECK(talk.silent());
  CHECK(talk->in_flight() == 0);
}

TEST_CASE("appends in flight: the greatest number is taken, one more is told to wait") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger, {.appends_per_frame_max = 4, .appends_in_flight_max = 3, .overloaded_retry_ms = 77});
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  talk.append({{1, batch}, {2, batch}, {3, batch}, {4, batch}});
  CHECK(talk->in_flight() == 3);
  const auto& rejected = talk.expect<frames::Rejected>();
  CHECK(rejected.request == 4);
  CHECK(rejected.code == "overloaded");
  CHECK(rejected.retry_after_ms == 77);
  CHECK(talk.silent());
  talk.settle();
  while (talk->in_flight() > 0) talk.expect<frames::Appended>();
  talk.append({{4, batch}});
  talk.settle();
  CHECK(talk.expect<frames::Appended>().results.at(0).request == 4);

  talk.append({{5, batch}, {6, batch}, {7, batch}, {8, batch}, {9, batch}});
  CHECK(talk.closed().code == CloseCode::protocol);  // more than a frame holds
}

TEST_CASE("bytes in flight are limited too") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  Dialogue talk(ledger, {.append_bytes_in_flight_max = 2 * batch.batch.size()});
  talk.open(author);
  talk.append({{1, batch}, {2, batch}, {3, batch}});
  CHECK(talk->in_flight() == 2);
  CHECK(talk.expect<frames::Rejected>().code == "overloaded");
}

TEST_CASE("a request that is in flight already closes with 1002") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  talk.append({{1, batch}, {1, batch}});
  CHECK(talk.closed().code == CloseCode::protocol);
}

TEST_CASE("what the ledger will not take in is refused at once, with when to come again") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  ledger->drain();
  talk.append({{1, batch}});
  talk.settle();
  CHECK(talk.expect<frames::Rejected>().code == "draining");
}

TEST_CASE("draining answers what was taken in, refuses what comes later, and closes with 1001") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())}), late = ledger.sign(author, {case_opened(new_stream())});
  talk.append({{1, batch}});
  talk->drain();
  CHECK_FALSE(talk->closed());
  talk.append({{2, late}});
  talk.settle();
  CHECK(talk.expect<frames::Appended>().results.at(0).request == 1);
  const auto& rejected = talk.expect<frames::Rejected>();
  CHECK(rejected.request == 2);
  CHECK(rejected.code == "draining");
  CHECK(talk.closed().code == CloseCode::draining);
}

TEST_CASE("a session with nothing in flight drains at once; one that never identified too, its challenge told") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  Dialogue talk(ledger);
  talk.open(author);
  talk->drain();
  CHECK(talk.closed().code == CloseCode::draining);
  Dialogue stranger(ledger);
  stranger->drain();
  stranger.expect<frames::Challenge>();
  CHECK(stranger.closed().code == CloseCode::draining);
}
