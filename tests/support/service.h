// A small ledger with its HTTP resources. Every answer that a test asks for is held to the OpenAPI file on the way.
#pragma once

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "api/json.h"
#include "api/routes.h"
#include "tests/support/contract.h"
#include "tests/support/ledgers.h"
#include "tests/support/source.h"

namespace samples {

struct Asked {
  std::string method = "GET";
  std::map<std::string, std::string> headers = {};
  bool loopback = true;
  std::string remote = "127.0.0.1";
};

class Service {
 public:
  // open: requests from the ledger's own machine need no token.
  explicit Service(api::RouteConfig config = {}, TestLedger::Wish wish = {}, bool open = true)
      : ledger(std::move(wish)), runner_(follow(*ledger)), routes(*ledger, *runner_, metrics, with(std::move(config), open)) {}

  // The projections stop at once where nothing can be recorded any more.
  ~Service() { ledger->drain(); }

  // target: path?query
  api::Response ask(const std::string& target, const Asked& asked = {}) const {
    const auto mark = target.find('?');
    api::Request request{asked.method, target.substr(0, mark), mark == target.npos ? "" : target.substr(mark + 1), asked.headers, "", asked.loopback, asked.remote, authorities};
    auto response = routes.handle(request);
    static const Contract contract((samples::source_folder() / "schemas/openapi.yaml").string());
    const std::string broken = contract.broken_by(request, response);
    INFO(asked.method << ' ' << target);
    CHECK(broken == "");
    return response;
  }

  boost::json::object read(const std::string& target, const Asked& asked = {}) const {
    const auto response = ask(target, asked);
    INFO(target << ": " << response.body);
    REQUIRE(response.status == 200);
    return parsed(response);
  }

  // The code of the problem that is answered.
  std::string problem(const std::string& target, const Asked& asked = {}) const {
    const auto response = ask(target, asked);
    INFO(target << ": " << response.body);
    REQUIRE(response.content_type == "application/problem+json");
    const auto body = parsed(response);
    CHECK(body.at("status").as_int64() == response.status);
    return std::string(body.at("type").as_string()).substr(std::string("urn:caseledger:problem:").size());
  }

  void fold() const { runner_->wait_for({ledger->head().size}); }
  const projections::Runner& runner() const { return *runner_; }

  const std::vector<std::string> authorities{"ledger.example.org", "localhost:8420"};
  mutable TestLedger ledger;
  api::Metrics metrics;

 private:
  static api::RouteConfig with(api::RouteConfig config, bool open) {
    config.open_reads_on_loopback = open;
    return config;
  }
  static std::unique_ptr<projections::Runner> follow(Ledger& ledger) {
    auto runner = projections::Runner::open(ledger);
    REQUIRE(runner);
    return std::move(*runner);
  }
  static boost::json::object parsed(const api::Response& response) {
    const auto body = api::parse_json(response.body);
    REQUIRE(body);
    return body->as_object();
  }

  std::unique_ptr<projections::Runner> runner_;

 public:
  const api::RouteTable routes;
};

inline std::string header(const api::Response& response, std::string_view name) {
  for (const auto& [each, value] : response.headers)
    if (each == name) return value;
  return {};
}

}  // namespace samples
