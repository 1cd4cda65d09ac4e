#include "projections/cells.h"

#include <algorithm>
#include <utility>

namespace caseledger::projections {

std::int64_t Sums::at(Slot slot) const {
  const auto found = std::ranges::lower_bound(numbers_, slot, {}, &Number::slot);
  return found != numbers_.end() && found->slot == slot ? found->n : 0;
}

// Mostly they come in the order of their slots, and most slots are there: the next one is where the last one was, or right behind it.
void Sums::add(std::span<const Number> numbers, std::int64_t sign) {
  auto at = numbers_.begin();
  for (const auto& [slot, n] : numbers) {
    if (n == 0) continue;
    if (at == numbers_.end() || at->slot != slot) at = std::ranges::lower_bound(numbers_, slot, {}, &Number::slot);
    if (at == numbers_.end() || at->slot != slot) at = numbers_.insert(at, Number{slot, 0});
    if ((at->n += sign * n) == 0) at = numbers_.erase(at);
    else ++at;
  }
}

void Cells::add(std::string_view key, std::span<const Number> numbers, std::int64_t sign) {
  auto cell = cells_.find(key);
  if (cell == cells_.end()) {
    cell = cells_.emplace(std::string(key), Sums{}).first;
    cell->second.numbers_.reserve(static_cast<std::size_t>(std::ranges::count_if(numbers, [](const Number& each) { return each.n != 0; })));
  }
  Sums& sums = cell->second;
  sums.add(numbers, sign);
  if (!all_touched_ && !sums.touched_) {
    sums.touched_ = true;
    touched_.emplace_back(key);
  }
  if (sums.empty()) cells_.erase(cell);
}

void Cells::merge(const Cells& other) {
  for (const auto& [key, sums] : other.cells_) add(key, std::span<const Number>(sums.numbers_.data(), sums.numbers_.size()));
}

const Sums& Cells::at(std::string_view key) const {
  static const Sums nothing;
  const auto found = cells_.find(key);
  return found == cells_.end() ? nothing : found->second;
}

std::vector<std::string> Cells::take_touched() {
  std::vector<std::string> keys = std::exchange(touched_, {});
  if (std::exchange(all_touched_, false)) {
    for (const auto& [key, sums] : cells_) keys.push_back(key);
  } else {
    for (const std::string& key : keys)
      if (const auto cell = cells_.find(key); cell != cells_.end()) cell->second.touched_ = false;
  }
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  return keys;
}

void Cells::load(std::string_view key, Sums sums) {
  all_touched_ = false;
  cells_.insert_or_assign(std::string(key), std::move(sums));
}

}  // namespace caseledger::projections
