#include "ledger/keeper.h"

#include <algorithm>

namespace caseledger {

namespace {
constexpr auto purge_again = std::chrono::seconds(10);  // after one that found a file still being read
}

Keeper::Keeper(store::Log& log, store::Folds& folds, store::Tiles& tiles, store::Shares& shares, const Config& config)
    : log_(log), folds_(folds), tiles_(tiles), shares_(shares), config_(config), thread_([this] { run(); }) {}

Keeper::~Keeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Keeper::moved(Moved moved) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return heads_.size() < config_.heads_rows_max || failure_; });
  if (failure_) return;
  heads_.insert(heads_.end(), moved.heads.begin(), moved.heads.end());
  skips_.insert(skips_.end(), moved.skips.begin(), moved.skips.end());
  excised_.insert(excised_.end(), moved.excised.begin(), moved.excised.end());
  size_ = moved.size;
  const bool is_due = something_is_due();
  lock.unlock();
  if (is_due) changed_.notify_all();
}

std::optional<Error> Keeper::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

bool Keeper::something_is_due() const {
  const bool purge = !excised_.empty() && std::chrono::steady_clock::now() >= purge_again_;
  return !failure_ && (heads_.size() >= config_.heads_run_rows || shares_.size() >= store::Shares::write_max || purge);
}

void Keeper::run() {
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    changed_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_ || something_is_due(); });
    last = stopping_;
    const bool run_is_due = last || heads_.size() >= config_.heads_run_rows;
    std::vector<store::Heads::Row> rows;
    if (run_is_due) rows.swap(heads_);
    const EntryIndex size = size_;
    lock.unlock();
    changed_.notify_all();
    auto written = write_small();
    if (written) written = purge();
    if (written && !rows.empty()) written = write_heads(std::move(rows), size);
    lock.lock();
    if (!written && !failure_) failure_ = written.error();
  }
}

// What the files owe stays owed while somebody reads one of them.
Result<void> Keeper::purge() {
  std::vector<Position> excised;
  {
    const std::lock_guard lock(mutex_);
    if (std::chrono::steady_clock::now() < purge_again_) return {};
    excised = excised_;
  }
  if (excised.empty()) return {};
  auto purged = folds_.purge_shares(excised);
  if (purged) purged = log_.purge(excised);
  const std::lock_guard lock(mutex_);
  if (!purged && purged.error().code == Errc::overloaded) {
    purge_again_ = std::chrono::steady_clock::now() + purge_again;
    return {};
  }
  excised_.erase(excised_.begin(), excised_.begin() + static_cast<std::ptrdiff_t>(excised.size()));
  return purged;
}

Result<void> Keeper::write_small() {
  for (;;) {
    const auto shares = shares_.waiting();
    TRY(write_small(shares));
    if (shares.size() < store::Shares::write_max) return {};
  }
}

Result<void> Keeper::write_small(const std::vector<store::Share>& shares) {
  auto changes = folds_.changes();
  const auto waiting = tiles_.waiting();
  std::vector<Moved::Skip> skips;
  {
    const std::lock_guard lock(mutex_);
    skips.swap(skips_);
  }
  if (waiting.tiles.empty() && skips.empty() && shares.empty()) return {};
  for (const auto& tile : waiting.tiles) changes.put_tile(tile);
  for (const auto& skip : skips) changes.put_skip(skip.stream, skip.version, skip.position);
  for (const auto& share : shares) changes.put_share(share);
  if (!waiting.tiles.empty()) changes.put_cursor("tiles", waiting.size);
  TRY(folds_.write(changes));
  tiles_.written(waiting.tiles.size());
  shares_.written(shares.size());
  return {};
}

Result<void> Keeper::write_heads(std::vector<store::Heads::Row> rows, EntryIndex size) {
  // The last row of a stream is its newest.
  std::ranges::stable_sort(rows, {}, &store::Heads::Row::stream);
  std::size_t newest = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (i + 1 == rows.size() || rows[i + 1].stream != rows[i].stream) rows[newest++] = rows[i];
  // Tiles, skips and shares below the cursor have to be there when it says so.
  TRY(folds_.flush());
  return folds_.write_heads(std::span(rows).first(newest), size);
}

}  // namespace caseledger
