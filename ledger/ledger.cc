#include "ledger/ledger.h"

#include <algorithm>

#include "ledger/history.h"

namespace caseledger {

namespace {
std::size_t weight(const Submission& submission) {
  std::size_t bytes = submission.batch.size() + 256;
  for (const auto& opening : submission.openings) bytes += opening.plaintext.size() + 64;
  return bytes;
}

std::vector<StreamId> subjects_among(const std::vector<store::Heads::Row>& moved) {
  std::vector<StreamId> subjects;
  for (const auto& row : moved)
    if (row.state.kind == StreamKind::subject) subjects.push_back(row.stream);
  return subjects;
}
}  // namespace

Ledger::Ledger(std::string origin, Signer log_key, Config config, Clock clock, Sinks sinks)
    : origin_(std::move(origin)),
      log_key_(std::move(log_key)),
      config_(config),
      clock_(std::move(clock)),
      sinks_(std::move(sinks)),
      authority_(origin_),
      submitted_(config.waiting_batches_max, config.waiting_bytes_max),
      verified_(config.waiting_batches_max, config.waiting_bytes_max),
      published_authority_(origin_) {}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& folder, std::string origin, Signer log_key, Config config, Clock clock, Sinks sinks) {
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(origin), std::move(log_key), config, std::move(clock), std::move(sinks)));
  TRY(ledger->load(folder));
  ledger->start();
  return ledger;
}

Ledger::~Ledger() { drain(); }

// ── start: only from what is durable, and only as far as it agrees with what was signed ──

Result<void> Ledger::load(const std::filesystem::path& folder) {
  TRY_AS(log, store::Log::open(folder / "store" / "log"));
  log_ = std::move(log);
  TRY_AS(folds, store::Folds::open(folder / "store" / "folds"));
  folds_ = std::move(folds);
  TRY_AS(vault, store::Vault::open(folder / "vault", origin_));
  vault_ = std::move(vault);
  TRY_AS(last_signed, store::LastSigned::open(folder / "last-signed"));
  last_signed_.emplace(std::move(last_signed));
  tiles_ = std::make_unique<store::Tiles>(*folds_);
  shares_ = std::make_unique<store::Shares>(*folds_);
  TRY(load_tree(*last_signed_));
  TRY(load_heads());
  return load_authority();
}

Result<void> Ledger::load_tree(store::LastSigned& last_signed) {
  const auto differs = [&](std::string why) { return fail(Errc::verification_failed, "the log of " + origin_ + " is not what was signed: " + std::move(why)); };
  const auto mark = last_signed.mark();
  TRY_AS(written, folds_->cursor("tiles"));
  TRY_AS(scan, log_->scan({0}));
  store::Log::End end;
  for (; scan.valid(); scan.next()) {
    TRY_AS(entry, scan.entry());
    TRY_AS(row, scan.batch());
    if (row.index != end.size || entry.first_position != end.next || row.first != end.next || row.count != entry.count || entry.recorded_at < end.recorded_at)
      return differs("entry " + std::to_string(end.size.value) + " does not follow the one before it");
    tiles_->append(leaf_hash(entry.encode()));
    end = {end.size + 1, entry.end(), entry.recorded_at};
    if (end.size.value % 4096 == 0) tiles_->forget(written.value);
    if (mark && mark->size == end.size.value && tiles_->root() != mark->root) return differs("its root at size " + std::to_string(mark->size) + " is another");
  }
  TRY(scan.status());
  tiles_->forget(written.value);
  if (mark && mark->size > end.size.value)
    return differs("it has " + std::to_string(end.size.value) + " entries, and a checkpoint over " + std::to_string(mark->size) +
                   " was signed. It was cut short or put back from a backup; restore the missing entries, do not start it");
  TRY_AS(note, log_->last_checkpoint());
  if (note) {
    TRY_AS(opened, open_checkpoint(*note, log_key_.vkey()));
    if (opened.checkpoint != Checkpoint{origin_, end.size.value, tiles_->root()}) return differs("its last checkpoint is over other entries");
  } else if (end.size.value > 0) {
    return differs("it has entries and no checkpoint");
  }
  if (!mark || mark->size < end.size.value) TRY(last_signed.write({end.size.value, tiles_->root()}));
  const Micros now = clock_.wall();
  if (end.size.value > 0 && now - end.recorded_at > config_.gap_max.count() && !config_.gap_confirmed)
    return fail(Errc::usage, "the last entry was recorded on " + to_rfc3339(end.recorded_at) + ", more than 30 days ago; confirm with --after-long-stop that the clock is right");
  const std::string checkpoint = note ? *note : sign_checkpoint({origin_, 0, empty_root()}, log_key_);
  head_ = {end.size.value, end.next, end.recorded_at, checkpoint};
  sequencer_ = std::make_unique<Sequencer>(Sequencer::Parts{origin_, log_key_, *log_, *last_signed_, heads_, *tiles_, *folds_, *vault_, authority_, clock_, config_}, end);
  return {};
}

Result<void> Ledger::load_heads() {
  TRY_AS(cursor, folds_->heads_cursor());
  if (cursor.value > head_.size) return fail(Errc::verification_failed, "the folds reach beyond the log; delete store/folds and start again");
  TRY(folds_->each_head([&](const store::Heads::Row& row) { heads_.set(heads_.place(row.stream), row.state); }));
  Moved moved;
  Buffer scratch;
  TRY_AS(scan, log_->scan(cursor));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) { return fold_head(*log_, event, position, heads_, &moved); }));
  }
  TRY(scan.status());
  moved.size = {head_.size};
  keeper_ = std::make_unique<Keeper>(*folds_, *tiles_, *shares_, config_);
  shares_->add(moved.shares);
  if (!moved.heads.empty()) keeper_->moved(std::move(moved));
  return {};
}

