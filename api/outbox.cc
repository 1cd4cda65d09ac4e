#include "api/outbox.h"

#include <algorithm>

namespace caseledger::api {

// ── the log ──

Result<SignedCheckpoint> KnownLog::verify(std::string_view note) {
  auto opened = open_checkpoint(note, keys_);
  if (opened || !successors_) return opened;
  auto keys = successors_(log_);
  if (!keys || keys->size() <= keys_.size()) return opened;
  keys_ = std::move(*keys);
  return open_checkpoint(note, keys_);
}

Result<Checkpoint> KnownLog::open(std::string_view note) {
  if (opened_ && note == opened_note_) return *opened_;
  TRY_AS(opened, verify(note));
  const Checkpoint& checkpoint = opened.checkpoint;
  if (latest_ && checkpoint.size == latest_->size && checkpoint.root != latest_->root)
    return fail(Errc::verification_failed, "the log " + log_.name + " has forked: two roots were signed for size " + std::to_string(checkpoint.size));
  opened_note_ = note;
  opened_ = checkpoint;
  if (!latest_ || checkpoint.size > latest_->size) latest_ = checkpoint;
  return *opened_;
}

Result<void> KnownLog::meet(const Checkpoint& checkpoint) const {
  if (!latest_) return {};
  if (checkpoint.size < latest_->size)
    return fail(Errc::verification_failed, "the log " + log_.name + " has shrunk: it had " + std::to_string(latest_->size) + " entries and now shows " +
                                               std::to_string(checkpoint.size));
  if (checkpoint.size > latest_->size && latest_->size > 0 && consistent_) return consistent_(*latest_, checkpoint);
  return {};
}

// ── a batch ──

Result<PreparedBatch> prepare(Submission submission, bool in_order) {
  PreparedBatch out{std::move(submission), {}, {}, {}};
  TRY_AS(parts, parse_batch(out.submission.batch));
  Hashes leaves;
  std::vector<FoundRef> refs;
  for (const Bytes event : parts.events) {
    leaves.push_back(leaf_hash(event));
    // What is no event is the server's to refuse, with its place in the batch.
    if (in_order && check_event_bytes(event, refs)) out.writes.push_back(view_event(event).stream);
  }
  for (const FoundRef& ref : refs) out.refers.push_back(ref.stream);
  const auto distinct = [](std::vector<StreamId>& streams) {
    std::ranges::sort(streams);
    streams.erase(std::ranges::unique(streams).begin(), streams.end());
  };
  distinct(out.writes);
  distinct(out.refers);
  out.entry = {static_cast<std::uint32_t>(leaves.size()), {}, 0, parts.author, tree_head(leaves), parts.signature};
  return out;
}

// ── sending ──

void Outbox::add(std::uint64_t request, PreparedBatch batch, Done done) {
  ENSURE(pending_.empty() || request > pending_.rbegin()->first);
  Pending& pending = pending_[request];
  std::set<std::uint64_t> before;
  for (const auto* streams : {&batch.writes, &batch.refers})
    for (const StreamId& stream : *streams)
      if (const auto found = last_.find(stream); found != last_.end()) before.insert(found->second);
  for (const std::uint64_t each : before) pending_.at(each).followers.push_back(request);
  for (const StreamId& stream : batch.writes) last_[stream] = request;
  pending.batch = std::move(batch);
  pending.done = std::move(done);
  pending.waits_for = before.size();
  if (pending.waits_for == 0) ready_.insert(request);
}

std::optional<Buffer> Outbox::next_frame(const frames::Limits& limits, Micros now) {
  constexpr std::size_t frame_overhead = 1024, item_overhead = 128;
  if (now < paused_until_) return std::nullopt;
  std::vector<frames::Outgoing> items;
  std::size_t bytes = frame_overhead;
  while (!ready_.empty() && items.size() < limits.appends_per_frame && in_flight_.size() < limits.appends_in_flight) {
    const std::uint64_t request = *ready_.begin();
    const Pending& pending = pending_.at(request);
    std::size_t item_bytes = item_overhead + pending.batch.submission.batch.size();
    for (const auto& opening : pending.batch.submission.openings) item_bytes += item_overhead + opening.plaintext.size();
    if (items.empty() && bytes + item_bytes > limits.frame_bytes) {
      refuse_as_too_large(request, limits.frame_bytes);
      continue;
    }
    if (bytes + item_bytes > limits.frame_bytes) break;
    bytes += item_bytes;
    items.push_back({request, pending.batch.submission});
    in_flight_.insert(request);
    ready_.erase(ready_.begin());
  }
  if (items.empty()) return std::nullopt;
  return frames::write_append(items);
}

void Outbox::refuse_as_too_large(std::uint64_t request, std::size_t frame_bytes) {
  const std::string sentence = "the batch and its openings do not fit into a frame of " + std::to_string(frame_bytes) + " bytes";
  answer(request, std::unexpected(frames::Rejected{request, std::string(name(Errc::too_large)), sentence, {}, 0}));
}

std::optional<Micros> Outbox::paused_until(Micros now) const {
  if (ready_.empty() || now >= paused_until_) return std::nullopt;
  return paused_until_;
}

void Outbox::connection_lost() {
  ready_.merge(in_flight_);
  in_flight_.clear();
  paused_until_ = 0;
}

// ── answers ──

Result<void> Outbox::appended(const frames::Appended& appended, KnownLog& log) {
  TRY_AS(checkpoint, log.open(appended.checkpoint));
  for (const auto& result : appended.results) {
    const auto found = pending_.find(result.request);
    if (found == pending_.end() || !in_flight_.contains(result.request))
      return fail(Errc::verification_failed, "the server answers request " + std::to_string(result.request) + ", which is not in flight");
    Receipt receipt{found->second.batch.entry, {}, result.entry_index, Hashes(result.own.begin(), result.own.end()), std::string(appended.checkpoint)};
    receipt.entry.first_position = result.first_position;
    receipt.entry.recorded_at = result.recorded_at;
    receipt.path.insert(receipt.path.end(), appended.shared.begin(), appended.shared.end());
    TRY(verify_inclusion(leaf_hash(receipt.entry.encode()), receipt.index.value, checkpoint.size, receipt.path, checkpoint.root));
    answer(result.request, std::move(receipt));
  }
  return {};
}

bool Outbox::rejected(frames::Rejected rejected, Micros now) {
  if (!in_flight_.contains(rejected.request)) return false;
  if (rejected.code == name(Errc::overloaded) || rejected.code == name(Errc::draining)) {
    in_flight_.erase(rejected.request);
    ready_.insert(rejected.request);
    paused_until_ = now + std::max<Micros>(rejected.retry_after_ms, 1) * 1000;
    return true;
  }
  const std::uint64_t request = rejected.request;
  answer(request, std::unexpected(std::move(rejected)));
  return true;
}

void Outbox::answer(std::uint64_t request, Answer answer) {
  auto pending = std::move(pending_.extract(request).mapped());
  in_flight_.erase(request);
  ready_.erase(request);
  for (const StreamId& stream : pending.batch.writes)
    if (const auto found = last_.find(stream); found != last_.end() && found->second == request) last_.erase(found);
  for (const std::uint64_t each : pending.followers)
    if (const auto follower = pending_.find(each); follower != pending_.end() && --follower->second.waits_for == 0) ready_.insert(each);
  pending.done(std::move(answer));
}

void Outbox::give_up(const Error& error) {
  while (!pending_.empty()) {
    const std::uint64_t request = pending_.begin()->first;
    answer(request, std::unexpected(frames::Rejected{request, std::string(name(error.code)), error.sentence, {}, 0}));
  }
}

}  // namespace caseledger::api
