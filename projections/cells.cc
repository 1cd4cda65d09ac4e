#include "projections/cells.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace caseledger::projections {

std::int64_t Sums::at(Slot slot) const {
  const auto found = std::ranges::lower_bound(numbers_, slot, {}, [](const Number& number) { return number.slot; });
  return found != numbers_.end() && found->slot == slot ? found->n : 0;
}

// ── one cell ──

Cells::Cell::Cell(std::string_view key, std::size_t room) {
  ENSURE(key.size() < 1u << 31);
  const auto block = static_cast<Block*>(std::malloc(begin_of_numbers(key.size()) + room * sizeof(Number)));
  if (!block) throw std::bad_alloc();
  *block = {.count = 0, .room = static_cast<std::uint32_t>(room), .key_size = static_cast<std::uint32_t>(key.size()) & ~0u >> 1, .touched = false};
  std::ranges::copy(key, reinterpret_cast<char*>(block + 1));
  block_.reset(block);
}

void Cells::Cell::make_room(std::size_t room) const {
  const auto block = static_cast<Block*>(std::realloc(block_.get(), begin_of_numbers(block_->key_size) + room * sizeof(Number)));
  if (!block) throw std::bad_alloc();
  (void)block_.release();
  block_.reset(block);
  block->room = static_cast<std::uint32_t>(room);
}

// Mostly they come in the order of their slots, and most slots are there: the next one is where the last one was, or right behind it.
void Cells::Cell::add(std::span<const Number> numbers, std::int64_t sign) const {
  std::size_t at = 0;
  for (const Number& each : numbers) {
    if (each.n == 0) continue;
    Number* const all = first();
    const std::size_t count = block_->count;
    if (at == count || all[at].slot != each.slot)
      at = static_cast<std::size_t>(std::ranges::lower_bound(all, all + count, each.slot, {}, [](const Number& number) { return number.slot; }) - all);
    if (at == count || all[at].slot != each.slot) {
      if (count == block_->room) make_room(count + count / 8 + 1);
      std::memmove(first() + at + 1, first() + at, (count - at) * sizeof(Number));
      first()[at++] = {each.slot, sign * each.n};
      ++block_->count;
    } else if ((all[at].n += sign * each.n) == 0) {
      std::memmove(all + at, all + at + 1, (count - at - 1) * sizeof(Number));
      --block_->count;
    } else {
      ++at;
    }
  }
}

// ── all of them ──

void Cells::add(std::string_view key, std::span<const Number> numbers, std::int64_t sign) {
  auto cell = cells_.find(key);
  if (cell == cells_.end())
    cell = cells_.emplace(key, static_cast<std::size_t>(std::ranges::count_if(numbers, [](const Number& each) { return each.n != 0; }))).first;
  cell->add(numbers, sign);
  if (!all_touched_ && !cell->touched()) {
    cell->touch(true);
    touched_.emplace_back(key);
  }
  if (cell->numbers().empty()) cells_.erase(cell);
}

void Cells::merge(const Cells& other) {
  for (const Cell& cell : other.cells_) add(cell.key(), cell.numbers());
}

Sums Cells::at(std::string_view key) const {
  const auto found = cells_.find(key);
  return Sums(found == cells_.end() ? std::span<const Number>() : found->numbers());
}

std::vector<std::string> Cells::take_touched() {
  std::vector<std::string> keys = std::exchange(touched_, {});
  if (std::exchange(all_touched_, false)) {
    for (const Cell& cell : cells_) keys.emplace_back(cell.key());
  } else {
    for (const std::string& key : keys)
      if (const auto cell = cells_.find(key); cell != cells_.end()) cell->touch(false);
  }
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  return keys;
}

void Cells::load(std::string_view key, std::span<const Number> numbers) {
  all_touched_ = false;
  cells_.erase(key);
  const auto cell = cells_.emplace(key, numbers.size()).first;
  cell->add(numbers, 1);
  if (cell->numbers().empty()) cells_.erase(cell);
}

}  // namespace caseledger::projections
