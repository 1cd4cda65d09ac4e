#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <future>

#include "api/bench/served.h"
#include "api/genesis.h"
#include "api/simulate/case_plan.h"
#include "api/simulate/cybertipline_year.h"
#include "api/simulate/national_year.h"
#include "projections/reports/release.h"

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

std::size_t resident_bytes() {
  std::size_t pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::int64_t nearest_rank(std::vector<std::int64_t>& values, double p) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

std::string number(double value, const char* format) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

Rig::Rig(std::filesystem::path folder)
    : folder_(std::move(folder)), log_key_(key(origin_.c_str(), 1)), governor_(key("governor", 2)), service_(key("service", 3)), author_(key("author", 4)) {
  for (const char* role : {"automated_source", "analyst", "supervisor", "privacy_officer"}) others_.push_back(key(role, static_cast<std::uint8_t>(5 + others_.size())));
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

void Rig::record(const Result<Draft>& draft, const Signer& by) {
  ENSURE(draft);
  Submission submission{sign_batch({Bytes(draft->event)}, origin_, by), {}};
  const auto before = ledger_->head().size;
  ENSURE(ledger_->submit({~std::uint64_t{0}, 0}, submission));
  while (ledger_->head().size == before) ledger_->wait_beyond(before, std::chrono::seconds(1));
}

void Rig::constitute() {
  const Micros now = system_clock().wall();
  record(genesis_event({origin_, log_key_.vkey(), service_.vkey(), {governor_.vkey()}, 1, {}}, now, system_random()));
  record(enrolment_event(origin_, 2, {author_.vkey(), "bench", {"case_system", "automated_source", "supervisor"}, {}, {}}, now, system_random()));
  Version version = 3;
  for (const Signer& other : others_)
    record(enrolment_event(origin_, version++, {other.vkey(), "bench", {std::string(other.vkey().name)}, {}, {}}, now, system_random()));
}

void Rig::adopt_policies() {
  Version version = 3 + static_cast<Version>(others_.size());
  for (const StreamId& policy : NationalYear({1'000'000, 1'000'000}, 1).policies())
    record(adoption_event(origin_, version++, policy, 1, simulate::year_begins, system_clock().wall(), system_random()));
}

void Rig::release(const reports::Edition& edition, std::string_view text) {
  const auto file = folder_ / edition_path(reports::place_of(edition));
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
  const StreamId governance = rules::governance_stream(origin_);
  const boost::json::object body{{"template_id", edition.template_id}, {"template_version", edition.template_version}, {"period", edition.period.label},
                                 {"as_of_size", edition.as_of.size}, {"as_of_root", hex(edition.as_of.root.bytes)}, {"definitions_version", edition.definitions_version},
                                 {"sha256", hex(reports::edition_digest(text).bytes)}};
  const boost::json::object event{{"stream", to_string(governance)}, {"kind", "governance"}, {"version", ledger_->heads().get(governance).version + 1}, {"type", "ReportReleased"},
                                  {"occurred_at", to_rfc3339(system_clock().wall())}, {"precision", "s"}, {"operator", "bench"}, {"purpose", "missing_child"},
                                  {"legal_basis", "statute"}, {"handling", "open"}, {"body", body}};
  record(event_from_json(to_text(event), system_random()), service_);
}

namespace {
std::uint64_t events_of(const SimulatedYear& year) {
  std::uint64_t events = 0;
  SimulatedEvent event;
  for (std::size_t p = 0; p < phases; ++p)
    for (auto written = year.events(static_cast<Phase>(p)); written.next(event);) ++events;
  return events;
}
}  // namespace

// Where a leg has to be recorded in its order, each batch is waited for like a leg of its own.
std::vector<std::vector<Submission>> Rig::year(std::uint64_t events) const {
  constexpr std::uint64_t sample = 1'000;
  const std::uint64_t scale = std::max<std::uint64_t>(1, events_of(NationalYear({sample, sample}, 1)) * sample / events);
  const NationalYear year({scale, scale}, 1);
  std::vector<std::vector<Submission>> all;
  for (const Leg& leg : year.legs()) {
    const Author author = author_of(leg.phase);
    const Signer& signer = author == Author::case_system ? author_ : others_[static_cast<std::size_t>(author) - 1];
    all.emplace_back();
    std::vector<SimulatedEvent> held;
    const auto close_batch = [&] {
      std::vector<Bytes> bytes;
      Submission submission;
      for (SimulatedEvent& each : held) {
        for (Opening& opening : each.openings) {
          opening.event = static_cast<std::uint16_t>(bytes.size());
          submission.openings.push_back(std::move(opening));
        }
        bytes.push_back(each.event);
      }
      if (!bytes.empty()) submission.batch = sign_batch(bytes, origin_, signer), all.back().push_back(std::move(submission));
      if (in_order(leg.phase)) all.emplace_back();
      held.clear();
    };
    auto from = year.events(leg);
    for (SimulatedEvent event; from.next(event); held.push_back(event))
      if (event.begins_group && held.size() + group_events_max > 256) close_batch();
    close_batch();
  }
  return all;
}

std::vector<Buffer> Rig::signed_batches(std::uint64_t events, std::size_t per_batch, std::uint64_t seed) const {
  const CyberTiplineYear year(2023, 1, seed);
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
