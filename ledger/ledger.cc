#include "ledger/ledger.h"

#include <algorithm>
#include <map>

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

Ledger::Ledger(std::string origin, Signer log_key, Config config, Clock clock, Sinks sinks, FindLogKey find_log_key)
    : origin_(std::move(origin)),
      log_keys_(std::move(log_key), std::move(find_log_key)),
      config_(config),
      clock_(std::move(clock)),
      sinks_(std::move(sinks)),
      authority_(origin_),
      submitted_(config.waiting_batches_max, config.waiting_bytes_max),
      verified_(config.waiting_batches_max, config.waiting_bytes_max),
      published_authority_(origin_) {}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& folder, std::string origin, Signer log_key, Config config, Clock clock, Sinks sinks,
                                             FindLogKey find_log_key) {
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(origin), std::move(log_key), config, std::move(clock), std::move(sinks), std::move(find_log_key)));
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
  TRY_AS(end, load_tree());
  TRY_AS(moved, load_heads(end.size));
  TRY(load_authority());
  TRY(leave_out_excised(moved));
  TRY(check_signed(end));
  keeper_ = std::make_unique<Keeper>(*log_, *folds_, *tiles_, *shares_, config_);
  shares_->add(moved.shares);
  TRY(keep(std::move(moved)));
  sequencer_ = std::make_unique<Sequencer>(Sequencer::Parts{origin_, log_keys_, *log_, *last_signed_, heads_, *tiles_, *folds_, *shares_, *vault_, authority_, clock_, config_}, end);
  return {};
}

namespace {
std::unexpected<Error> not_what_was_signed(const std::string& origin, std::string why) {
  return fail(Errc::verification_failed, "the log of " + origin + " is not what was signed: " + std::move(why));
}
}  // namespace

Result<store::Log::End> Ledger::load_tree() {
  const auto differs = [&](std::string why) { return not_what_was_signed(origin_, std::move(why)); };
  const auto mark = last_signed_->mark();
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
  return end;
}

// The last checkpoint is over what is there, by the key of its size.
Result<void> Ledger::check_signed(const store::Log::End& end) {
  TRY_AS(note, log_->last_checkpoint());
  const Checkpoint whole{origin_, end.size.value, tiles_->root()};
  if (note) {
    const std::vector<rules::Authority::LogKey> given{{log_keys_.given(), 0}};  // before genesis
    TRY_AS(opened, open_checkpoint(*note, authority_.log_keys().empty() ? given : authority_.log_keys()));
    if (opened.checkpoint != whole) return not_what_was_signed(origin_, "its last checkpoint is over other entries");
  } else if (end.size.value > 0) {
    return not_what_was_signed(origin_, "it has entries and no checkpoint");
  }
  TRY_AS(key, log_keys_.at(authority_, end.size.value + 1));  // that signs from now on
  const auto mark = last_signed_->mark();
  if (!mark || mark->size < end.size.value) TRY(last_signed_->write({end.size.value, whole.root}));
  const Micros now = clock_.wall();
  if (end.size.value > 0 && now - end.recorded_at > config_.gap_max.count() && !config_.gap_confirmed)
    return fail(Errc::usage, "the last entry was recorded on " + to_rfc3339(end.recorded_at) + ", more than 30 days ago; confirm with --after-long-stop that the clock is right");
  head_ = {end.size.value, end.next, end.recorded_at, note ? *note : sign_checkpoint(whole, *key)};
  return {};
}

Result<Moved> Ledger::load_heads(EntryIndex size) {
  TRY_AS(cursor, folds_->heads_cursor());
  if (cursor > size) return fail(Errc::verification_failed, "the folds reach beyond the log; delete store/folds and start again");
  TRY(folds_->each_head([&](const store::Heads::Row& row) { heads_.set(heads_.place(row.stream), row.state); }));
  Moved moved;
  Buffer scratch;
  TRY_AS(scan, log_->scan(cursor));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) { return fold_head(*log_, event, position, heads_, &moved); }));
    if (cursor.value == 0) moved.heads.clear();  // every stream moves: keep() takes them all
    if (moved.shares.size() < store::Shares::write_max) continue;
    auto changes = folds_->changes();
    for (const store::Share& share : std::exchange(moved.shares, {})) changes.put_share(share);
    TRY(folds_->write(changes));
  }
  TRY(scan.status());
  moved.size = size;
  return moved;
}

Result<void> Ledger::load_authority() {
  const rules::StreamState governance = heads_.get(rules::governance_stream(origin_));
  TRY_AS(authority, authority_at(*log_, origin_, governance.last, governance.version));
  authority_ = published_authority_ = std::move(authority);
  const auto is_given = [&](const rules::Authority::LogKey& each) { return each.vkey == log_keys_.given(); };
  if (!authority_.log_keys().empty() && std::ranges::none_of(authority_.log_keys(), is_given))
    return fail(Errc::wrong_origin, "the log key of this folder is none that governance names; genesis says " + authority_.log_keys()[0].vkey.text());
  return {};
}

// Streams of which events were excised, as they stand without them. A fold of their bytes alone knows nothing of those at their end, and one
// that was written before the decision knows too much. What the files still owe goes with it.
Result<void> Ledger::leave_out_excised(Moved& moved) {
  std::map<StreamId, rules::Excision> streams;
  for (const auto& [position, excision] : authority_.excisions()) {
    const auto [at, fresh] = streams.try_emplace(excision.stream, excision);
    if (!fresh && position > at->second.position) at->second = excision;
  }
  for (const auto& [stream, latest] : streams) {
    const auto place = heads_.place(stream);
    const rules::StreamState before = heads_.at(place);
    const bool ends_with_it = before.version <= latest.version;
    const Version version = ends_with_it ? latest.version : before.version;
    const Position last = ends_with_it ? latest.position : before.last;
    TRY_AS(events, walk(*log_, last, version));
    const rules::StreamState state = rules::refold(stream, latest.kind, version, last, Recall(std::move(events)));
    if (state == before) continue;
    heads_.set(place, state);
    moved.heads.push_back(heads_.row(place));
  }
  TRY_AS(owed, log_->owed());
  moved.excised = std::move(owed);
  return {};
}

// What was folded is the keeper's. From the beginning that is a row for every stream, a part of them after the other, and only the last says how
// far they reach.
Result<void> Ledger::keep(Moved moved) {
  TRY_AS(cursor, folds_->heads_cursor());
  if (cursor.value == 0 && moved.size.value > 0) {
    const EntryIndex size = std::exchange(moved.size, {});
    const auto parts = static_cast<unsigned>(heads_.size() / config_.heads_run_rows + 1);
    for (unsigned part = 0; part < parts; ++part) {
      if (part + 1 == parts) moved.size = size;
      heads_.each(part, parts, [&](const store::Heads::Row& row) { moved.heads.push_back(row); });
      keeper_->moved(std::exchange(moved, {}));
    }
  } else if (!moved.heads.empty() || !moved.excised.empty()) {
    keeper_->moved(std::move(moved));
  }
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

Vkey Ledger::log_vkey() const {
  const std::lock_guard lock(published_mutex_);
  const Vkey* key = log_key_at(published_authority_.log_keys(), head_.size);
  return key ? *key : log_keys_.given();
}

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
