// What is kept of every stream, in memory: some bytes each, found by one look-up.
//
// Dense: the table takes about 38 bytes a stream, and the bytes stand in blocks cut from large chunks, 4 more and rounded up to 8. The table
// is made of segments that grow alone, so that no growth stops the folding for long. Belongs to one thread.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <vector>

#include "ledger/core/id.h"

namespace caseledger::projections {

class Streams {
 public:
  // One stream's bytes and two marks, for the owner's use. Holds until another stream is placed or erased.
  class Place {
   public:
    std::string_view bytes() const { return *block_ ? std::string_view(*block_ + head_bytes, size()) : std::string_view{}; }
    bool unsettled() const { return head() & unsettled_bit; }
    bool unwritten() const { return head() & unwritten_bit; }

   private:
    friend class Streams;
    explicit Place(char*& block) : block_(&block) {}
    std::uint32_t head() const;
    std::size_t size() const { return head() & size_mask; }
    char** block_;
  };

  Streams() : segments_(1u << segment_bits) {}
  Streams(Streams&&) = default;
  Streams& operator=(Streams&& other);
  ~Streams();

  Place place(const StreamId& stream);  // adds one without bytes when there is none
  void set(Place place, std::string_view bytes);
  void mark(Place place, bool unsettled, bool unwritten);
  void erase(const StreamId& stream);
  std::string_view find(const StreamId& stream) const;  // no bytes when there is none
  std::size_t size() const;

  // Parts of the table that different threads may fill, and that adopt() joins at no cost. They are parts of the heads as well.
  static unsigned part_of(const StreamId& stream, unsigned parts) { return segment_of(std::hash<Uuid>{}(stream)) % parts; }
  void adopt(Streams&& others);

  template <class Visit>
  void each(Visit visit) const {
    for (const Segment& segment : segments_)
      for (const auto& [stream, block] : segment) visit(stream, Place(const_cast<char*&>(block)).bytes());
  }

 private:
  static constexpr unsigned segment_bits = 6;
  static constexpr std::uint32_t unsettled_bit = 1u << 31, unwritten_bit = 1u << 30, size_mask = unwritten_bit - 1;
  static constexpr std::size_t head_bytes = 4, step_bytes = 8, small_max = 512, chunk_bytes = 256 << 10;

  // The segment takes the highest bits of the hash, the table inside it the others first: sharing them would cluster it.
  static unsigned segment_of(std::uint64_t hash) { return static_cast<unsigned>(hash >> (64 - segment_bits)); }
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const StreamId& stream) const { return std::rotl(std::hash<Uuid>{}(stream), 16); }
  };
  using Segment = boost::unordered_flat_map<StreamId, char*, Hash>;
  Segment& segment(const StreamId& stream) { return segments_[segment_of(std::hash<Uuid>{}(stream))]; }

  static std::size_t room_for(std::size_t bytes);  // of the block that holds so many
  char* cut(std::size_t room);
  void give_back(char* block);

  std::vector<Segment> segments_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t free_in_chunk_ = 0;
  std::array<std::vector<char*>, small_max / step_bytes + 1> free_;  // blocks by size, in steps
};

}  // namespace caseledger::projections
