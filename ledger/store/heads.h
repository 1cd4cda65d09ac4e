// The state of every stream, in memory: one writer, any number of readers.
//
// Dense: 16 bytes of id and 32 of state in chunks that never move, and a 4-byte slot table per segment that grows alone,
// about 55 bytes a stream. A hash map that doubles took 85 and stalled for seconds at twenty million streams.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>

#include "ledger/rules/stream.h"

namespace caseledger::store {

class Heads {
 public:
  struct Row {
    StreamId stream;
    rules::StreamState state;
  };

  // alone: one thread will ever touch the map; locks are left out.
  enum class Use : bool { shared, alone };
  explicit Heads(Use use = Use::shared) : use_(use) {}

  // Where a stream's row stands; holds for the life of the map.
  struct Place {
    std::uint32_t segment, row;
  };

  rules::StreamState get(const StreamId& stream) const;  // version 0 when there is none
  Place place(const StreamId& stream);                   // adds an empty row when there is none
  const rules::StreamState& at(Place place) const;       // the writer's own view
  Row row(Place place) const { return segments_[place.segment].row(place.row); }
  void set(Place place, const rules::StreamState& state);
  void expect(const StreamId& stream) const;             // the writer's hint: place() will be asked for it soon

  std::uint64_t size() const;

  // Parts of the map that different threads may write at the same time.
  static unsigned part_of(const StreamId& stream, unsigned parts);

  // Visits every row of a part of the map: part < parts.
  void each(unsigned part, unsigned parts, const std::function<void(const Row&)>& visit) const;

 private:
  static constexpr unsigned segment_bits = 10, chunk_rows = 512;
  struct Segment {
    mutable std::mutex mutex;
    std::vector<std::uint32_t> slots;  // 12 bits of the hash ‖ 20 bits of the row + 1; 0 is free
    std::vector<std::unique_ptr<Row[]>> chunks;
    std::uint32_t rows = 0;

    Row& row(std::uint32_t index) const { return chunks[index / chunk_rows][index % chunk_rows]; }
    std::uint32_t find(const StreamId& stream, std::uint64_t hash) const;  // or `none`
    std::uint32_t add(const StreamId& stream, std::uint64_t hash);
    void grow();
  };
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  std::unique_lock<std::mutex> lock(const Segment& segment) const {
    return use_ == Use::shared ? std::unique_lock(segment.mutex) : std::unique_lock<std::mutex>();
  }
  const Use use_;
  std::array<Segment, 1u << segment_bits> segments_;
};

}  // namespace caseledger::store
