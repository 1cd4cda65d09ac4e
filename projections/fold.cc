#include "projections/fold.h"

#include <algorithm>

namespace caseledger::projections {

void Cells::add(std::string_view key, std::int64_t delta) {
  if (delta == 0) return;
  const auto [cell, fresh] = sums_.try_emplace(std::string(key), 0);
  if (touched_) touched_->insert_or_assign(cell->first, true);
  if ((cell->second += delta) == 0) sums_.erase(cell);
}

std::int64_t Cells::at(std::string_view key) const {
  const auto found = sums_.find(std::string(key));
  return found == sums_.end() ? 0 : found->second;
}

Fold::Fold(const Projection& projection) : projection_(&projection) {
  for (std::size_t type = 0; type < wanted_.size(); ++type)
    wanted_[type] = type < body_numbers && projection.wants(static_cast<schema::Body>(type));
}

std::string_view Fold::state(const StreamId& stream) const {
  const auto found = states_.find(stream);
  return found == states_.end() ? std::string_view{} : std::string_view(found->second);
}

void Fold::step(const Fact& fact) {
  next_ = state(fact.event.stream);
  projection_->step(next_, fact);
  become_next(fact.event.stream);
}

void Fold::refold(const StreamId& stream, std::span<const Fact> facts) {
  next_.clear();
  for (const Fact& fact : facts)
    if (wanted_[static_cast<std::uint8_t>(fact.event.type)]) projection_->step(next_, fact);
  become_next(stream);
}

// −old +new: what the stream's state is now gives way to next_.
void Fold::become_next(const StreamId& stream) {
  const auto [at, fresh] = states_.try_emplace(stream);
  std::string& state = at->second;
  if (next_ == state) {
    if (fresh) states_.erase(at);
    return;
  }
  // New before old: a cell that both have never falls to zero in between.
  report_touched();
  if (!next_.empty()) projection_->contribute(next_, [this](std::string_view key, std::int64_t n) { cells_.add(key, n); });
  if (!state.empty()) projection_->contribute(state, [this](std::string_view key, std::int64_t n) { cells_.add(key, -n); });
  if (tracking_) touched_streams_.insert_or_assign(stream, true);
  if (next_.empty()) states_.erase(at);
  else state = next_;
}

// Set anew before every change: a fold that was moved or copied reports to itself.
void Fold::report_touched() { cells_.touched_ = tracking_ ? &touched_cells_ : nullptr; }

void Fold::merge(Fold&& other) {
  report_touched();
  for (auto& [stream, state] : other.states_) {
    const auto [at, fresh] = states_.try_emplace(stream, std::move(state));
    ENSURE(fresh);  // a stream is folded in one place only
    if (tracking_) touched_streams_.insert_or_assign(stream, true);
  }
  for (const auto& [key, n] : other.cells_.all()) cells_.add(key, n);
}

namespace {
std::string stream_key(const StreamId& stream) { return 's' + std::string(text_of(stream.bytes)); }
std::string sum_value(std::int64_t n) {
  std::string value(8, '\0');
  std::memcpy(value.data(), &n, 8);
  return value;
}
}  // namespace

Hash Fold::digest() const {
  std::vector<Row> rows;
  rows.reserve(states_.size() + cells_.all().size());
  for (const auto& [stream, state] : states_)
    if (!state.empty()) rows.emplace_back(stream_key(stream), state);
  for (const auto& [key, n] : cells_.all()) rows.emplace_back('c' + key, sum_value(n));
  std::ranges::sort(rows);
  Buffer all;
  for (const auto& [key, value] : rows) {
    append_le(all, static_cast<std::uint32_t>(key.size()));
    append(all, bytes_of(key));
    append_le(all, static_cast<std::uint32_t>(value.size()));
    append(all, bytes_of(value));
  }
  return sha256(all);
}

void Fold::track_changes() { tracking_ = true; }

void Fold::track_all() {
  track_changes();
  for (const auto& [stream, state] : states_) touched_streams_.insert_or_assign(stream, true);
  for (const auto& [key, sum] : cells_.all()) touched_cells_.insert_or_assign(key, true);
}

std::vector<Fold::Row> Fold::take_changes() {
  std::vector<Row> rows;
  rows.reserve(touched_streams_.size() + touched_cells_.size());
  for (const auto& [stream, touched] : touched_streams_) rows.emplace_back(stream_key(stream), std::string(state(stream)));
  for (const auto& [key, touched] : touched_cells_) {
    const auto sum = cells_.at(key);
    rows.emplace_back('c' + key, sum == 0 ? std::string{} : sum_value(sum));
  }
  touched_streams_.clear();
  touched_cells_.clear();
  std::ranges::sort(rows);
  return rows;
}

Result<void> Fold::load(std::string_view key, std::string_view value) {
  if (key.starts_with('s') && key.size() == 17) {
    StreamId stream;
    std::memcpy(stream.bytes.data(), key.data() + 1, 16);
    states_[stream] = std::string(value);
  } else if (key.starts_with('c') && value.size() == 8) {
    cells_.sums_[std::string(key.substr(1))] = load_le<std::int64_t>(bytes_of(value).data());
  } else {
    return fail(Errc::malformed, "a row of projection " + std::string(projection_->id()) + " is damaged; rebuild it");
  }
  return {};
}

}  // namespace caseledger::projections
