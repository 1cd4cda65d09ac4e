#include "api/simulate/apportion.h"

#include <algorithm>
#include <numeric>

namespace caseledger::api::simulate {

namespace {

std::uint64_t sum(std::span<const std::uint64_t> numbers) { return std::accumulate(numbers.begin(), numbers.end(), std::uint64_t{0}); }

std::vector<std::uint64_t> things_of(std::span<const Band> bands) {
  std::vector<std::uint64_t> weights;
  for (const Band& band : bands) weights.push_back(band.things);
  return weights;
}

}  // namespace

std::uint64_t round_half_up(std::uint64_t total, std::uint64_t parts) { return proportion(total, 1, parts); }

std::uint64_t proportion(std::uint64_t amount, std::uint64_t numerator, std::uint64_t denominator) {
  return static_cast<std::uint64_t>((Wide{amount} * numerator * 2 + denominator) / (Wide{denominator} * 2));
}

std::vector<std::uint64_t> apportion(std::uint64_t total, std::span<const std::uint64_t> weights) {
  const std::uint64_t all = sum(weights);
  if (all == 0 && !weights.empty()) return apportion(total, std::vector<std::uint64_t>(weights.size(), 1));
  std::vector<std::uint64_t> shares, remainders;
  for (const std::uint64_t weight : weights) {
    const Wide quota = Wide{total} * weight;
    shares.push_back(static_cast<std::uint64_t>(quota / all));
    remainders.push_back(static_cast<std::uint64_t>(quota % all));
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return remainders[i]; });
  const std::uint64_t left = shares.empty() ? 0 : total - sum(shares);
  for (std::size_t i = 0; i < left; ++i) ++shares[order[i]];
  return shares;
}

std::vector<std::uint64_t> apportion_within(std::uint64_t total, std::span<const std::uint64_t> weights, std::span<const std::uint64_t> limits) {
  ENSURE(total <= sum(limits));
  auto shares = apportion(total, weights);
  std::uint64_t refused = 0;
  for (std::size_t i = 0; i < shares.size(); ++i)
    if (shares[i] > limits[i]) refused += shares[i] - limits[i], shares[i] = limits[i];
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const std::uint64_t taken = std::min(refused, limits[i] - shares[i]);
    shares[i] += taken;
    refused -= taken;
  }
  return shares;
}

Deal::Deal(std::vector<std::uint64_t> shares, std::uint64_t seed, Draw what)
    : shares_(std::move(shares)), begins_{0}, shuffle_(sum(shares_), seed, what) {
  for (const std::uint64_t share : shares_) begins_.push_back(begins_.back() + share);
  while (shuffle_.size() >> guide_shift_ > 4096) ++guide_shift_;
  std::uint32_t slot = 0;
  for (std::uint64_t place = 0; place < shuffle_.size(); place += std::uint64_t{1} << guide_shift_) {
    while (begins_[slot + 1] <= place) ++slot;
    guide_.push_back(slot);
  }
}

Deal::Dealt Deal::operator()(std::uint64_t number) const {
  const std::uint64_t place = shuffle_(number);
  std::size_t slot = guide_[place >> guide_shift_];
  while (begins_[slot + 1] <= place) ++slot;
  return {slot, place - begins_[slot], place};
}

Spread::Spread(std::uint64_t total, std::uint64_t things, std::span<const Band> bands, std::uint64_t seed, Draw what)
    : deal_(apportion(things, things_of(bands)), seed, what) {
  std::vector<std::uint64_t> weights;
  for (std::size_t i = 0; i < bands.size(); ++i) weights.push_back(deal_.shares()[i] * bands[i].each);
  if (sum(weights) == 0) weights = deal_.shares();
  const auto amounts = things == 0 ? std::vector<std::uint64_t>(bands.size()) : apportion(total, weights);
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const std::uint64_t count = std::max<std::uint64_t>(deal_.shares()[i], 1);
    base_.push_back(amounts[i] / count);
    extra_.push_back(amounts[i] % count);
  }
}

}  // namespace caseledger::api::simulate
