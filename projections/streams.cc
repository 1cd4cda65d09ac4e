#include "projections/streams.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace caseledger::projections {

namespace {
std::uint32_t load_head(const char* block) {
  std::uint32_t head;
  std::memcpy(&head, block, sizeof head);
  return head;
}
void store_head(char* block, std::uint32_t head) { std::memcpy(block, &head, sizeof head); }
}  // namespace

std::uint32_t Streams::Place::head() const { return *block_ ? load_head(*block_) : 0; }

// ── one table ──

Streams::Table& Streams::Table::operator=(Table&& other) {
  std::swap(segments_, other.segments_);
  std::swap(chunks_, other.chunks_);
  std::swap(free_in_chunk_, other.free_in_chunk_);
  std::swap(large_bytes_, other.large_bytes_);
  std::swap(free_, other.free_);
  return *this;
}

Streams::Table::~Table() {
  for (const Segment& segment : segments_)
    for (const auto& [stream, block] : segment)
      if (block && room_for(load_head(block) & size_mask) > small_max) delete[] block;
}

// A large block has room to grow, a small one has none.
std::size_t Streams::room_for(std::size_t bytes) {
  const std::size_t whole = head_bytes + bytes;
  return whole <= small_max ? (whole + step_bytes - 1) / step_bytes * step_bytes : std::bit_ceil(whole);
}

char* Streams::Table::cut(std::size_t room) {
  if (room > small_max) {
    large_bytes_ += room;
    return new char[room];
  }
  auto& free = free_[room / step_bytes];
  if (!free.empty()) {
    char* const block = free.back();
    free.pop_back();
    return block;
  }
  if (free_in_chunk_ < room) {
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_bytes));
    free_in_chunk_ = chunk_bytes;
  }
  char* const block = chunks_.back().get() + (chunk_bytes - free_in_chunk_);
  free_in_chunk_ -= room;
  return block;
}

void Streams::Table::give_back(char* block) {
  const std::size_t room = room_for(load_head(block) & size_mask);
  if (room <= small_max) return free_[room / step_bytes].push_back(block);
  large_bytes_ -= room;
  delete[] block;
}

char* const* Streams::Table::find(const StreamId& stream) const {
  const Segment& in = segments_[segment_of(std::hash<Uuid>{}(stream))];
  const auto found = in.find(stream);
  return found == in.end() ? nullptr : &found->second;
}

void Streams::Table::erase(const StreamId& stream) {
  Segment& in = segment(stream);
  const auto found = in.find(stream);
  if (found == in.end()) return;
  if (found->second) give_back(found->second);
  in.erase(found);
}

std::size_t Streams::Table::size() const {
  std::size_t all = 0;
  for (const Segment& segment : segments_) all += segment.size();
  return all;
}

void Streams::Table::adopt(Table&& others) {
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i].empty()) {
      std::swap(segments_[i], others.segments_[i]);
      continue;
    }
    for (const auto& [stream, block] : others.segments_[i]) ENSURE(segments_[i].emplace(stream, block).second);  // a stream is folded in one place only
    others.segments_[i].clear();
  }
  std::ranges::move(others.chunks_, std::back_inserter(chunks_));
  others.chunks_.clear();
  free_in_chunk_ = others.free_in_chunk_ = 0;
  large_bytes_ += std::exchange(others.large_bytes_, 0);
  for (std::size_t i = 0; i < free_.size(); ++i) free_[i].insert(free_[i].end(), others.free_[i].begin(), others.free_[i].end());
  others.free_ = {};
}

// ── both ──

Streams::Place Streams::place(const StreamId& stream) {
  const auto [entry, is_fresh] = lately_.segment(stream).try_emplace(stream, nullptr);
  const Place place(entry->second);
  if (!is_fresh) return place;
  if (char* const* block = before_.find(stream)) {
    if (const Place older(const_cast<char*&>(*block)); *block) {
      set(place, older.bytes());
      mark(place, older.unsettled(), older.unwritten());
    }
    before_.erase(stream);
  }
  return place;
}

void Streams::turn() {
  before_ = Table();
  std::swap(before_, lately_);
}

void Streams::set(Place place, std::string_view bytes) {
  ENSURE(bytes.size() <= size_mask);
  char*& block = *place.block_;
  const std::size_t room = room_for(bytes.size());
  const std::uint32_t marks = place.head() & ~size_mask;
  if (!block || room != room_for(place.size())) {
    char* const fresh = lately_.cut(room);
    if (block) lately_.give_back(block);
    block = fresh;
  }
  store_head(block, marks | static_cast<std::uint32_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(block + head_bytes, bytes.data(), bytes.size());
}

void Streams::mark(Place place, bool unsettled, bool unwritten) {
  if (!*place.block_) set(place, {});
  store_head(*place.block_, static_cast<std::uint32_t>(place.size()) | (unsettled ? unsettled_bit : 0) | (unwritten ? unwritten_bit : 0));
}

void Streams::erase(const StreamId& stream) {
  lately_.erase(stream);
  before_.erase(stream);
}

std::string_view Streams::find(const StreamId& stream) const {
  char* const* block = lately_.find(stream);
  if (!block) block = before_.find(stream);
  return block ? Place(const_cast<char*&>(*block)).bytes() : std::string_view{};
}

void Streams::adopt(Streams&& others) {
  lately_.adopt(std::move(others.lately_));
  before_.adopt(std::move(others.before_));
}

}  // namespace caseledger::projections
