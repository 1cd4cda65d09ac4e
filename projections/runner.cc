#include "projections/runner.h"

#include <algorithm>

#include "ledger/history.h"
#include "projections/catalogue.h"
#include "projections/standing.h"

namespace caseledger::projections {

// ── all folds together ──

Folds::Folds() {
  for (const Projection* projection : catalogue()) folds_.emplace_back(*projection);
  for (std::size_t type = 0; type < body_numbers; ++type)
    for (std::uint8_t i = 0; i < folds_.size(); ++i)
      if (folds_[i].projection().wants(static_cast<schema::Body>(type))) wanting_[type].push_back(i);
}

void Folds::apply(const Fact& fact) {
  for (const auto i : wanting_[static_cast<std::size_t>(fact.event.type)]) folds_[i].apply(fact);
}

Result<void> Folds::take(const store::Log& log, const Fact& fact) {
  if (!rules::amends(fact.event)) {
    apply(fact);
    return {};
  }
  TRY_AS(recorded, recorded_facts(log, fact.position, fact.event.version));
  const Standing stands(recorded.facts);
  for (Fold& fold : folds_) fold.refold(fact.event.stream, stands.facts());
  return {};
}

void Folds::merge(Folds&& other) {
  for (std::size_t i = 0; i < folds_.size(); ++i) folds_[i].merge(std::move(other.folds_[i]));
}

const Fold& Folds::of(const Projection& projection) const {
  const auto found = std::ranges::find(folds_, &projection, [](const Fold& fold) { return &fold.projection(); });
  ENSURE(found != folds_.end());
  return *found;
}

std::vector<Figure> Folds::figures(const FigureQuery& query, std::span<const std::string> wanted) const {
  std::vector<Figure> all;
  for (const Fold& fold : folds_)
    for (Figure& figure : fold.projection().figures(fold.cells(), query))
      if (wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& id) { return figure.id == id || figure.id.starts_with(id + '.'); }))
        all.push_back(std::move(figure));
  return all;
}

// ── from the log alone ──

Result<Folds> rebuild(const store::Log& log, std::uint64_t size, unsigned threads, store::Heads* heads, const std::function<void(std::uint64_t)>& progress) {
  threads = std::max(1u, threads);
  std::vector<Folds> parts(threads);
  std::vector<std::optional<Error>> errors(threads);
  const auto fold_part = [&](unsigned part) -> Result<void> {
    Buffer scratch;
    std::uint64_t events = 0;
    TRY_AS(scan, log.scan({0}));
    for (; scan.valid(); scan.next()) {
      TRY_AS(row, scan.batch());
      TRY_AS(entry, scan.entry());
      if (row.index.value >= size) break;
      TRY(each_event(row, scratch, [&](const EventView& event, Position position) -> Result<void> {
        if (threads > 1 && store::Heads::part_of(event.stream, threads) != part) return {};
        if (heads) TRY(fold_head(log, event, position, *heads, nullptr));
        return parts[part].take(log, {event, position, row.index, entry.recorded_at, entry.author});
      }));
      events += row.count;
      if (part == 0 && progress) progress(events);
    }
    return scan.status();
  };
  std::vector<std::thread> workers;
  for (unsigned part = 0; part < threads; ++part)
    workers.emplace_back([&, part] {
      if (auto folded = fold_part(part); !folded) errors[part] = folded.error();
    });
  for (auto& worker : workers) worker.join();
  for (auto& error : errors)
    if (error) return std::unexpected(std::move(*error));
  for (unsigned part = 1; part < threads; ++part) parts[0].merge(std::move(parts[part]));
  return std::move(parts[0]);
}

// ── following the log ──

namespace {
constexpr std::uint64_t write_every_events = 250'000;
constexpr std::uint64_t far_behind_entries = 4096;
constexpr auto idle_write = std::chrono::milliseconds(1000);
}  // namespace

Result<std::unique_ptr<Runner>> Runner::open(Ledger& ledger) {
  std::unique_ptr<Runner> runner(new Runner(ledger));
  TRY(runner->load());
  runner->thread_ = std::thread([raw = runner.get()] { raw->run(); });
  return runner;
}

Result<void> Runner::load() {
  // All projections share one cursor: a new projection in the catalogue means folding the log once more.
  std::uint64_t cursor = ~std::uint64_t{0};
  for (const Fold& fold : folds_.all()) {
    TRY_AS(own, ledger_.folds().cursor(fold.projection().id()));
    cursor = std::min(cursor, own.value);
  }
  if (cursor == 0 || cursor == ~std::uint64_t{0}) {
    const Head head = ledger_.head();
    for (const Fold& fold : folds_.all()) TRY(ledger_.folds().drop(fold.projection().id()));
    if (head.size > far_behind_entries) {
      TRY_AS(folded, rebuild(ledger_.log(), head.size, std::thread::hardware_concurrency()));
      folds_ = std::move(folded);
      cursor_ = head.size;
      as_of_ = head.recorded_at;
      for (Fold& fold : folds_.all()) fold.track_all();
    } else {
      for (Fold& fold : folds_.all()) fold.track_changes();
    }
    return {};
  }
  for (Fold& fold : folds_.all()) {
    TRY(ledger_.folds().each_row(fold.projection().id(), [&](std::string_view key, std::string_view value) { return fold.load(key, value); }));
    fold.track_changes();
  }
  cursor_ = written_ = cursor;
  if (cursor > 0) {
    TRY_AS(entry, ledger_.log().entry({cursor - 1}));
    as_of_ = entry.recorded_at;
  }
  return {};
}

Runner::~Runner() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

bool Runner::wait_for(EntryIndex size, std::chrono::milliseconds at_most) const {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (cursor_ < size.value && !failure() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return cursor_ >= size.value;
}

std::optional<Error> Runner::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

void Runner::run() {
  Result<void> result;
  while (result && !stopping_) {
    ledger_.wait_beyond(cursor_, idle_write);
    const Head head = ledger_.head();
    if (head.size > cursor_) result = follow(head.size);
    else if (written_ < cursor_) result = write();
  }
  if (result && written_ < cursor_) result = write();
  const std::lock_guard lock(failure_mutex_);
  if (!result) failure_ = result.error();
}

Result<void> Runner::follow(std::uint64_t size) {
  Buffer scratch;
  std::uint64_t events = 0;
  TRY_AS(scan, ledger_.log().scan({cursor_}));
  for (; scan.valid() && cursor_ < size && !stopping_; scan.next()) {
    TRY_AS(row, scan.batch());
    TRY_AS(entry, scan.entry());
    {
      const std::lock_guard lock(mutex_);
      TRY(each_event(row, scratch, [&](const EventView& event, Position position) {
        return folds_.take(ledger_.log(), {event, position, row.index, entry.recorded_at, entry.author});
      }));
      as_of_ = entry.recorded_at;
      cursor_ = row.index.value + 1;
    }
    if ((events += row.count) >= write_every_events) {
      TRY(write());
      events = 0;
    }
  }
  return scan.status();
}

Result<void> Runner::write() {
  auto changes = ledger_.folds().changes();
  {
    const std::lock_guard lock(mutex_);
    for (Fold& fold : folds_.all()) {
      for (const auto& [key, value] : fold.take_changes()) changes.put_row(fold.projection().id(), key, value);
      changes.put_cursor(fold.projection().id(), {cursor_});
    }
  }
  TRY(ledger_.folds().write(changes));
  written_ = cursor_;
  return {};
}

}  // namespace caseledger::projections
