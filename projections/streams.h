// What is kept of every stream, in memory: some bytes each, found by one look-up.
//
// Dense: the table takes about 38 bytes a stream, and the bytes stand in blocks cut from large chunks, 4 more and rounded up to 8. The table
// is made of segments that grow alone, so that no growth stops the folding for long.
//
// There are two such tables, one of the streams looked at lately and an older one: a stream that is looked at moves over. Whoever keeps them
// elsewhere too drops the older one whole, now and then, and with it whatever it took; nobody counts what is used when. Belongs to one thread.
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
    bool is_fresh() const { return !*block_; }  // neither bytes nor marks were ever set

   private:
    friend class Streams;
    explicit Place(char*& block) : block_(&block) {}
    std::uint32_t head() const;
    std::size_t size() const { return head() & size_mask; }
    char** block_;
  };

  // Adds one without bytes when there is none.
  Place place(const StreamId& stream);
  void set(Place place, std::string_view bytes);
  void mark(Place place, bool unsettled, bool unwritten);
  void erase(const StreamId& stream);
  bool contains(const StreamId& stream) const { return lately_.find(stream) || before_.find(stream); }
  std::string_view find(const StreamId& stream) const;  // no bytes when there is none
  std::size_t size() const { return lately_.size() + before_.size(); }

  std::size_t lately_bytes() const { return lately_.bytes(); }
  // The older table is dropped, what was looked at lately becomes the older one.
  void turn();
  template <class Visit>
  void each_before(Visit visit) const { before_.each(visit); }

  // Parts of the table that different threads may fill, and that adopt() joins at no cost. They are parts of the heads as well.
  static unsigned part_of(const StreamId& stream, unsigned parts) { return segment_of(std::hash<Uuid>{}(stream)) % parts; }
  void adopt(Streams&& others);

  template <class Visit>
  void each(Visit visit) const {
    lately_.each(visit);
    before_.each(visit);
  }

 private:
  static constexpr unsigned segment_bits = 6;
  static constexpr std::uint32_t unsettled_bit = 1u << 31, unwritten_bit = 1u << 30, size_mask = unwritten_bit - 1;
  static constexpr std::size_t head_bytes = 4, step_bytes = 8, small_max = 512, chunk_bytes = 256 << 10, entry_bytes = 38;

  // The segment takes the highest bits of the hash, the table inside it the others first: sharing them would cluster it.
  static unsigned segment_of(std::uint64_t hash) { return static_cast<unsigned>(hash >> (64 - segment_bits)); }
  struct StreamHash {
    using is_avalanching = void;
    std::size_t operator()(const StreamId& stream) const { return std::rotl(std::hash<Uuid>{}(stream), 16); }
  };
  using Segment = boost::unordered_flat_map<StreamId, char*, StreamHash>;

  static std::size_t room_for(std::size_t bytes);  // of the block that holds so many

  class Table {
   public:
    Table() : segments_(1u << segment_bits) {}
    Table(Table&&) = default;
    Table& operator=(Table&& other);
    ~Table();

    Segment& segment(const StreamId& stream) { return segments_[segment_of(std::hash<Uuid>{}(stream))]; }
    char* const* find(const StreamId& stream) const;
    char* cut(std::size_t room);
    void give_back(char* block);
    void erase(const StreamId& stream);
    void adopt(Table&& others);
    std::size_t size() const;
    std::size_t bytes() const { return chunks_.size() * chunk_bytes + large_bytes_ + size() * entry_bytes; }

    template <class Visit>
    void each(Visit visit) const {
      for (const Segment& segment : segments_)
        for (const auto& [stream, block] : segment) visit(stream, Place(const_cast<char*&>(block)).bytes());
    }

   private:
    std::vector<Segment> segments_;
    std::vector<std::unique_ptr<char[]>> chunks_;
    std::size_t free_in_chunk_ = 0, large_bytes_ = 0;
    std::array<std::vector<char*>, small_max / step_bytes + 1> free_;  // blocks by size, in steps
  };
  Table lately_, before_;
};

}  // namespace caseledger::projections
