// A rig that is served on a free port of this machine, and what its commits cost.
#pragma once

#include <mutex>

#include "api/bench/bench.h"
#include "api/server.h"

namespace caseledger::api::bench {

struct Served {
  Rig rig;
  OutcomeRelay outcomes;
  std::unique_ptr<Server> server;
  std::mutex mutex;
  std::vector<std::int64_t> writes_us;
  std::atomic<std::uint64_t> commits = 0, batches = 0;
  Routes routes = [](const Request&) { return Response{404, "", {}, ""}; };  // to be set before the first request

  explicit Served(std::filesystem::path folder) : rig(std::move(folder)) {
    rig.open([this](const Outcome& outcome) { outcomes(outcome); },
             [this](const CommitTimes& times) {
               const std::lock_guard lock(mutex);
               writes_us.push_back(times.write_us);
               ++commits;
               batches += times.batches;
             });
    ServerConfig config;
    config.port = 0;
    auto started = Server::start(std::move(config), rig.ledger(), outcomes, [this](const Request& request) { return routes(request); }, system_clock());
    ENSURE(started);
    server = std::move(*started);
  }
  ~Served() {
    server->stop();
    rig.close();
  }
  void forget() {
    const std::lock_guard lock(mutex);
    writes_us.clear();
    commits = batches = 0;
  }
};

// The value at or below which the share p of them lies. Sorts them; 0 without any.
std::int64_t nearest_rank(std::vector<std::int64_t>& values, double p);

}  // namespace caseledger::api::bench
