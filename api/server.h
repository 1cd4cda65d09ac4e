// The server: HTTP/1.1 and WebSocket sessions on one port, with or without TLS.
//
// start() refuses to listen beyond loopback in clear, unless TLS ends at a proxy before it. stop() drains: no new
// connections, no new appends, everything taken in is answered. Sessions live on io threads of their own; what the
// ledger answers is handed over to them once per commit, and no reader, however slow, is waited for.
#pragma once

#include <atomic>
#include <mutex>

#include "api/http.h"
#include "api/session.h"
#include "api/tls.h"

namespace caseledger::api {

struct ServerConfig {
  std::string address = "127.0.0.1";      // numeric
  std::uint16_t port = 8420;              // 0: any that is free
  std::vector<std::string> authorities;   // host[:port] that clients may dial; none: the address and, on loopback, localhost
  std::optional<ServerTls> tls;
  bool tls_proxy = false;                 // a proxy before us ends TLS

  unsigned io_threads = 1;
  unsigned reader_threads = 2;  // answer HTTP reads beside them
  std::size_t connections_max = 16 * 1024;
  std::size_t turned_away_max = 64;                       // connections past them, answered that all are taken; further ones are closed unheard
  std::uint32_t http_header_bytes_max = 16 * 1024;
  std::size_t http_body_bytes_max = 64 * 1024;
  std::chrono::milliseconds handshake_within{10'000};     // TLS, upgrade and close
  std::chrono::milliseconds http_idle_max{30'000};        // for a whole request to arrive
  std::chrono::milliseconds peer_silence_max{60'000};     // a session's peer is asked for a sign of life after half of it
  std::chrono::milliseconds drain_within{10'000};
  std::chrono::milliseconds tick{250};
  std::size_t queued_bytes_max = 4u << 20;                // answers waiting for one peer, past which it is not read from
  std::size_t read_buffer_kept_bytes = 256 * 1024;        // a larger one is given back after use
  std::size_t fan_out_slice = 32;                         // sessions told of what is new before others have their turn
  SessionConfig session;
  Rate openings_of_address{.per_second = 100, .burst = 2'000};  // of sessions; not behind a proxy
  Rate openings_of_key{.per_second = 100, .burst = 2'000};
  std::function<void(HandshakeFault)> handshake_refused = [](HandshakeFault) {};  // from any thread, as the next one
  std::function<void(AuthFault)> session_refused = [](AuthFault) {};  // told of every Identify that was not accepted; from any thread
  std::function<void(std::string_view)> complain = [](std::string_view) {};  // about what cannot be told to a peer
};

// Takes the ledger's outcomes to whoever listens now: the ledger is made before its server and outlives it.
class OutcomeRelay {
 public:
  void operator()(Outcome outcome) {
    const std::lock_guard lock(mutex_);
    if (listener_) listener_(std::move(outcome));
  }
  void attach(std::function<void(Outcome)> listener) {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }
  void detach() { attach({}); }

 private:
  std::mutex mutex_;
  std::function<void(Outcome)> listener_;
};

class Server {
 public:
  // The relay has to receive the ledger's outcomes. Errors: usage, io.
  static Result<std::unique_ptr<Server>> start(ServerConfig config, Ledger& ledger, OutcomeRelay& outcomes, Routes routes, Clock clock);
  ~Server();  // stops

  std::uint16_t port() const;
  const std::vector<std::string>& authorities() const;
  void stop();

  struct Counts {
    std::size_t connections = 0, sessions = 0, subscribers = 0;
  };
  Counts counts() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace caseledger::api
