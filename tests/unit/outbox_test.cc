// What a client keeps until it is answered, and what it believes.
#include <catch2/catch.hpp>

#include "api/outbox.h"
#include "api/url.h"
#include "tests/support/ledgers.h"

using namespace samples;
using namespace caseledger::api;

namespace {

constexpr frames::Limits limits{1u << 20, 1u << 20, 1024, 100, 100, 16};

// Requests of the next frame; none when nothing goes out.
std::vector<std::uint64_t> sent(Outbox& outbox, frames::Limits within = limits, Micros now = 0) {
  const auto frame = outbox.next_frame(within, now);
  if (!frame) return {};
  const auto read = frames::read_from_client(*frame);
  REQUIRE(read);
  std::vector<std::uint64_t> requests;
  for (const auto& item : std::get<frames::Append>(*read).items) requests.push_back(item.request);
  return requests;
}

using Requests = std::vector<std::uint64_t>;

class Author {
 public:
  TestLedger ledger;
  Signer key = ledger.enrol({"case_system"});
  KnownLog known{ledger.log_vkey(), {}, {}};
  std::map<std::uint64_t, Outbox::Answer> answers;

  Submission sign(const std::vector<Buffer>& events) { return ledger.sign(key, events); }
  void hand_in(Outbox& outbox, std::uint64_t request, const Submission& submission) {
    auto prepared = prepare(submission, true);
    REQUIRE(prepared);
    outbox.add(request, std::move(*prepared), [this, request](Outbox::Answer answer) { CHECK(answers.emplace(request, std::move(answer)).second); });
  }
  // What the ledger itself says of it.
  Recorded record(const Submission& submission, std::uint64_t request) {
    Recorded recorded = std::move(ledger.submit(submission)).value();
    recorded.ticket.request = request;
    return recorded;
  }
  Result<void> tell(Outbox& outbox, const std::vector<Recorded>& recorded) {
    const Buffer bytes = frames::write_appended(ledger->head().checkpoint, recorded);
    return outbox.appended(std::get<frames::Appended>(*frames::read_from_server(bytes)), known);
  }
};

frames::Rejected refusal(std::uint64_t request, std::string code, std::uint32_t retry_after_ms = 0) { return {request, std::move(code), "no", {}, retry_after_ms}; }

}  // namespace

TEST_CASE("a batch goes out within the limits of the server") {
  Author author;
  Outbox outbox;
  for (std::uint64_t request = 1; request <= 10; ++request) author.hand_in(outbox, request, author.sign({case_opened(new_stream())}));
  auto within = limits;
  within.appends_per_frame = 3;
  within.appends_in_flight = 5;
  CHECK(sent(outbox, within) == Requests{1, 2, 3});
  CHECK(sent(outbox, within) == Requests{4, 5});
  CHECK(sent(outbox, within).empty());
  CHECK(outbox.in_flight() == 5);
  CHECK(outbox.rejected(refusal(2, "not_permitted"), 0));
  CHECK(sent(outbox, within) == Requests{6});
  outbox.connection_lost();
  within.frame_bytes = 3000;
  const auto again = sent(outbox, within);
  CHECK(again.size() >= 2);
  CHECK(again.size() < 9);
  CHECK(again.front() == 1);
}

TEST_CASE("a batch that fits into no frame is refused without being sent") {
  Author author;
  Outbox outbox;
  author.hand_in(outbox, 1, author.sign({case_opened(new_stream())}));
  author.hand_in(outbox, 2, author.sign({case_opened(new_stream())}));
  auto within = limits;
  within.frame_bytes = 1000;
  CHECK(sent(outbox, within).empty());
  CHECK(author.answers.at(1).error().code == "too_large");
  CHECK(author.answers.at(2).error().code == "too_large");
  CHECK(outbox.empty());
}

TEST_CASE("what continues or refers to a stream waits for its answer; what does not, does not") {
  Author author;
  Outbox outbox;
  const auto one = new_stream(), two = new_stream();
  const Submission first = author.sign({case_opened(one)});
  author.hand_in(outbox, 1, first);
  author.hand_in(outbox, 2, author.sign({case_assigned(one, 2)}));
  author.hand_in(outbox, 3, author.sign({case_opened(two)}));
  author.hand_in(outbox, 4, author.sign({case_assigned(one, 3), case_assigned(two, 2)}));
  author.hand_in(outbox, 5, author.sign({case_opened(new_stream(), {.causes = R"([{"stream":")" + to_string(two) + R"(","version":1}])"})}));
  CHECK(sent(outbox) == Requests{1, 3});
  CHECK(outbox.rejected(refusal(3, "not_permitted"), 0));  // answered is answered
  CHECK(sent(outbox).empty());
  REQUIRE(author.tell(outbox, {author.record(first, 1)}));
  CHECK(sent(outbox) == Requests{2});
  CHECK(outbox.rejected(refusal(2, "version_conflict"), 0));
  CHECK(sent(outbox) == Requests{4});
  CHECK(outbox.rejected(refusal(4, "version_conflict"), 0));
  CHECK(sent(outbox) == Requests{5});
}

