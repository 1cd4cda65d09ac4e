#include "api/server.h"

#include "api/loop.h"

namespace caseledger::api {

namespace {

struct Place {
  Tcp::endpoint endpoint;
  bool is_loopback;
};

Result<Place> place_of(const ServerConfig& config) {
  error_code error;
  const auto address = asio::ip::make_address(config.address, error);
  if (error) return fail(Errc::usage, "cannot listen at \"" + config.address + "\": wanted a numeric address");
  if (!address.is_loopback() && !config.tls && !config.tls_proxy)
    return fail(Errc::usage, "listening at " + config.address + " needs TLS: give a certificate and its key, or say that a proxy before the ledger ends TLS");
  return Place{{address, config.port}, address.is_loopback()};
}

std::string with_port(const Tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
}

}  // namespace

struct Server::Impl {
  ServerConfig config;
  Ledger& ledger;
  OutcomeRelay& outcomes;
  Routes routes;
  Clock clock;
  Entitlement entitlement{ledger};
  RateLimit openings_of_address{config.openings_of_address}, openings_of_key{config.openings_of_key};
  std::uint16_t port = 0;
  asio::io_context readers;
  asio::executor_work_guard<Executor> readers_stay{readers.get_executor()};
  std::vector<std::jthread> reader_threads;
  std::vector<std::unique_ptr<Loop>> loops;
  std::optional<Acceptor> acceptor;  // on the first loop
  std::size_t next_loop = 0;
  bool is_stopped = false;

  Result<void> start();
  Result<void> listen(const Place& place);
  Task<> accept();
  void deliver(Outcome outcome);
  void stop();
  std::size_t connections() const;
  std::size_t turned_away() const;
};

Result<void> Server::Impl::start() {
  TRY_AS(place, place_of(config));
  TlsContext tls;
  if (config.tls) {
    TRY_AS(made, make_tls(*config.tls));
    tls = std::move(made);
  }
  const unsigned count = std::max(1u, config.io_threads);
  for (unsigned i = 0; i < count; ++i)
    loops.push_back(std::make_unique<Loop>(
        Loop::Shared{config, ledger, routes, clock, config.authorities, readers, entitlement, openings_of_address, openings_of_key, tls}, i, count));
  TRY(listen(place));
  outcomes.attach([this](Outcome outcome) { deliver(std::move(outcome)); });
  asio::co_spawn(loops[0]->context(), accept(), asio::detached);
  for (unsigned i = 0; i < std::max(1u, config.reader_threads); ++i) reader_threads.emplace_back([this] { readers.run(); });
  for (auto& loop : loops) loop->start();
  return {};
}

Result<void> Server::Impl::listen(const Place& place) {
  error_code error;
  acceptor.emplace(loops[0]->context());
  const auto failed = [&](const char* what) {
    return fail(Errc::io, std::string("cannot ") + what + ' ' + with_port(place.endpoint) + ": " + error.message());
  };
  acceptor->open(place.endpoint.protocol(), error);
  if (error) return failed("open a socket for");
  acceptor->set_option(asio::socket_base::reuse_address(true), error);
  acceptor->bind(place.endpoint, error);
  if (error) return failed("listen at");
  acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return failed("listen at");
  const auto bound = acceptor->local_endpoint(error);
  if (error) return failed("listen at");
  port = bound.port();
  if (config.authorities.empty()) {
    config.authorities.push_back(with_port(bound));
    if (place.is_loopback) config.authorities.push_back("localhost:" + std::to_string(port));
  }
  return {};
}

Task<> Server::Impl::accept() {
  Timer pause(loops[0]->context());
  for (;;) {
    Loop& loop = *loops[next_loop++ % loops.size()];
    auto [error, socket] = co_await acceptor->async_accept(loop.context(), use_task);
    if (!acceptor->is_open()) co_return;
    if (error) {  // most likely no file descriptors are left: the ones in use come back
      config.complain("cannot accept a connection: " + error.message());
      pause.expires_after(std::chrono::milliseconds(100));
      [[maybe_unused]] const auto [ignored] = co_await pause.async_wait(use_task);
      continue;
    }
    const bool is_full = connections() >= config.connections_max;
    if (!is_full || turned_away() < config.turned_away_max) loop.take(std::move(socket), is_full);
  }
}

std::size_t Server::Impl::connections() const {
  std::size_t sum = 0;
  for (const auto& loop : loops) sum += loop->connections();
  return sum;
}

std::size_t Server::Impl::turned_away() const {
  std::size_t sum = 0;
  for (const auto& loop : loops) sum += loop->turned_away();
  return sum;
}

// On the sequencer's thread.
void Server::Impl::deliver(Outcome outcome) {
  if (loops.size() == 1) return loops[0]->deliver(std::move(outcome));
  for (const auto& loop : loops) {
    Outcome own{outcome.checkpoint, {}, {}};
    for (Recorded& each : outcome.recorded)
      if (loop->holds(each.ticket.session)) own.recorded.push_back(std::move(each));
    for (Refused& each : outcome.refused)
      if (loop->holds(each.ticket.session)) own.refused.push_back(std::move(each));
    loop->deliver(std::move(own));
  }
}

void Server::Impl::stop() {
  if (is_stopped || loops.empty()) return;
  is_stopped = true;
  asio::post(loops[0]->context(), [this] {
    error_code ignored;
    acceptor->close(ignored);
  });
  for (auto& loop : loops) loop->drain();
  for (auto& loop : loops) loop->join();
  readers_stay.reset();
  reader_threads.clear();
  outcomes.detach();
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(ServerConfig config, Ledger& ledger, OutcomeRelay& outcomes, Routes routes, Clock clock) {
  auto impl = std::make_unique<Impl>(std::move(config), ledger, outcomes, std::move(routes), std::move(clock));
  TRY(impl->start());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port; }
const std::vector<std::string>& Server::authorities() const { return impl_->config.authorities; }
void Server::stop() { impl_->stop(); }

Server::Counts Server::counts() const {
  Counts counts;
  for (const auto& loop : impl_->loops) {
    counts.connections += loop->connections();
    counts.sessions += loop->sessions();
    counts.subscribers += loop->subscribers();
  }
  return counts;
}

}  // namespace caseledger::api
