// A Session talked to by hand: no sockets, a clock that is set, and a TestLedger behind it.
#pragma once

#include <catch2/catch.hpp>
#include <condition_variable>

#include "api/session.h"
#include "ledger/core/receipt.h"
#include "ledger/unseal.h"
#include "tests/support/ledgers.h"

namespace samples {

using namespace caseledger::api;

class Dialogue {
 public:
  static constexpr std::string_view authority = "ledger.example.org:443";
  Micros now = 1'000'000'000;
  SessionHouse house;

  explicit Dialogue(TestLedger& ledger, SessionConfig config = {}, Channel channel = {.loopback = true, .exporter = {}}, bool tls_proxy = false)
      : house{ledger.origin(), authorities_, tls_proxy, {log_, feeds_, messages_}, [this](std::span<std::uint8_t> bytes) { std::ranges::fill(bytes, ++random_); },
              [this](const rules::Enrolment&, const projections::Fact& fact) -> Result<bool> { return may_read(fact.event); }, config,
              [this](const rules::Enrolment& reader, Position viewed, const MayRead& may) {
                const auto one = [&](const EventView& event, Position position, const PublicKey& author) { return may({event, position, {}, 0, author}); };
                return unseal(*ledger_, {reader, viewed, system_clock().wall() + later, one});
              }},
        ledger_(ledger),
        log_(*ledger, {.slice_events = 8, .slice_bytes = 4096, .slices_kept = 3}) {
    ledger_.forward([this](Outcome outcome) {
      const std::lock_guard lock(mutex_);
      outcomes_.push_back(std::move(outcome));
      arrived_.notify_all();
    });
    session_.emplace(house, 1, std::move(channel), now);
  }
  ~Dialogue() { ledger_.forward({}); }

  Session& operator*() { return *session_; }
  Session* operator->() { return &*session_; }

  Micros later = 0;  // how long after its recording a RecordViewed is used
  std::function<bool(const EventView&)> may_read = [](const EventView&) { return true; };

  // ── what the server says ──

  // Kept with its bytes: what was read points into them.
  template <class Frame>
  const Frame& expect() {
    auto bytes = next();
    INFO((session_->closed() ? session_->closed()->reason : "open"));
    REQUIRE(bytes);
    kept_.push_back(std::move(*bytes));
    auto frame = frames::read_from_server(kept_.back());
    REQUIRE(frame);
    frames_.push_back(std::move(*frame));
    REQUIRE(std::holds_alternative<Frame>(frames_.back()));
    return std::get<Frame>(frames_.back());
  }
  // As a connection asks: again as long as there is log left to look at.
  std::optional<Buffer> next() {
    auto message = session_->next_message(now);
    while (!message && session_->has_more()) message = session_->next_message(now);
    if (!message) return std::nullopt;
    return message->frame();
  }
  bool silent() { return !next() && !session_->closed(); }
  Close closed() {
    CHECK_FALSE(next());
    REQUIRE(session_->closed());
    return *session_->closed();
  }

  // ── what the client says ──

  frames::Identify identify(const Signer& author, const frames::Challenge& challenge, std::string exporter = "-", std::string dialled = std::string(authority)) const {
    frames::Identify identify{author.vkey().key, {7}, std::move(dialled), {}};
    identify.signature = author.sign(bytes_of(session_text(challenge.origin, identify.authority, challenge.nonce, identify.nonce, exporter)));
    return identify;
  }
  template <class Frame>
  void say(const Frame& frame) { session_->received(frames::write(frame)); }
  void append(const std::vector<frames::Outgoing>& items) { session_->received(frames::write_append(items)); }

  const frames::Welcome& open(const Signer& author) {
    say(identify(author, expect<frames::Challenge>()));
    return expect<frames::Welcome>();
  }

  // ── what the ledger does ──

  // Hands over what the session took in and gives it all outcomes. `hold`: an outcome at a time, in hand().
  void settle() {
    submit();
    while (!waiting_.empty()) hand();
  }
  void submit() {
    for (auto& each : session_->take_submissions()) {
      if (auto taken = ledger_->submit({1, each.request}, each.submission); taken) waiting_.insert(each.request);
      else session_->refused(each.request, {taken.error(), {}});
    }
  }
  void hand() {
    std::unique_lock lock(mutex_);
    REQUIRE(arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return !outcomes_.empty(); }));
    Outcome outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    lock.unlock();
    const auto checkpoint = std::make_shared<const std::string>(outcome.checkpoint);
    for (auto& each : outcome.recorded) {
      waiting_.erase(each.ticket.request);
      session_->recorded(checkpoint, std::move(each));
    }
    for (auto& each : outcome.refused) {
      waiting_.erase(each.ticket.request);
      session_->refused(each.ticket.request, each.rejection);
    }
    refresh();
  }
  void refresh() {
    log_.refresh();
    while (feeds_.look()) continue;
  }
  void tick() {
    now += std::chrono::duration_cast<std::chrono::microseconds>(house.config.head_interval).count();
    session_->tick(now);
  }

 private:
  TestLedger& ledger_;
  std::vector<std::string> authorities_{std::string(authority), "other.example.org"};
  LogReader log_;
  Feeds feeds_{log_};
  Messages messages_;
  std::optional<Session> session_;
  std::uint8_t random_ = 0;
  std::deque<Buffer> kept_;
  std::deque<frames::FromServer> frames_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Outcome> outcomes_;
  std::set<std::uint64_t> waiting_;
};

// The receipt that a result and its batch make, verified.
inline Receipt receipt_of(const frames::Appended& appended, const frames::Appended::Result& result, const Submission& submission, const Vkey& log) {
  const auto parts = parse_batch(submission.batch);
  REQUIRE(parts);
  Hashes leaves;
  for (const Bytes event : parts->events) leaves.push_back(leaf_hash(event));
  const Entry entry{static_cast<std::uint32_t>(leaves.size()), result.first_position, result.recorded_at, parts->author, tree_head(leaves), parts->signature};
  Receipt receipt{entry, {}, result.entry_index, Hashes(result.own.begin(), result.own.end()), std::string(appended.checkpoint)};
  receipt.path.insert(receipt.path.end(), appended.shared.begin(), appended.shared.end());
  Policy policy;
  policy.logs.push_back(log);
  const auto verdict = verify_receipt(receipt, policy);
  INFO((verdict ? "" : verdict.error().sentence));
  REQUIRE(verdict);
  return receipt;
}

}  // namespace samples
