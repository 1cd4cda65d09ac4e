// Excised events: their leaf hash in their place, and no byte of them left in any file of the log.
#include <algorithm>
#include <map>

#include "ledger/core/sealed.h"
#include "ledger/store/log.h"
#include "ledger/store/safe_file.h"

namespace caseledger::store {

namespace {

constexpr auto batches_family = static_cast<std::size_t>(Log::Family::batches), sealed_family = static_cast<std::size_t>(Log::Family::sealed);

Buffer batch_key(Position first) {
  Buffer key(8);
  store_be(key.data(), first.value);
  return key;
}

Buffer part_key(Position position, std::uint16_t part) {
  Buffer key(10);
  store_be(key.data(), position.value);
  store_be(key.data() + 8, part);
  return key;
}

std::string lines_of(std::span<const Position> positions) {
  std::string text;
  for (const Position each : positions) text += std::to_string(each.value) + '\n';
  return text;
}

Result<std::vector<Position>> read_lines(const std::filesystem::path& file) {
  TRY_AS(text, read_file(file));
  std::vector<Position> positions;
  std::string_view left = text_of(*text);
  for (auto end = left.find('\n'); end != left.npos; left.remove_prefix(end + 1), end = left.find('\n'))
    if (const auto position = from_decimal(left.substr(0, end))) positions.push_back({*position});
  return positions;
}

// A batch's value with leaf hashes in the place of some events. Empty where they stand there already.
Result<Buffer> without(Bytes key, Bytes value, std::span<const Position> events) {
  TRY_AS(row, parse_batch_row(key, value));
  TRY_AS(items, parse_items(row.items, row.count));
  Buffer shorter(value.begin(), value.end() - static_cast<std::ptrdiff_t>(row.items.size()));
  bool changed = false;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    const bool goes = items[i].kind == ItemKind::event && std::ranges::find(events, row.first + i) != events.end();
    const Hash leaf = items[i].leaf();
    const Bytes bytes = goes ? Bytes(leaf.bytes) : items[i].bytes;
    shorter.push_back(static_cast<std::uint8_t>(goes ? ItemKind::leaf : items[i].kind));
    append_le(shorter, static_cast<std::uint32_t>(bytes.size()));
    append(shorter, bytes);
    changed = changed || goes;
  }
  return changed ? shorter : Buffer();
}

}  // namespace

Result<void> Log::excise(Group& group, std::span<const Position> events) const {
  auto cursor = batches();
  std::map<Position, std::vector<Position>> by_batch;
  for (const Position event : events) {
    TRY(this->event(cursor, event));
    by_batch[{load_be<std::uint64_t>(cursor.key().data())}].push_back(event);
    for (std::uint16_t part = 0; part < parts_per_event_max; ++part) group.batch_->erase(sealed_family, part_key(event, part));
    group.excised_.push_back(event);
  }
  for (const auto& [first, gone] : by_batch) {
    const Buffer key = batch_key(first);
    TRY_AS(value, database_->get(batches_family, key));
    ENSURE(value);
    TRY_AS(shorter, without(key, bytes_of(*value), gone));
    if (!shorter.empty()) group.batch_->put(batches_family, key, shorter);
  }
  return {};
}

// ── what the files still hold ──

Result<void> Log::owe(std::span<const Position> excised) {
  const std::lock_guard lock(owed_mutex_);
  return append_file(owed_file_, bytes_of(lines_of(excised)));
}

Result<std::vector<Position>> Log::owed() const {
  const std::lock_guard lock(owed_mutex_);
  return read_lines(owed_file_);
}

Result<void> Log::purge(std::span<const Position> excised) {
  std::vector<Buffer> batch_keys, part_keys;
  for (const Position event : excised) {
    auto cursor = batches();  // gone by the time of the purge, which waits for readers
    const auto found = this->event(cursor, event);
    if (!found && found.error().code == Errc::not_found) continue;  // owed by a commit that did not come to be
    if (!found) return std::unexpected(found.error());
    batch_keys.push_back(batch_key({load_be<std::uint64_t>(cursor.key().data())}));
    for (std::uint16_t part = 0; part < parts_per_event_max; ++part) part_keys.push_back(part_key(event, part));
  }
  std::ranges::sort(batch_keys);
  std::ranges::sort(part_keys);
  if (!batch_keys.empty()) TRY(database_->purge(batches_family, batch_keys));
  if (!part_keys.empty()) TRY(database_->purge(sealed_family, part_keys));
  const std::lock_guard lock(owed_mutex_);
  TRY_AS(owed, read_lines(owed_file_));
  std::erase_if(owed, [&](Position each) { return std::ranges::find(excised, each) != excised.end(); });
  return owed.empty() ? destroy_file(owed_file_) : write_file(owed_file_, bytes_of(lines_of(owed)));
}

}  // namespace caseledger::store
