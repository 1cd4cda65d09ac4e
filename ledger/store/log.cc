#include "ledger/store/log.h"

namespace caseledger::store {

namespace {

constexpr auto entries_family = static_cast<std::size_t>(Log::Family::entries), batches_family = static_cast<std::size_t>(Log::Family::batches),
               sealed_family = static_cast<std::size_t>(Log::Family::sealed), checkpoints_family = static_cast<std::size_t>(Log::Family::checkpoints);

using Key = std::array<std::uint8_t, 8>;
Key key_of(std::uint64_t number) {
  Key key;
  store_be(key.data(), number);
  return key;
}

std::array<std::uint8_t, 10> part_key(Position position, std::uint16_t part) {
  std::array<std::uint8_t, 10> key;
  store_be(key.data(), position.value);
  store_be(key.data() + 8, part);
  return key;
}

std::unexpected<Error> damaged(std::string_view what, std::uint64_t number) {
  return fail(Errc::verification_failed, "the log is damaged: " + std::string(what) + ' ' + std::to_string(number) + " cannot be read");
}

std::unexpected<Error> absent(std::string_view what, std::uint64_t number) {
  return fail(Errc::not_found, "the log has no " + std::string(what) + ' ' + std::to_string(number));
}

}  // namespace

Result<BatchRow> parse_batch_row(Bytes key, Bytes value) {
  if (key.size() != 8) return fail(Errc::verification_failed, "the log is damaged: a batch has a key of " + std::to_string(key.size()) + " bytes");
  BatchRow row;
  row.first = {load_be<std::uint64_t>(key.data())};
  if (value.size() < 12) return damaged("the batch at position", row.first.value);
  row.index = {load_le<std::uint64_t>(value.data())};
  row.count = load_le<std::uint32_t>(value.data() + 8);
  if (row.count < 1 || row.count > events_per_batch_max || value.size() < 12 + 8ull * row.count) return damaged("the batch at position", row.first.value);
  row.links = value.subspan(12, 8ull * row.count);
  row.items = value.subspan(12 + 8ull * row.count);
  return row;
}

Result<std::unique_ptr<Log>> Log::open(const std::filesystem::path& folder, Access access) {
  TRY_AS(database, Database::open(folder, Durability::synced,
                                  {{.name = "entries", .write_buffer_bytes = 32 << 20},
                                   {.name = "batches", .write_buffer_bytes = 32 << 20},
                                   {.name = "sealed", .write_buffer_bytes = 32 << 20},
                                   {.name = "checkpoints", .write_buffer_bytes = 16 << 20}},
                                  access));
  return std::unique_ptr<Log>(new Log(std::move(database), folder.parent_path() / "excising"));
}

Result<Log::End> Log::end() const {
  auto cursor = database_->cursor(entries_family);
  cursor.seek_last();
  if (!cursor.valid()) {
    TRY(cursor.status());
    return End{};
  }
  TRY_AS(last, parse_entry(cursor.value()));
  return End{EntryIndex{load_be<std::uint64_t>(cursor.key().data())} + 1, last.end(), last.recorded_at};
}

// ── writing ──

void Log::Group::add(EntryIndex index, const Entry& entry, Bytes links, std::span<const Bytes> pieces) {
  std::uint8_t head[12];
  store_le(head, index.value);
  store_le(head + 8, entry.count);
  batch_->put(entries_family, key_of(index.value), entry.encode());
  value_.assign({Bytes(head), links});
  value_.insert(value_.end(), pieces.begin(), pieces.end());
  batch_->put(batches_family, key_of(entry.first_position.value), value_);
}

void Log::Group::add_part(Position position, std::uint16_t part, Bytes sealed) { batch_->put(sealed_family, part_key(position, part), sealed); }

void Log::Group::add_checkpoint(std::uint64_t size, std::string_view note) { batch_->put(checkpoints_family, key_of(size), bytes_of(note)); }

void Log::Group::add_row(Family family, Bytes key, Bytes value) { batch_->put(static_cast<std::size_t>(family), key, value); }

Result<void> Log::erase_parts(std::span<const PartId> parts) {
  if (parts.empty()) return {};
  const auto batch = database_->batch();
  std::vector<Buffer> keys;
  for (const PartId& each : parts) {
    const auto key = part_key(each.position, each.part);
    keys.emplace_back(key.begin(), key.end());
    batch->erase(sealed_family, key);
  }
  TRY(database_->write(*batch));
  return database_->purge(sealed_family, keys);
}

// What is owed is on the disk before the commit that owes it.
Result<void> Log::commit(Group& group) {
  if (!group.excised_.empty()) TRY(owe(group.excised_));
  return database_->write(*group.batch_);
}

// ── reading ──

Result<Entry> Log::entry(EntryIndex index) const {
  TRY_AS(value, database_->get(entries_family, key_of(index.value)));
  if (!value) return absent("entry", index.value);
  return parse_entry(bytes_of(*value));
}

Result<std::vector<Entry>> Log::entries(EntryIndex from, std::uint64_t count) const {
  std::vector<Entry> found;
  auto cursor = database_->cursor(entries_family);
  for (cursor.seek(key_of(from.value)); found.size() < count && cursor.valid(); cursor.next()) {
    if (load_be<std::uint64_t>(cursor.key().data()) != from.value + found.size()) return damaged("entry", from.value + found.size());
    TRY_AS(entry, parse_entry(cursor.value()));
    found.push_back(entry);
  }
  TRY(cursor.status());
  if (found.size() < count) return absent("entry", from.value + found.size());
  return found;
}

Database::Cursor Log::batches() const { return database_->cursor(batches_family); }

Result<StoredEvent> Log::event(Database::Cursor& cursor, Position position) const {
  cursor.seek_at_most(key_of(position.value));
  if (!cursor.valid()) {
    TRY(cursor.status());
    return absent("position", position.value);
  }
  TRY_AS(row, parse_batch_row(cursor.key(), cursor.value()));
  if (position - row.first >= row.count) return absent("position", position.value);
  const auto wanted = static_cast<std::uint32_t>(position - row.first);
  Bytes items = row.items;
  for (std::uint32_t i = 0;; ++i) {
    if (items.size() < 5) return damaged("the batch at position", row.first.value);
    const std::size_t length = load_le<std::uint32_t>(items.data() + 1);
    if (items.size() - 5 < length) return damaged("the batch at position", row.first.value);
    if (i == wanted) {
      const Bytes bytes = items.subspan(5, length);
      return StoredEvent{row.index, position, row.link(i), static_cast<ItemKind>(items[0]), Buffer(bytes.begin(), bytes.end())};
    }
    items = items.subspan(5 + length);
  }
}

Result<StoredEvent> Log::event(Position position) const {
  auto cursor = batches();
  return event(cursor, position);
}

Result<Buffer> Log::record(EntryIndex index) const {
  TRY_AS(entry, this->entry(index));
  TRY_AS(value, database_->get(batches_family, key_of(entry.first_position.value)));
  if (!value) return damaged("the batch of entry", index.value);
  TRY_AS(row, parse_batch_row(key_of(entry.first_position.value), bytes_of(*value)));
  if (row.index != index || row.count != entry.count) return damaged("the batch of entry", index.value);
  const auto head = entry.encode();
  Buffer record(head.begin(), head.end());
  append(record, row.items);
  return record;
}

Result<std::string> Log::checkpoint(std::uint64_t size) const {
  TRY_AS(note, database_->get(checkpoints_family, key_of(size)));
  if (!note) return absent("checkpoint of size", size);
  return std::move(*note);
}

Result<std::optional<std::string>> Log::last_checkpoint() const {
  auto cursor = database_->cursor(checkpoints_family);
  cursor.seek_last();
  if (cursor.valid()) return std::string(text_of(cursor.value()));
  TRY(cursor.status());
  return std::nullopt;
}

Result<std::string> Log::checkpoint_below(std::uint64_t size) const {
  auto cursor = database_->cursor(checkpoints_family);
  if (size > 0) cursor.seek_at_most(key_of(size - 1));
  if (size > 0 && cursor.valid()) return std::string(text_of(cursor.value()));
  TRY(cursor.status());
  return absent("checkpoint below size", size);
}

Result<std::string> Log::sealed_part(Position position, std::uint16_t part) const {
  TRY_AS(sealed, database_->get(sealed_family, part_key(position, part)));
  if (!sealed) return absent("sealed part at position", position.value);
  return std::move(*sealed);
}

// ── scanning ──

Result<Log::Scan> Log::scan(EntryIndex from) const {
  auto [entries, batches] = database_->cursors(entries_family, batches_family);
  Scan scan(std::move(entries), std::move(batches));
  scan.entries_.seek(key_of(from.value));
  if (scan.entries_.valid()) {
    TRY_AS(entry, scan.entry());
    scan.batches_.seek(key_of(entry.first_position.value));
  }
  TRY(scan.entries_.status());
  return scan;
}

Result<Log::Scan> Log::scan_from(Position position) const {
  auto [entries, batches] = database_->cursors(entries_family, batches_family);
  Scan scan(std::move(entries), std::move(batches));
  scan.batches_.seek_at_most(key_of(position.value));
  if (scan.batches_.valid()) {
    TRY_AS(row, scan.batch());
    scan.entries_.seek(key_of(row.index.value));
    if (position - row.first >= row.count) scan.next();
  }
  TRY(scan.batches_.status());
  return scan;
}

Result<Entry> Log::Scan::entry() const { return parse_entry(entries_.value()); }
Result<BatchRow> Log::Scan::batch() const { return parse_batch_row(batches_.key(), batches_.value()); }
void Log::Scan::next() {
  entries_.next();
  batches_.next();
}

Result<void> Log::Scan::status() const {
  TRY(entries_.status());
  TRY(batches_.status());
  if (entries_.valid() != batches_.valid()) return fail(Errc::verification_failed, "the log is damaged: entries and batches do not end together");
  return {};
}

}  // namespace caseledger::store
