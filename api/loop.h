// One io thread: its connections, its view of the log, and the outcomes handed over to it.
#pragma once

#include <thread>
#include <unordered_set>

#include "api/beast.h"
#include "api/entitlement.h"
#include "api/server.h"

namespace caseledger::api {

class HttpConnection;
class Peer;

class Loop {
 public:
  // What all loops share, and whose owner outlives them.
  struct Shared {
    const ServerConfig& config;
    Ledger& ledger;
    const Routes& routes;
    const Clock& clock;
    const std::vector<std::string>& authorities;
    asio::io_context& readers;  // its threads answer HTTP reads, so that none of them keeps a session waiting
    Entitlement& entitlement;
    RateLimit& openings_of_address;
    RateLimit& openings_of_key;
    TlsContext tls;  // none: in clear
  };
  Loop(const Shared& shared, unsigned number, unsigned loops);
  ~Loop();

  // ── from any thread ──
  asio::io_context& context() { return context_; }
  void start();
  void take(Socket socket, bool is_full);  // is_full: there is no place left, and the peer is to be told
  void deliver(Outcome outcome);
  void drain();
  void join();
  bool holds(std::uint64_t session) const { return session % loops_ == number_; }
  std::size_t connections() const { return connection_count_; }
  std::size_t turned_away() const { return turned_away_count_; }
  std::size_t sessions() const { return session_count_; }
  std::size_t subscribers() const { return subscriber_count_; }

  // ── on its thread ──
  const ServerConfig& config() const { return shared_.config; }
  const Shared& shared() const { return shared_; }
  const SessionHouse& house() const { return house_; }
  Micros now() const { return shared_.clock.boot(); }
  bool draining() const { return draining_; }
  void enter(std::uint64_t id, Peer& peer);
  void leave(std::uint64_t id);
  void subscribes(std::uint64_t id, bool yes);
  void submit(std::uint64_t id, Session& session);

 private:
  void run();
  Result<bool> may_read(const rules::Enrolment& reader, const projections::Fact& fact);
  void begin(Socket socket, bool is_full);
  void distribute();
  void hand_out(Outcome outcome, std::vector<Peer*>& touched);
  void check_authority();
  void fall_due(std::uint64_t id);
  void fan_out();
  void fan_out_slice();
  void tick();
  void begin_draining();
  void finish_draining();
  Peer* peer(std::uint64_t id);

  const Shared shared_;
  const unsigned number_, loops_;
  asio::io_context context_{1};  // one thread runs it
  asio::executor_work_guard<Executor> work_{context_.get_executor()};
  LogReader log_;
  Feeds feeds_{log_};
  Messages messages_;
  SessionHouse house_;
  Version authority_seen_;
  std::unordered_map<std::uint64_t, std::shared_ptr<HttpConnection>> connections_;
  struct Seat {
    Peer* peer;
    bool is_due = false;  // stands in due_
  };
  std::unordered_map<std::uint64_t, Seat> peers_;
  std::unordered_set<std::uint64_t> subscribers_;
  std::uint64_t next_id_ = 0;
  std::atomic<std::size_t> connection_count_ = 0, turned_away_count_ = 0, session_count_ = 0, subscriber_count_ = 0;

  std::deque<std::uint64_t> due_;  // sessions to be woken, in slices
  bool fanning_out_ = false;
  Timer rest_{context_};

  Timer ticker_{context_};
  bool draining_ = false;
  Micros drain_until_ = 0;

  std::mutex mailbox_mutex_;
  std::vector<Outcome> mailbox_;
  std::thread thread_;
};

}  // namespace caseledger::api
