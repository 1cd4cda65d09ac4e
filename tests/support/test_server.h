// A server on a free loopback port with a TestLedger behind it, and clients of it.
#pragma once

#include <catch2/catch.hpp>

#include "api/client.h"
#include "api/server.h"
#include "tests/support/ledgers.h"

namespace samples {

using namespace caseledger::api;

class TestServer {
 public:
  explicit TestServer(TestLedger& test_ledger, ServerConfig wanted = {}) : ledger(test_ledger), config_(std::move(wanted)) {
    config_.port = 0;
    start();
  }
  ~TestServer() { stop(); }

  void start() {
    ledger.forward([this](Outcome outcome) { relay_(std::move(outcome)); });
    auto started = Server::start(config_, *ledger, relay_, [this](const Request& request) { return routes(request); }, system_clock());
    INFO((started ? "" : started.error().sentence));
    REQUIRE(started);
    server = std::move(*started);
    config_.port = server->port();  // the same one, when it starts again
  }
  void stop() {
    if (server) server->stop();
    server.reset();
    ledger.forward({});
  }

  std::uint16_t port() const { return config_.port; }
  std::string authority() const { return "127.0.0.1:" + std::to_string(port()); }
  std::string url(std::string_view scheme = "ws") const { return std::string(scheme) + "://" + authority(); }

  ClientConfig client_config() const {
    ClientConfig config;
    config.url = url();
    config.log = ledger.log_vkey();
    config.retry_first = std::chrono::milliseconds(20);
    config.retry_most = std::chrono::milliseconds(100);
    return config;
  }
  std::unique_ptr<Client> connect(const Signer& author) { return connect(author, client_config()); }
  std::unique_ptr<Client> connect(const Signer& author, ClientConfig config) {
    auto client = Client::connect(std::move(config), author);
    INFO((client ? "" : client.error().sentence));
    REQUIRE(client);
    return std::move(*client);
  }

  std::function<Response(const Request&)> routes = [](const Request& request) {
    return Response{200, "text/plain", {{"X-Loopback", request.remote_loopback ? "yes" : "no"}}, request.method + ' ' + request.path + '?' + request.query + ' ' + request.body};
  };
  TestLedger& ledger;
  std::unique_ptr<Server> server;

 private:
  ServerConfig config_;
  OutcomeRelay relay_;
};

// Waits up to ten seconds for something that another thread brings about.
template <class Condition>
bool eventually(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

inline bool proves(const Client::Answer& answer, const Vkey& log) {
  if (!answer) return false;
  Policy policy;
  policy.logs.push_back(log);
  return verify_receipt(*answer, policy).has_value();
}

}  // namespace samples