TEST_CASE("overloaded is no answer: the batch goes out again, later") {
  Author author;
  Outbox outbox;
  author.hand_in(outbox, 1, author.sign({case_opened(new_stream())}));
  author.hand_in(outbox, 2, author.sign({case_opened(new_stream())}));
  CHECK(sent(outbox, limits, 1000) == Requests{1, 2});
  CHECK(outbox.rejected(refusal(1, "overloaded", 5), 1000));
  CHECK(author.answers.empty());
  CHECK(sent(outbox, limits, 5999).empty());
  CHECK(outbox.paused_until(5999) == 6000);
  CHECK(sent(outbox, limits, 6000) == Requests{1});
  CHECK(outbox.rejected(refusal(2, "draining", 5), 7000));
  outbox.connection_lost();
  CHECK(sent(outbox, limits, 7000) == Requests{1, 2});
}

TEST_CASE("a receipt is handed out once it verifies; an answer that does not is an alarm") {
  Author author;
  Outbox outbox;
  for (int i = 0; i < 9; ++i) author.ledger.record(author.key, {case_opened(new_stream())});
  const Submission batch = author.sign({case_opened(new_stream())});
  author.hand_in(outbox, 1, batch);
  const Recorded recorded = author.record(batch, 1);
  CHECK(sent(outbox) == Requests{1});
  auto false_one = recorded;

  SECTION("true") {
    CHECK(author.tell(outbox, {recorded}));
    const auto& receipt = author.answers.at(1);
    REQUIRE(receipt);
    Policy policy;
    policy.logs.push_back(author.ledger.log_vkey());
    CHECK(verify_receipt(*receipt, policy));
    CHECK(author.known.latest()->size == author.ledger->head().size);
    CHECK_FALSE(author.tell(outbox, {recorded}));  // not asked for any more
    return;
  }
  SECTION("another position") { false_one.first_position = false_one.first_position + 1; }
  SECTION("another time") { ++false_one.recorded_at; }
  SECTION("another index") { false_one.index = {0}; }
  SECTION("another path") { false_one.path[0].bytes[0] ^= 1; }
  SECTION("a shorter path") { false_one.path.pop_back(); }
  SECTION("another request") { false_one.ticket.request = 2; }
  SECTION("another log's checkpoint") { author.known = KnownLog(Signer::generate(author.ledger.origin()).vkey(), {}, {}); }
  SECTION("a log that has forked") { author.known = KnownLog(author.ledger.log_vkey(), Checkpoint{author.ledger.origin(), author.ledger->head().size, {}}, {}); }
  CHECK_FALSE(author.tell(outbox, {false_one}));
  CHECK(author.answers.empty());
  outbox.give_up({Errc::io, "gone"});
  CHECK(author.answers.at(1).error().code == "io");
  CHECK(outbox.empty());
}

TEST_CASE("addresses of servers") {
  const auto parts = [](std::string_view text) {
    const auto url = parse_url(text);
    return url ? std::string(url->tls ? "tls " : "") + url->host + ' ' + url->port + ' ' + url->authority + ' ' + url->path : std::string(name(url.error().code));
  };
  CHECK(parts("ws://127.0.0.1:8420") == "127.0.0.1 8420 127.0.0.1:8420 ");
  CHECK(parts("http://ledger.example.org/a?b=c") == "ledger.example.org 80 ledger.example.org /a?b=c");
  CHECK(parts("wss://ledger.example.org") == "tls ledger.example.org 443 ledger.example.org ");
  CHECK(parts("https://[::1]:8420/") == "tls ::1 8420 [::1]:8420 /");
  CHECK(parts("https://[::1]") == "tls ::1 443 [::1] ");
  for (const char* bad : {"", "127.0.0.1:8420", "ftp://a", "ws://", "ws://:80", "ws://a:", "ws://a:0", "ws://a:65536", "ws://a:8x", "ws://[::1", "ws://[::1]x",
                          "ws://user@a", "ws://a/b c", "ws://a#b"})
    CHECK(parts(bad) == "usage");
}
