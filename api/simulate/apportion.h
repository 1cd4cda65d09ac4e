// Totals dealt out exactly: every share is a whole number and they add up to the total, at any scale.
#pragma once

#include <vector>

#include "api/simulate/chance.h"

namespace caseledger::api::simulate {

// total ÷ parts, halves upwards.
std::uint64_t round_half_up(std::uint64_t total, std::uint64_t parts);
// amount × numerator ÷ denominator, halves upwards.
std::uint64_t proportion(std::uint64_t amount, std::uint64_t numerator, std::uint64_t denominator);

// The total divided by weight, by largest remainder (Hamilton): each share is its quota rounded down, and the rest goes one each to the
// largest remainders; of equal ones the earlier wins. Weights that are all zero count as equal; without weights there are no shares.
std::vector<std::uint64_t> apportion(std::uint64_t total, std::span<const std::uint64_t> weights);

// The same, no share above its limit; what a limit refuses goes to those with room, the earlier first. The limits have to hold the total.
std::vector<std::uint64_t> apportion_within(std::uint64_t total, std::span<const std::uint64_t> weights, std::span<const std::uint64_t> limits);

// Shares dealt to numbered things in random order: exactly shares[s] of them get slot s, and which ones depends on the seed alone.
class Deal {
 public:
  Deal(std::vector<std::uint64_t> shares, std::uint64_t seed, Draw what);

  struct Dealt {
    std::size_t slot;
    std::uint64_t place;    // among those of the same slot, from 0
    std::uint64_t overall;  // among all, slot after slot
  };
  Dealt operator()(std::uint64_t number) const;
  const std::vector<std::uint64_t>& shares() const { return shares_; }

 private:
  std::vector<std::uint64_t> shares_, begins_;  // begins_[slot]: first place of it in the random order; one more at the end
  std::vector<std::uint32_t> guide_;            // place >> guide_shift_ → the slot to begin looking at
  unsigned guide_shift_ = 0;
  Shuffle shuffle_;
};

// A share of the things and the amount that each of them has on average, both relative.
struct Band {
  std::uint64_t things;
  std::uint64_t each;
};

// A total spread unevenly over numbered things: some have nothing, a few have much, and it adds up exactly.
class Spread {
 public:
  Spread(std::uint64_t total, std::uint64_t things, std::span<const Band> bands, std::uint64_t seed, Draw what);
  std::uint64_t operator()(std::uint64_t number) const {
    const auto dealt = deal_(number);
    return base_[dealt.slot] + (dealt.place < extra_[dealt.slot] ? 1 : 0);
  }

 private:
  Deal deal_;
  std::vector<std::uint64_t> base_, extra_;
};

}  // namespace caseledger::api::simulate