Result<void> Ledger::load_authority() {
  TRY_AS(events, walk(*log_, heads_.get(rules::governance_stream(origin_)).last, heads_.get(rules::governance_stream(origin_)).version));
  for (const auto& event : events) {
    TRY_AS(entry, log_->entry(event.index));
    TRY_AS(record, log_->record(event.index));
    TRY_AS(items, parse_items(Bytes(record).subspan(entry_bytes), entry.count));
    if (items_root(items) != entry.root)  // who may write follows from these bytes
      return fail(Errc::verification_failed, "the log is damaged: entry " + std::to_string(event.index.value) + " holds other events than its author signed");
    authority_.apply(entry.author, view_event(event.bytes), event.position);
  }
  if (authority_.log_key() && *authority_.log_key() != log_key_.vkey())
    return fail(Errc::wrong_origin, "the log key of this folder is not the one that genesis names, " + authority_.log_key()->text());
  published_authority_ = authority_;
  return {};
}

// ── run ──

void Ledger::start() {
  for (unsigned i = 0; i < std::max(1u, config_.verify_threads); ++i) verifiers_.emplace_back([this] { verify_loop(); });
  sequencer_thread_ = std::thread([this] { sequence_loop(); });
}

Result<void> Ledger::submit(Ticket ticket, Submission& submission) {
  if (draining_) return fail(Errc::draining, "the ledger is shutting down; try again elsewhere or later");
  const std::size_t bytes = weight(submission);
  Submitted item{ticket, std::move(submission)};
  if (submitted_.offer(item, bytes)) return {};
  submission = std::move(item.submission);
  return fail(Errc::overloaded, "too much is waiting to be recorded; try again in " + std::to_string(config_.overloaded_retry_ms) + " ms");
}

void Ledger::verify_loop() {
  // Handed over in groups: one batch at a time costs three times the context switches.
  const auto share = [this](std::size_t waiting) {
    return std::min(config_.verify_handoff_max, (waiting + config_.verify_threads - 1) / std::max(1u, config_.verify_threads));
  };
  // Large batches go over a few at a time: the sequencer works on the first while the next are verified.
  constexpr std::size_t bytes_at_once = 512 << 10;
  for (auto taken = submitted_.take(share, bytes_at_once); !taken.empty(); taken = submitted_.take(share, bytes_at_once)) {
    std::vector<Verified> verified;
    verified.reserve(taken.size());
    std::size_t bytes = 0;
    for (auto& each : taken) {
      bytes += each.submission.batch.size();
      verified.push_back({each.ticket, verify(std::move(each.submission), origin_)});
    }
    verified_.put(std::move(verified), bytes / taken.size());
  }
}

void Ledger::sequence_loop() {
  const auto share = [this](std::size_t) { return config_.group_batches_max; };
  for (auto arrived = verified_.take(share, config_.group_bytes_max); !arrived.empty(); arrived = verified_.take(share, config_.group_bytes_max)) {
    auto done = failure() ? Result<Sequencer::Done>(std::unexpected(*failure())) : sequencer_->commit_group(std::move(arrived));
    if (!done) {
      stop_admitting(std::move(done.error()));
      continue;
    }
    shares_->add(done->moved.shares);  // before anyone hears of the grant
    {
      const std::lock_guard lock(published_mutex_);
      head_ = std::move(done->head);
      if (done->authority_changed) published_authority_ = authority_;
      folds_failure_ = keeper_->failure();
    }
    published_.notify_all();
    sinks_.committed(done->times);
    sinks_.outcome(std::move(done->outcome));
    if (auto subjects = subjects_among(done->moved.heads); !subjects.empty()) sinks_.subjects(std::move(subjects));
    keeper_->moved(std::move(done->moved));
    for (const auto& listener : listeners_) listener();
  }
}

// What was in the failed commit is neither acknowledged nor refused: it may be durable. Peers resend and are told then.
void Ledger::stop_admitting(Error error) {
  draining_ = true;
  const std::lock_guard lock(published_mutex_);
  if (!failure_) failure_ = std::move(error);
}

void Ledger::drain() {
  draining_ = true;
  submitted_.close();
  for (auto& thread : verifiers_)
    if (thread.joinable()) thread.join();
  verified_.close();
  if (sequencer_thread_.joinable()) sequencer_thread_.join();
  keeper_.reset();
  published_.notify_all();
}

// ── published ──

Head Ledger::head() const {
  const std::lock_guard lock(published_mutex_);
  return head_;
}

void Ledger::wait_beyond(std::uint64_t size, std::chrono::milliseconds at_most) const {
  std::unique_lock lock(published_mutex_);
  published_.wait_for(lock, at_most, [&] { return head_.size > size || draining_; });
}

void Ledger::on_head(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }

rules::Authority Ledger::authority() const {
  const std::lock_guard lock(published_mutex_);
  return published_authority_;
}

std::optional<Error> Ledger::failure() const {
  const std::lock_guard lock(published_mutex_);
  return failure_;
}

std::optional<Error> Ledger::folds_failure() const {
  const std::lock_guard lock(published_mutex_);
  return folds_failure_;
}

}  // namespace caseledger
