#include "api/loop.h"

#include "api/http_connection.h"
#include "api/genesis.h"
#include "ledger/unseal.h"

namespace caseledger::api {

Loop::Loop(const Shared& shared, unsigned number, unsigned loops)
    : shared_(shared),
      number_(number),
      loops_(loops),
      log_(shared.ledger),
      house_{shared.ledger.origin(), shared.authorities, shared.config.tls_proxy, {log_, feeds_, messages_}, system_random(),
             [this](const rules::Enrolment& reader, const projections::Fact& fact) { return may_read(reader, fact); },
             shared.config.session,
             [this](const rules::Enrolment& reader, Position viewed, const MayRead& may_read) {
               const auto may = [&](const EventView& event, Position position, const PublicKey& author) { return may_read({event, position, {}, 0, author}); };
               return unseal(shared_.ledger, {reader, viewed, shared_.clock.wall(), may});
             },
             shared.config.session_refused, &shared_.openings_of_key},
      authority_seen_(log_.authority_version()) {}

Loop::~Loop() { join(); }

void Loop::start() {
  asio::post(context_, [this] { tick(); });
  thread_ = std::thread([this] { run(); });
}

void Loop::run() {
  for (;;) try {
      context_.run();
      return;
    } catch (const std::exception& exception) {
      config().complain(std::string("an io thread caught: ") + exception.what());
    }
}

void Loop::join() {
  if (thread_.joinable()) thread_.join();
}

Result<bool> Loop::may_read(const rules::Enrolment& reader, const projections::Fact& fact) {
  std::uint64_t looked_up = 0;  // at most those of a slice
  return shared_.entitlement.may_read(log_.authority(), reader, fact, shared_.clock.wall(), looked_up);
}

// ── connections ──

void Loop::take(Socket socket, bool is_full) {
  ++(is_full ? turned_away_count_ : connection_count_);
  asio::post(context_, [this, is_full, taken = std::move(socket)]() mutable { begin(std::move(taken), is_full); });
}

void Loop::begin(Socket socket, bool is_full) {
  auto& count = is_full ? turned_away_count_ : connection_count_;
  if (draining_) {
    --count;
    return;
  }
  const std::uint64_t id = ++next_id_ * loops_ + number_;
  const auto connection = std::make_shared<HttpConnection>(*this, std::move(socket), id, is_full);
  connections_.emplace(id, connection);
  asio::co_spawn(context_, connection->run(), [this, id, &count](std::exception_ptr failed) {
    const auto gone = connections_.extract(id);
    --count;
    leave(id);
    if (failed) gone.mapped()->close();
    if (draining_) finish_draining();
    if (failed) std::rethrow_exception(failed);
  });
}

void Loop::enter(std::uint64_t id, Peer& peer) {
  peers_.emplace(id, Seat{&peer});
  ++session_count_;
  if (draining_) peer.session().drain();
}

void Loop::leave(std::uint64_t id) {
  session_count_ -= peers_.erase(id);
  subscribes(id, false);
}

void Loop::subscribes(std::uint64_t id, bool yes) {
  if (yes) subscribers_.insert(id);
  else subscribers_.erase(id);
  subscriber_count_ = subscribers_.size();
}

Peer* Loop::peer(std::uint64_t id) {
  const auto found = peers_.find(id);
  return found == peers_.end() ? nullptr : found->second.peer;
}

// ── appends and their outcomes ──

void Loop::submit(std::uint64_t id, Session& session) {
  for (auto& each : session.take_submissions()) {
    auto taken = shared_.ledger.submit({id, each.request}, each.submission);
    if (taken) continue;
    const std::uint32_t retry_ms = shared_.ledger.config().overloaded_retry_ms;
    session.refused(each.request, Rejection{std::move(taken.error()), {}, retry_ms});
  }
}

void Loop::deliver(Outcome outcome) {
  bool is_first;
  {
    const std::lock_guard lock(mailbox_mutex_);
    is_first = mailbox_.empty();
    mailbox_.push_back(std::move(outcome));
  }
  if (is_first) asio::post(context_, [this] { distribute(); });
}

void Loop::distribute() {
  std::vector<Outcome> outcomes;
  {
    const std::lock_guard lock(mailbox_mutex_);
    outcomes.swap(mailbox_);
  }
  log_.refresh();
  std::vector<Peer*> touched;
  for (Outcome& outcome : outcomes) hand_out(std::move(outcome), touched);
  for (Peer* each : touched) each->wake();  // finds nothing to do the second time
  check_authority();
  fan_out();
}

void Loop::hand_out(Outcome outcome, std::vector<Peer*>& touched) {
  const auto checkpoint = std::make_shared<const std::string>(std::move(outcome.checkpoint));
  const auto touch = [&](Peer* found) {
    if (touched.empty() || touched.back() != found) touched.push_back(found);
  };
  for (Recorded& each : outcome.recorded) {
    Peer* found = peer(each.ticket.session);
    if (!found) continue;
    found->session().recorded(checkpoint, std::move(each));
    touch(found);
  }
  for (const Refused& each : outcome.refused) {
    Peer* found = peer(each.ticket.session);
    if (!found) continue;
    found->session().refused(each.ticket.request, each.rejection);
    touch(found);
  }
}

void Loop::check_authority() {
  if (authority_seen_ == log_.authority_version()) return;
  authority_seen_ = log_.authority_version();
  for (const auto& [id, each] : peers_) {
    each.peer->session().authority_changed();
    if (each.peer->session().closed()) each.peer->wake();
  }
}

// ── subscribers ──

void Loop::fall_due(std::uint64_t id) {
  const auto found = peers_.find(id);
  if (found != peers_.end() && !std::exchange(found->second.is_due, true)) due_.push_back(id);
}

void Loop::fan_out() {
  if (!std::exchange(fanning_out_, true)) fan_out_slice();
}

// A slice at a time, and then a rest half as long: what others are owed never waits for a thousand sessions, nor do the
// threads that record for the processor.
void Loop::fan_out_slice() {
  const Micros begun = now();
  const std::size_t most = config().fan_out_slice;
  std::size_t looked = 0;
  for (; looked < most; ++looked) {
    const auto sessions = feeds_.look();
    if (!sessions) break;
    for (const std::uint64_t id : *sessions) fall_due(id);
  }
  for (std::size_t n = 0; n < most && !due_.empty(); ++n) {
    const auto found = peers_.find(due_.front());
    due_.pop_front();
    if (found == peers_.end()) continue;
    found->second.is_due = false;
    found->second.peer->wake();
  }
  fanning_out_ = looked == most || !due_.empty();
  if (!fanning_out_) return;
  rest_.expires_after(std::chrono::microseconds((now() - begun) / 2));
  rest_.async_wait([this](error_code) { fan_out_slice(); });
}

// ── time and the end ──

void Loop::tick() {
  const Micros now = this->now();
  log_.refresh();  // also where nothing was committed through us
  check_authority();
  const bool failed = !draining_ && shared_.ledger.failure();
  for (const auto& [id, each] : peers_) {
    if (failed) each.peer->session().end(CloseCode::try_later, "the ledger has stopped recording");
    if (each.peer->tick(now)) fall_due(id);
  }
  fan_out();
  if (draining_ && now > drain_until_)
    for (const auto& [id, each] : connections_) each->close();
  if (draining_ && connections_.empty()) return;
  ticker_.expires_after(config().tick);
  ticker_.async_wait([this](error_code error) {
    if (!error) tick();
  });
}

void Loop::drain() {
  asio::post(context_, [this] { begin_draining(); });
}

void Loop::begin_draining() {
  draining_ = true;
  drain_until_ = now() + std::chrono::microseconds(config().drain_within).count();
  std::vector<std::shared_ptr<HttpConnection>> all;
  for (const auto& [id, each] : connections_) all.push_back(each);
  for (const auto& each : all) each->drain();
  finish_draining();
}

void Loop::finish_draining() {
  if (!connections_.empty()) return;
  work_.reset();
  ticker_.cancel();
}

}  // namespace caseledger::api
