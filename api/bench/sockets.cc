#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

#include "api/bench/bench.h"
#include "api/bench/load.h"
#include "api/bench/served.h"

namespace caseledger::api::bench {

namespace {

// Signature checks a second by libsodium on so many threads, for half a second.
double checks_per_second(unsigned threads) {
  const Signer key = Signer::generate("yardstick");
  const std::string text = "bench.example/l/1/batch\n1\nq0Yq3mB5g5cXyF0qkz5m1y7yq0Yq3mB5g5cXyF0qkz4=\n";
  const auto signature = key.sign(bytes_of(text));
  std::atomic<std::uint64_t> checks = 0;
  const double begun = wall();
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < threads; ++i)
    workers.emplace_back([&] {
      while (wall() - begun < 0.5) {
        for (int n = 0; n < 100; ++n) ENSURE(verify_ed25519(key.vkey().key, bytes_of(text), signature));
        checks += 100;
      }
    });
  for (auto& worker : workers) worker.join();
  return static_cast<double>(checks) / (wall() - begun);
}

// What a signature check costs while a load runs: eight of them every 20 ms, by the CPU clock of their own thread. Caches
// and clock rates are then those of the run, which a measurement before or after it would not have.
class CheckSampler {
 public:
  CheckSampler() : thread_([this](std::stop_token stop) { run(stop); }) {}
  void forget() {
    const std::lock_guard lock(mutex_);
    checks_ = 0;
    seconds_ = 0;
  }
  struct Sampled {
    double check_seconds, all_seconds;
  };
  Sampled sampled() const {
    const std::lock_guard lock(mutex_);
    return {seconds_ / static_cast<double>(checks_), seconds_};
  }

 private:
  void run(std::stop_token stop) {
    const Signer key = Signer::generate("yardstick");
    const std::string text = "bench.example/l/1/batch\n1\nq0Yq3mB5g5cXyF0qkz5m1y7yq0Yq3mB5g5cXyF0qkz4=\n";
    const auto signature = key.sign(bytes_of(text));
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      const double begun = thread_cpu();
      for (int n = 0; n < 8; ++n) ENSURE(verify_ed25519(key.vkey().key, bytes_of(text), signature));
      const double took = thread_cpu() - begun;
      const std::lock_guard lock(mutex_);
      checks_ += 8;
      seconds_ += took;
    }
  }

  mutable std::mutex mutex_;
  std::uint64_t checks_ = 0;
  double seconds_ = 0;
  std::jthread thread_;
};

}  // namespace

std::vector<Row> single_appends(const Options& options) {
  Served served(options.folder / "single");
  const auto batches = served.rig.signed_batches(static_cast<std::uint64_t>(40'000 * (options.seconds + 2)), 1);
  const double all_cores = checks_per_second(std::max(1u, std::thread::hardware_concurrency()));
  LoadPlan plan{.port = served.server->port(), .origin = served.rig.origin(), .seconds = static_cast<double>(options.seconds)};
  CheckSampler sampler;
  const LoadResult load = run_load(plan, served.rig.author(), batches, [&] {
    served.forget();
    sampler.forget();
  });
  const auto [check, sampling] = sampler.sampled();
  const double rate = static_cast<double>(load.answered) / load.seconds;
  const double efficiency = static_cast<double>(load.answered) * check / (load.cpu_seconds - sampling);
  const double group = static_cast<double>(served.batches) / static_cast<double>(std::max<std::uint64_t>(1, served.commits));
  if (load.refused > 0) std::fprintf(stderr, "bench: %llu batches were refused\n", static_cast<unsigned long long>(load.refused));
  return {{"P2", "single-event batches, 64 sessions: share of all CPU that is signature checks (E)", efficiency, "E", "a check cost " + number(check * 1e6, "%.1f") + " us of CPU in the run", efficiency,
           ">= 0.75"},
          {"P2-rate", "the same, in batches; " + number(group, "%.1f") + " a commit", rate, "batches/s", "libsodium checks on all cores: " + number(all_cores) + "/s", rate / all_cores, ""}};
}

std::vector<Row> acknowledgement(const Options& options) {
  Served served(options.folder / "ack");
  const double rate = 9'000;
  const auto batches = served.rig.signed_batches(static_cast<std::uint64_t>(rate * (options.seconds + 3)), 1);
  LoadPlan plan{.port = served.server->port(), .origin = served.rig.origin(), .rate = rate, .seconds = static_cast<double>(options.seconds)};
  LoadResult load = run_load(plan, served.rig.author(), batches, [&] { served.forget(); });
  const auto p50 = nearest_rank(load.latencies_us, 0.5), p99 = nearest_rank(load.latencies_us, 0.99);
  const std::lock_guard lock(served.mutex);
  const auto write_p99 = nearest_rank(served.writes_us, 0.99), write_p50 = nearest_rank(served.writes_us, 0.5);
  return {{"P3", "acknowledgement p99 at 9,000 single-event batches/s, open loop, 64 sessions", static_cast<double>(p99), "us",
           "the sequencer's synced write p99: " + std::to_string(write_p99) + " us (p50 " + std::to_string(write_p50) + ")",
           static_cast<double>(p99) / static_cast<double>(std::max<std::int64_t>(1, write_p99)), "<= 6"},
          {"P3-p50", "the same, p50; answered " + number(static_cast<double>(load.answered) / load.seconds) + "/s", static_cast<double>(p50), "us", "", std::nullopt, ""}};
}

std::vector<Row> run(const Options& options, const std::vector<std::string>& only) {
  const auto wanted = [&](std::string_view id) { return only.empty() || std::ranges::find(only, id) != only.end(); };
  std::vector<Row> rows;
  const auto add = [&](std::vector<Row> more) { rows.insert(rows.end(), more.begin(), more.end()); };
  const bool beside_postgres = wanted("P1b") || wanted("P2b");
  if (wanted("P1") || beside_postgres) add(bulk_append(options));
  if (wanted("P2") || beside_postgres) add(single_appends(options));
  if (beside_postgres) add(postgres(options, rows));
  if (wanted("P3")) add(acknowledgement(options));
  if (wanted("P4") || wanted("P10")) add(rebuild_all(options));
  if (wanted("P8")) add(fan_out(options));
  if (wanted("P11")) add(downloads(options));
  return rows;
}

}  // namespace caseledger::api::bench
