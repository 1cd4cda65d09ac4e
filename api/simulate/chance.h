// Chance that falls the same way on every machine: integers only, no library distribution, no floating point.
//
// A Chance belongs to one thing (the 17th case, report 4,711) and is derived from the seed and its number alone, so
// anything can be drawn in any order, or in parallel, with the same result.
#pragma once

#include <span>

#include "ledger/core/id.h"
#include "ledger/core/wide.h"

namespace caseledger::api::simulate {

inline constexpr Micros second_us = 1'000'000, minute_us = 60 * second_us, hour_us = 60 * minute_us, day_us = 24 * hour_us;

// The output function of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

// What is drawn; numbers of things of different kinds never share a sequence.
enum class Draw : std::uint64_t {
  case_shape = 1, case_fate, case_events, child, hotlist, alert, alert_events, deployment, report, policy, choice,
  shuffle_types, shuffle_states, shuffle_countries, shuffle_incidents, shuffle_providers, shuffle_images, shuffle_videos,
  shuffle_others, shuffle_bundles, shuffle_details, shuffle_report_states, report_body, report_story, report_events, referral,
  intakes, tips, analyses, evidence, doubles, subjects, subjects_decided, partners, resources, coverage, readers,
  other_cases, searches_in_both
};

class Chance {
 public:
  // SplitMix64 from a known state.
  explicit constexpr Chance(std::uint64_t state) : state_(state) {}
  constexpr Chance(std::uint64_t seed, Draw what, std::uint64_t number)
      : state_(mix(mix(seed + static_cast<std::uint64_t>(what) * 0x9e3779b97f4a7c15u) + number * 0xd1342543de82ef95u)) {}

  constexpr std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15u); }

  // 0 … n − 1; the bias is below n / 2^64.
  constexpr std::uint64_t below(std::uint64_t n) { return static_cast<std::uint64_t>((Wide{next()} * n) >> 64); }
  // From … to, both included.
  constexpr std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from) + 1));
  }
  constexpr bool permille(unsigned share) { return below(1000) < share; }

  // The number of the slot that a draw falls in, slots being as wide as their weights.
  constexpr std::size_t weighted(std::span<const std::uint32_t> weights) {
    std::uint64_t sum = 0;
    for (const auto weight : weights) sum += weight;
    std::uint64_t left = below(sum);
    std::size_t slot = 0;
    while (left >= weights[slot]) left -= weights[slot++];
    return slot;
  }

  template <std::size_t N>
  std::array<std::uint8_t, N> bytes() {
    static_assert(N % 8 == 0);
    std::array<std::uint8_t, N> out;
    for (std::size_t at = 0; at < N; at += 8) store_le(out.data() + at, next());
    return out;
  }

  // RFC 9562 version 7, as uuid_v7 of ledger/core/id.h makes them.
  Uuid uuid(Micros at) {
    Uuid id;
    store_be(id.bytes.data(), (static_cast<std::uint64_t>(at / 1000) << 16) | 0x7000 | (next() & 0xfff));
    store_be(id.bytes.data() + 8, (next() >> 2) | std::uint64_t{1} << 63);
    return id;
  }

 private:
  std::uint64_t state_;
};

// A random order of 0 … size − 1 that keeps no list: an alternating Feistel network over a grid of at least `size`
// places, walked on until the result lies inside.
class Shuffle {
 public:
  Shuffle(std::uint64_t size, std::uint64_t seed, Draw what) : size_(size) {
    while (Wide{rows_} * rows_ < size) ++rows_;
    columns_ = (size + rows_ - 1) / rows_;
    Chance chance(seed, what, size);
    for (auto& key : keys_) key = chance.next();
  }

  std::uint64_t size() const { return size_; }

  std::uint64_t operator()(std::uint64_t place) const {
    do {
      std::uint64_t row = place / columns_, column = place % columns_;
      for (std::size_t round = 0; round < keys_.size(); round += 2) {
        row = wrap(row + scatter(column, keys_[round], rows_), rows_);
        column = wrap(column + scatter(row, keys_[round + 1], columns_), columns_);
      }
      place = row * columns_ + column;
    } while (place >= size_);
    return place;
  }

 private:
  static std::uint64_t wrap(std::uint64_t x, std::uint64_t n) { return x < n ? x : x - n; }
  static std::uint64_t scatter(std::uint64_t x, std::uint64_t key, std::uint64_t n) {
    x = (x ^ key) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 32) * 0x94d049bb133111ebu;
    return ((x >> 32) * n) >> 32;  // n < 2^32
  }

  std::uint64_t size_, rows_ = 1, columns_ = 1;
  std::array<std::uint64_t, 6> keys_{};
};

// A distribution by its quantiles, between which it is taken to be even: the value at each share in permille, from 0 to 1000.
struct Quantile {
  std::uint32_t permille;
  std::int64_t value;
};

constexpr std::int64_t draw(std::span<const Quantile> curve, Chance& chance) {
  const auto share = static_cast<std::int64_t>(chance.below(1'000'000));
  std::size_t above = 1;
  while (above + 1 < curve.size() && share >= std::int64_t{curve[above].permille} * 1000) ++above;
  const Quantile low = curve[above - 1], high = curve[above];
  const std::int64_t width = std::int64_t{high.permille - low.permille} * 1000;
  return low.value + (high.value - low.value) * (share - std::int64_t{low.permille} * 1000) / width;
}

}  // namespace caseledger::api::simulate
