#include <time.h>

#include <cstdio>
#include <future>

#include "api/bench/bench.h"
#include "api/genesis.h"
#include "api/simulate/national_year.h"

namespace caseledger::api::bench {

namespace {
Signer key(const char* name, std::uint8_t seed) {
  const std::array<std::uint8_t, 32> bytes{seed};
  return std::move(*Signer::from_seed(name, bytes));
}
double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}
}  // namespace

double process_cpu() { return seconds(CLOCK_PROCESS_CPUTIME_ID); }
double thread_cpu() { return seconds(CLOCK_THREAD_CPUTIME_ID); }
double wall() { return seconds(CLOCK_MONOTONIC); }

std::string number(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Rig::Rig(std::filesystem::path folder)
    : folder_(std::move(folder)), log_key_(key(origin_.c_str(), 1)), governor_(key("governor", 2)), service_(key("service", 3)), author_(key("author", 4)) {
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
}

void Rig::open(std::function<void(const Outcome&)> on_outcome, std::function<void(const CommitTimes&)> on_commit) {
  Ledger::Sinks sinks{[on_outcome = std::move(on_outcome)](Outcome outcome) { on_outcome(outcome); }, std::move(on_commit)};
  auto log_key = key(origin_.c_str(), 1);
  auto ledger = Ledger::open(folder_, origin_, std::move(log_key), Config{}, system_clock(), std::move(sinks));
  ENSURE(ledger);
  ledger_ = std::move(*ledger);
  if (ledger_->head().size == 0) constitute();
}

void Rig::constitute() {
  const auto record = [&](const Result<Draft>& draft) {
    ENSURE(draft);
    Submission submission{sign_batch({Bytes(draft->event)}, origin_, governor_), {}};
    const auto before = ledger_->head().size;
    ENSURE(ledger_->submit({~std::uint64_t{0}, 0}, submission));
    while (ledger_->head().size == before) ledger_->wait_beyond(before, std::chrono::seconds(1));
  };
  const Micros now = system_clock().wall();
  record(genesis_event({origin_, log_key_.vkey(), service_.vkey(), {governor_.vkey()}, 1, {}}, now, system_random()));
  record(enrolment_event(origin_, 2, {author_.vkey(), "bench", {"case_system", "automated_source", "supervisor"}, {}, {}}, now, system_random()));
}

std::vector<Buffer> Rig::signed_batches(std::uint64_t events, std::size_t per_batch, std::uint64_t seed) const {
  const NationalYear year({1, 1'000'000}, seed);
  auto reports = year.events(Phase::reports);
  std::vector<Buffer> batches;
  std::vector<SimulatedEvent> held(per_batch);
  std::vector<Bytes> bytes;
  for (std::uint64_t done = 0; done < events;) {
    bytes.clear();
    for (auto& event : held) {
      if (done + bytes.size() == events || !reports.next(event)) break;
      bytes.push_back(event.event);
    }
    if (bytes.empty()) break;
    batches.push_back(sign_batch(bytes, origin_, author_));
    done += bytes.size();
  }
  return batches;
}

}  // namespace caseledger::api::bench
