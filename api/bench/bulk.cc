#include <algorithm>
#include <atomic>
#include <cstdio>

#include "api/bench/bench.h"
#include "api/simulate/case_plan.h"
#include "projections/reports/disclosure.h"
#include "projections/reports/make.h"
#include "projections/runner.h"

namespace caseledger::api::bench {

namespace {

// The same bytes as synced puts of raw RocksDB, grouped as the ledger grouped them.
double raw_puts(const Rig& rig, const std::vector<Buffer>& batches, const std::vector<std::size_t>& groups) {
  const auto folder = rig.folder() / "raw";
  std::filesystem::remove_all(folder);
  auto database = store::Database::open(folder, store::Durability::synced, {{.name = "batches", .write_buffer_bytes = 128 << 20}});
  ENSURE(database);
  const double begun = wall();
  std::size_t at = 0;
  for (const std::size_t group : groups) {
    auto batch = (*database)->batch();
    for (std::size_t i = 0; i < group && at < batches.size(); ++i, ++at) {
      std::uint8_t key[8];
      store_be<std::uint64_t>(key, at);
      batch->put(0, key, Bytes(batches[at]));
    }
    ENSURE((*database)->write(*batch));
  }
  const double took = wall() - begun;
  database->reset();
  std::filesystem::remove_all(folder);
  return took;
}

const reports::Period simulated_year{simulate::year_begins, simulate::year_ends, "2024"};

struct Run {
  double wall_s = 0, cpu_s = 0;
  std::vector<std::size_t> groups;
  std::vector<Micros> writes_us;
};

// Phase by phase; after each that is not the last, whatever has to happen then.
Run append_all(Rig& rig, std::vector<std::vector<Submission>> phases, const std::function<void(std::size_t phase)>& after = [](std::size_t) {}) {
  std::atomic<std::uint64_t> answered = 0;
  Run run;
  rig.open(
      [&](const Outcome& outcome) {
        for (const auto& refused : outcome.refused) std::fprintf(stderr, "refused: %s\n", refused.rejection.error.sentence.c_str());
        ENSURE(outcome.refused.empty());
        for (const auto& recorded : outcome.recorded) answered += recorded.ticket.session == 1;
      },
      [&](const CommitTimes& times) {
        run.groups.push_back(times.batches);
        run.writes_us.push_back(times.write_us);
      });
  run.groups.clear();
  run.writes_us.clear();
  answered = 0;
  const double begun = wall(), cpu = process_cpu();
  std::uint64_t sent = 0;
  for (std::size_t phase = 0; phase < phases.size(); ++phase) {
    for (Submission& submission : phases[phase]) {
      while (!rig.ledger().submit({1, sent}, submission)) std::this_thread::sleep_for(std::chrono::microseconds(200));
      ++sent;
      while (sent - std::min<std::uint64_t>(answered, sent) > 64) std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    while (answered < sent) std::this_thread::sleep_for(std::chrono::microseconds(50));
    if (phase + 1 < phases.size()) after(phase);
  }
  run.wall_s = wall() - begun;
  run.cpu_s = process_cpu() - cpu;
  return run;
}

// Counts as they are in life: most are none or few, some are very many.
reports::disclosure::Population table_with_sums(std::uint32_t rows, std::uint32_t columns) {
  reports::disclosure::Population table{.name = "bench", .dimensions = {{.name = "row"}, {.name = "column"}}, .cells = {}};
  for (std::uint32_t r = 0; r < rows; ++r) table.dimensions[0].add("row", 0);
  for (std::uint32_t c = 0; c < columns; ++c) table.dimensions[1].add("column", 0);
  std::uint32_t random = 7;
  std::vector<std::int64_t> sums((rows + 1) * (columns + 1));
  for (std::uint32_t r = 1; r <= rows; ++r)
    for (std::uint32_t c = 1; c <= columns; ++c) {
      random = random * 1664525 + 1013904223;
      const std::uint32_t kind = random >> 28, size = random >> 8 & 0xfffff;
      const std::int64_t count = kind < 6 ? 0 : kind < 13 ? 1 + size % 12 : kind < 15 ? 1 + size % 200 : 1 + size % 20'000;
      for (const std::uint32_t at : {r * (columns + 1) + c, r * (columns + 1), c, 0u}) sums[at] += count;
    }
  for (std::uint32_t r = 0; r <= rows; ++r)
    for (std::uint32_t c = 0; c <= columns; ++c) table.cells.push_back({.at = {r, c}, .value = sums[r * (columns + 1) + c]});
  return table;
}

Row table_withheld() {
  const auto table = table_with_sums(50, 60);
  const auto policy = rules::SuppressionPolicy::parse(rules::SuppressionPolicy::built_in());
  ENSURE(policy);
  const double begun = process_cpu();
  const auto verdict = reports::disclosure::withhold(table, *policy);
  const double took = process_cpu() - begun;
  ENSURE(verdict && verdict->shortfalls.empty());
  const auto withheld = std::ranges::count_if(verdict->decisions, [](const auto& each) { return each.rule != reports::disclosure::Rule::told; });
  return {"P10-withheld", "suppression of a table of 50 x 60 counts with their sums, " + number(static_cast<double>(withheld)) + " withheld", took, "s", "", std::nullopt, "<= 1"};
}

}  // namespace

// One machine is never twice as fast as itself: a few rounds on ledgers of their own, and the one in the middle counts.
std::vector<Row> bulk_append(const Options& options) {
  constexpr int rounds = 3;
  const auto events = static_cast<double>(options.events);
  struct Round {
    double rate, raw, cpu_us, group;
    double ratio() const { return rate / raw; }
  };
  std::vector<Round> all;
  std::size_t bytes = 0;
  for (int i = 0; i < rounds; ++i) {
    Rig rig(options.folder / "bulk");
    const auto batches = rig.signed_batches(options.events, 256);
    bytes = 0;
    for (const auto& batch : batches) bytes += batch.size();
    std::vector<std::vector<Submission>> phases(1);
    for (const Buffer& batch : batches) phases[0].push_back({batch, {}});
    const Run run = append_all(rig, std::move(phases));
    const double group = static_cast<double>(batches.size()) / static_cast<double>(std::max<std::size_t>(1, run.groups.size()));
    all.push_back({events / run.wall_s, events / raw_puts(rig, batches, run.groups), run.cpu_s / events * 1e6, group});
  }
  std::ranges::sort(all, {}, &Round::ratio);
  const Round& middle = all[rounds / 2];
  return {{"P1", "bulk append, 256-event batches of " + number(static_cast<double>(bytes) / events) + " bytes an event; the middle of " + std::to_string(rounds) + " rounds",
           middle.rate, "events/s",
           "raw synced puts, " + number(middle.group, "%.1f") + " batches each: " + number(middle.raw) + "/s (rounds " + number(all.front().ratio(), "%.3f") + " to " +
               number(all.back().ratio(), "%.3f") + ")",
           middle.ratio(), ">= 0.5 (0.35 now)"},
          {"P1-cpu", "CPU of it, all threads", middle.cpu_us, "us/event", "", std::nullopt, ""}};
}

std::vector<Row> rebuild_all(const Options& options) {
  Rig rig(options.folder / "rebuild");
  append_all(rig, rig.year(options.events), [&](std::size_t phase) {
    if (phase == 0) rig.adopt_policies();
  });
  const std::uint64_t size = rig.ledger().head().size;
  const unsigned threads = 2;
  const std::size_t resident = resident_bytes();

  const double begun = wall(), cpu = process_cpu();
  store::Heads heads;
  const auto folds = projections::rebuild(rig.ledger().log(), size, threads, &heads);
  ENSURE(folds);
  const double took = wall() - begun, took_cpu = process_cpu() - cpu;
  const auto streams = static_cast<double>(folds->streams_in_memory()), grown = static_cast<double>(resident_bytes()) - static_cast<double>(resident);

  // The yardstick: every record read and every event hashed, the entries divided between the threads.
  const double read_begun = wall();
  std::vector<std::thread> readers;
  for (unsigned t = 0; t < threads; ++t)
    readers.emplace_back([&, t] {
      auto scan = rig.ledger().log().scan({size * t / threads});
      for (std::uint64_t n = size * t / threads; scan->valid() && n < size * (t + 1) / threads; scan->next(), ++n) {
        const auto row = scan->batch();
        const auto items = parse_items(row->items, row->count);
        for (const auto& item : *items) (void)item.leaf();
      }
    });
  for (auto& reader : readers) reader.join();
  const double read = wall() - read_begun;
  const auto events = static_cast<double>(rig.ledger().head().next.value);
  const double counting = wall(), counting_cpu = process_cpu();
  const auto edition = reports::make_edition(*folds, reports::transparency(), {rig.origin(), simulated_year, {size, {}, rig.ledger().head().recorded_at}, {}});
  ENSURE(edition);
  const auto text = reports::edition_json(*edition);
  ENSURE(text && edition->releasable());
  const double counted = wall() - counting, counted_cpu = process_cpu() - counting_cpu;

  return {{"P4", "rebuild of every projection and head, 2 threads", events / took, "events/s", "read and hash the log, 2 threads: " + number(events / read) + "/s", read / took,
           ">= 0.25 and >= 1000000/s"},
          {"P4-cpu", "CPU of it", took_cpu / events * 1e6, "us/event", "", std::nullopt, ""},
          {"P4-memory", "states, heads and sums of " + number(streams) + " streams, in " + number(static_cast<double>(folds->cells())) + " cells", grown / streams, "bytes/stream", "",
           std::nullopt, ""},
          {"P10", "a transparency edition of " + number(static_cast<double>(text->size()) / 1e3) + " kB from the folded state of " + number(events) + " events", counted, "s",
           "CPU of it: " + number(counted_cpu, "%.3f") + " s", std::nullopt, "<= 2 at 20 M events"},
          table_withheld()};
}

}  // namespace caseledger::api::bench
