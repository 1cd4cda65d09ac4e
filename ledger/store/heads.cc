#include "ledger/store/heads.h"

namespace caseledger::store {

namespace {
constexpr std::uint32_t row_bits = 20, row_mask = (1u << row_bits) - 1;

// The segment, the slot and the tag take different bits of the hash: sharing them clusters the table badly.
std::uint32_t segment_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 54); }
std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 40 & 0xfff) << row_bits; }
}  // namespace

std::uint32_t Heads::Segment::find(const StreamId& stream, std::uint64_t hash) const {
  if (slots.empty()) return none;
  const std::size_t mask = slots.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const std::uint32_t slot = slots[at];
    if (slot == 0) return none;
    if ((slot & ~row_mask) == tag_of(hash) && row((slot & row_mask) - 1).stream == stream) return (slot & row_mask) - 1;
  }
}

void Heads::Segment::grow() {
  std::vector<std::uint32_t> wider(slots.empty() ? 64 : slots.size() * 2, 0);
  const std::size_t mask = wider.size() - 1;
  for (std::uint32_t i = 0; i < rows; ++i) {
    const std::uint64_t hash = std::hash<Uuid>{}(row(i).stream);
    std::size_t at = hash & mask;
    while (wider[at] != 0) at = (at + 1) & mask;
    wider[at] = tag_of(hash) | (i + 1);
  }
  slots = std::move(wider);
}

std::uint32_t Heads::Segment::add(const StreamId& stream, std::uint64_t hash) {
  if ((rows + 1) * 4 > slots.size() * 3) grow();
  ENSURE(rows < row_mask);  // a thousand million streams
  if (rows % chunk_rows == 0) chunks.push_back(std::make_unique<Row[]>(chunk_rows));
  const std::uint32_t index = rows++;
  row(index).stream = stream;
  const std::size_t mask = slots.size() - 1;
  std::size_t at = hash & mask;
  while (slots[at] != 0) at = (at + 1) & mask;
  slots[at] = tag_of(hash) | (index + 1);
  return index;
}

rules::StreamState Heads::get(const StreamId& stream) const {
  const std::uint64_t hash = std::hash<Uuid>{}(stream);
  const Segment& segment = segments_[segment_of(hash)];
  const auto locked = lock(segment);
  const std::uint32_t row = segment.find(stream, hash);
  return row == none ? rules::StreamState{} : segment.row(row).state;
}

Heads::Place Heads::place(const StreamId& stream) {
  const std::uint64_t hash = std::hash<Uuid>{}(stream);
  Segment& segment = segments_[segment_of(hash)];
  std::uint32_t row = segment.find(stream, hash);  // only the writer changes slots: it may look without the lock
  if (row == none) {
    const auto locked = lock(segment);
    row = segment.add(stream, hash);
  }
  return {segment_of(hash), row};
}

const rules::StreamState& Heads::at(Place place) const { return segments_[place.segment].row(place.row).state; }

void Heads::set(Place place, const rules::StreamState& state) {
  Segment& segment = segments_[place.segment];
  const auto locked = lock(segment);
  segment.row(place.row).state = state;
}

void Heads::expect(const StreamId& stream) const {
  const std::uint64_t hash = std::hash<Uuid>{}(stream);
  const Segment& segment = segments_[segment_of(hash)];
  if (segment.slots.empty()) return;
  __builtin_prefetch(&segment.slots[hash & (segment.slots.size() - 1)], 1);
  __builtin_prefetch(&segment.chunks.back()[segment.rows % chunk_rows], 1);  // most are new
}

unsigned Heads::part_of(const StreamId& stream, unsigned parts) { return segment_of(std::hash<Uuid>{}(stream)) % parts; }

std::uint64_t Heads::size() const {
  std::uint64_t rows = 0;
  for (const Segment& segment : segments_) {
    const auto locked = lock(segment);
    rows += segment.rows;
  }
  return rows;
}

void Heads::each(unsigned part, unsigned parts, const std::function<void(const Row&)>& visit) const {
  for (std::size_t s = part; s < segments_.size(); s += parts) {
    const Segment& segment = segments_[s];
    const auto locked = lock(segment);
    for (std::uint32_t i = 0; i < segment.rows; ++i)
      if (segment.row(i).state.version != 0) visit(segment.row(i));
  }
}

}  // namespace caseledger::store
