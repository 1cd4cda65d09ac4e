#include "projections/streams.h"

#include <algorithm>
#include <bit>
#include <cstring>

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

Streams& Streams::operator=(Streams&& other) {
  std::swap(segments_, other.segments_);
  std::swap(chunks_, other.chunks_);
  std::swap(free_in_chunk_, other.free_in_chunk_);
  std::swap(free_, other.free_);
  return *this;
}

Streams::~Streams() {
  for (const Segment& segment : segments_)
    for (const auto& [stream, block] : segment)
      if (block && room_for(load_head(block) & size_mask) > small_max) delete[] block;
}

// A large block has room to grow, a small one has none.
std::size_t Streams::room_for(std::size_t bytes) {
  const std::size_t whole = head_bytes + bytes;
  return whole <= small_max ? (whole + step_bytes - 1) / step_bytes * step_bytes : std::bit_ceil(whole);
}

char* Streams::cut(std::size_t room) {
  if (room > small_max) return new char[room];
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

void Streams::give_back(char* block) {
  const std::size_t room = room_for(load_head(block) & size_mask);
  if (room > small_max) delete[] block;
  else free_[room / step_bytes].push_back(block);
}

Streams::Place Streams::place(const StreamId& stream) { return Place(segment(stream).try_emplace(stream, nullptr).first->second); }

void Streams::set(Place place, std::string_view bytes) {
  ENSURE(bytes.size() <= size_mask);
  char*& block = *place.block_;
  const std::size_t room = room_for(bytes.size());
  const std::uint32_t marks = place.head() & ~size_mask;
  if (!block || room != room_for(place.size())) {
    char* const fresh = cut(room);
    if (block) give_back(block);
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
  Segment& in = segment(stream);
  const auto found = in.find(stream);
  if (found == in.end()) return;
  if (found->second) give_back(found->second);
  in.erase(found);
}

std::string_view Streams::find(const StreamId& stream) const {
  const Segment& in = segments_[segment_of(std::hash<Uuid>{}(stream))];
  const auto found = in.find(stream);
  return found == in.end() || !found->second ? std::string_view{} : std::string_view(found->second + head_bytes, load_head(found->second) & size_mask);
}

std::size_t Streams::size() const {
  std::size_t all = 0;
  for (const Segment& segment : segments_) all += segment.size();
  return all;
}

void Streams::adopt(Streams&& others) {
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
  for (std::size_t i = 0; i < free_.size(); ++i) free_[i].insert(free_[i].end(), others.free_[i].begin(), others.free_[i].end());
  others.free_ = {};
}

}  // namespace caseledger::projections
