#include "ledger/store/folds.h"

#include <algorithm>
#include <sodium.h>

namespace caseledger::store {

namespace {

enum Family : std::size_t { heads_family, skips_family, tiles_family, state_family, shares_family };

// No stream has the nil id: its row is the cursor of the run it came with.
const std::string heads_cursor_key(16, '\0');

static_assert(std::is_trivially_copyable_v<rules::StreamState>);

std::string number(std::uint64_t value) {
  std::string text(8, '\0');
  store_be(reinterpret_cast<std::uint8_t*>(text.data()), value);
  return text;
}

std::string skip_key(const StreamId& stream, Version version) {
  std::string key(text_of(stream.bytes));
  append_be(key, version);
  return key;
}

std::string tile_key(unsigned level, std::uint64_t index) { return std::string(1, static_cast<char>(level)) + number(index); }
std::string row_key(std::string_view name, std::string_view key) { return std::string(name) + '\0' + std::string(key); }
std::string rows_cursor_key(std::string_view name) { return row_key(name, ""); }  // before all its rows
std::string cursor_key(std::string_view part) { return '\0' + std::string(part); }
const std::string format_key = cursor_key("format");

// ── the check at the end of a row ──

constexpr std::size_t check_bytes = 4;

std::string_view check_of(std::string_view value, std::span<unsigned char, crypto_shorthash_BYTES> hash) {
  static constexpr unsigned char key[crypto_shorthash_KEYBYTES]{};
  crypto_shorthash(hash.data(), bytes_of(value).data(), value.size(), key);
  return {reinterpret_cast<const char*>(hash.data()), check_bytes};
}

std::string checked(std::string_view value) {
  unsigned char hash[crypto_shorthash_BYTES];
  std::string row;
  row.reserve(value.size() + check_bytes);
  return row.append(value).append(check_of(value, hash));
}

Result<std::string_view> value_of(std::string_view row) {
  unsigned char hash[crypto_shorthash_BYTES];
  const std::string_view value = row.substr(0, row.size() - std::min(row.size(), check_bytes));
  if (row.size() <= check_bytes || row.substr(value.size()) != check_of(value, hash)) return fail(Errc::verification_failed, "a row of the projections is damaged; run `caseledger rebuild`");
  return value;
}

Result<EntryIndex> cursor_value(const Result<std::optional<std::string>>& value) {
  if (!value) return std::unexpected(value.error());
  if (!*value || (*value)->size() != 8) return EntryIndex{0};
  return EntryIndex{load_be<std::uint64_t>(bytes_of(**value).data())};
}

}  // namespace

namespace {

Result<std::unique_ptr<Database>> open_database(const std::filesystem::path& folder, Access access) {
  auto database = Database::open(folder, Durability::derived,
                                 {{.name = "heads", .compress = true, .bloom = true},
                                  {.name = "skips", .write_buffer_bytes = 16 << 20},
                                  {.name = "tiles", .write_buffer_bytes = 16 << 20},
                                  {.name = "state", .write_buffer_bytes = 32 << 20, .compress = true, .bloom = true},
                                  {.name = "shares", .write_buffer_bytes = 16 << 20}},
                                 access);
  if (!database && database.error().code == Errc::verification_failed) database.error().sentence += "; all of it follows from the log: run `caseledger rebuild`";
  return database;
}

// What was kept before versions were is of the first.
Result<std::uint64_t> format_of(const Database& database) {
  TRY_AS(format, database.get(state_family, bytes_of(format_key)));
  return format && format->size() == 8 ? load_be<std::uint64_t>(bytes_of(*format).data()) : 1;
}

}  // namespace

Result<std::unique_ptr<Folds>> Folds::open(const std::filesystem::path& folder, Access access) {
  TRY_AS(database, open_database(folder, access));
  TRY_AS(found, format_of(*database));
  std::optional<std::uint64_t> emptied;
  if (found != format) {
    if (access != Access::write)
      return fail(Errc::usage, folder.string() + ": the folds are of version " + std::to_string(found) + ", this build reads version " + std::to_string(format) +
                                                 "; run `caseledger rebuild`, or serve the ledger once");
    TRY_AS(folded, cursor_value(database->get(heads_family, bytes_of(heads_cursor_key))));
    if (folded.value > 0) emptied = found;
    database.reset();
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error) return fail(Errc::io, "cannot empty " + folder.string() + ": " + error.message());
    TRY_AS(empty, open_database(folder, access));
    database = std::move(empty);
    const auto batch = database->batch();
    batch->put(state_family, bytes_of(format_key), bytes_of(number(format)));
    TRY(database->write(*batch));
    TRY(database->flush());
  }
  std::unique_ptr<Folds> folds(new Folds(std::move(database)));
  folds->emptied_ = emptied;
  return folds;
}

Result<EntryIndex> Folds::heads_cursor() const { return cursor_value(database_->get(heads_family, bytes_of(heads_cursor_key))); }

Result<void> Folds::purge() { return database_->purge(state_family); }

Result<void> Folds::purge_shares(std::span<const Position> excised) {
  const auto batch = database_->batch();
  {
    auto cursor = database_->cursor(shares_family, true);
    for (cursor.seek_first(); cursor.valid(); cursor.next())
      if (cursor.key().size() == 24 && std::ranges::find(excised, Position{load_be<std::uint64_t>(cursor.key().data() + 16)}) != excised.end()) batch->erase(shares_family, cursor.key());
    TRY(cursor.status());
  }
  TRY(database_->write(*batch));
  return database_->purge(shares_family);  // also where a crash came between the two
}

Result<void> Folds::write_heads(std::span<const Heads::Row> sorted, EntryIndex cursor) {
  TRY_AS(run, database_->run(heads_family));
  TRY(run.put(bytes_of(heads_cursor_key), bytes_of(number(cursor.value))));
  for (const auto& row : sorted) TRY(run.put(row.stream.bytes, {reinterpret_cast<const std::uint8_t*>(&row.state), sizeof row.state}));
  return run.take_in();
}

// Rows under cursor 0 are of a writing from the beginning that did not come to its end: nobody is told of them.

Result<void> Folds::each_head(const std::function<void(const Heads::Row&)>& visit) const {
  TRY_AS(written, heads_cursor());
  if (written.value == 0) return {};
  auto cursor = database_->cursor(heads_family, true);
  for (cursor.seek_first(); cursor.valid(); cursor.next()) {
    if (text_of(cursor.key()) == heads_cursor_key) continue;
    Heads::Row row;
    if (cursor.key().size() != 16 || cursor.value().size() != sizeof row.state) return fail(Errc::verification_failed, "a stream's head is damaged; rebuild the folds");
    std::memcpy(row.stream.bytes.data(), cursor.key().data(), 16);
    std::memcpy(static_cast<void*>(&row.state), cursor.value().data(), sizeof row.state);
    visit(row);
  }
  return cursor.status();
}

Result<std::optional<rules::StreamState>> Folds::head(const StreamId& stream) const {
  TRY_AS(written, heads_cursor());
  if (written.value == 0) return std::nullopt;
  TRY_AS(value, database_->get(heads_family, stream.bytes));
  if (!value) return std::nullopt;
  rules::StreamState state;
  if (value->size() != sizeof state) return fail(Errc::verification_failed, "a stream's head is damaged; rebuild the folds");
  std::memcpy(static_cast<void*>(&state), value->data(), sizeof state);
  return state;
}

Result<std::optional<Hashes>> Folds::tile(unsigned level, std::uint64_t index) const {
  TRY_AS(value, database_->get(tiles_family, bytes_of(tile_key(level, index))));
  if (!value) return std::nullopt;
  if (value->size() != 256 * 32) return fail(Errc::verification_failed, "a tile is damaged; rebuild the folds");
  Hashes hashes(256);
  std::memcpy(hashes.data(), value->data(), value->size());
  return hashes;
}

Result<std::optional<Folds::Skip>> Folds::skip_at_least(const StreamId& stream, Version version) const {
  auto cursor = database_->cursor(skips_family);
  cursor.seek(bytes_of(skip_key(stream, version)));
  TRY(cursor.status());
  if (!cursor.valid() || cursor.key().size() != 20 || !equal(cursor.key().first(16), stream.bytes)) return std::nullopt;
  return Skip{load_be<std::uint32_t>(cursor.key().data() + 16), {load_be<std::uint64_t>(cursor.value().data())}};
}

Result<void> Folds::each_tile(const std::function<void(unsigned, std::uint64_t)>& visit) const {
  auto cursor = database_->cursor(tiles_family, true);
  for (cursor.seek_first(); cursor.valid(); cursor.next()) {
    if (cursor.key().size() != 9) return fail(Errc::verification_failed, "a tile's key is damaged; rebuild the folds");
    visit(cursor.key()[0], load_be<std::uint64_t>(cursor.key().data() + 1));
  }
  return cursor.status();
}

Result<void> Folds::each_skip(const std::function<void(const StreamId&, Version, Position)>& visit) const {
  auto cursor = database_->cursor(skips_family, true);
  for (cursor.seek_first(); cursor.valid(); cursor.next()) {
    if (cursor.key().size() != 20 || cursor.value().size() != 8) return fail(Errc::verification_failed, "a skip is damaged; rebuild the folds");
    StreamId stream;
    std::memcpy(stream.bytes.data(), cursor.key().data(), 16);
    visit(stream, load_be<Version>(cursor.key().data() + 16), {load_be<std::uint64_t>(cursor.value().data())});
  }
  return cursor.status();
}

Result<void> Folds::each_share(const StreamId& stream, const std::function<void(Share)>& visit) const {
  auto cursor = database_->cursor(shares_family);
  for (cursor.seek(stream.bytes); cursor.valid() && cursor.key().size() == 24 && equal(cursor.key().first(16), stream.bytes); cursor.next()) {
    visit({stream, {load_be<std::uint64_t>(cursor.key().data() + 16)}, std::string(text_of(cursor.value()))});
  }
  return cursor.status();
}

Result<EntryIndex> Folds::cursor(std::string_view part) const { return cursor_value(database_->get(state_family, bytes_of(cursor_key(part)))); }

Result<void> Folds::write_rows(std::string_view name, std::span<const Row> rows, EntryIndex cursor) {
  constexpr std::size_t run_rows_min = 8'192;
  if (rows.size() >= run_rows_min) {
    TRY_AS(run, database_->run(state_family));
    TRY(run.put(bytes_of(rows_cursor_key(name)), bytes_of(checked(number(cursor.value)))));
    for (const auto& [key, value] : rows) TRY(run.put(bytes_of(row_key(name, key)), bytes_of(value.empty() ? "" : checked(value))));
    return run.take_in();
  }
  auto batch = database_->batch();
  batch->put(state_family, bytes_of(rows_cursor_key(name)), bytes_of(checked(number(cursor.value))));
  for (const auto& [key, value] : rows) {
    if (value.empty()) batch->erase(state_family, bytes_of(row_key(name, key)));
    else batch->put(state_family, bytes_of(row_key(name, key)), bytes_of(checked(value)));
  }
  return database_->write(*batch);
}

Result<EntryIndex> Folds::rows_cursor(std::string_view name) const { return cursor_value(row(name, "")); }

Result<void> Folds::add_rows(std::string_view name, std::span<const Row> sorted) {
  if (sorted.empty()) return {};
  TRY_AS(run, database_->run(state_family));
  for (const auto& [key, value] : sorted) TRY(run.put(bytes_of(row_key(name, key)), bytes_of(checked(value))));
  return run.take_in();
}

Result<std::optional<std::string>> Folds::row(std::string_view name, std::string_view key) const {
  TRY_AS(row, database_->get(state_family, bytes_of(row_key(name, key))));
  if (!row) return std::nullopt;
  TRY_AS(value, value_of(*row));
  row->resize(value.size());
  return std::move(row);
}

Result<void> Folds::each_row(std::string_view name, std::string_view begin, const std::function<Result<void>(std::string_view, std::string_view)>& visit) const {
  const std::string prefix = row_key(name, begin);
  const std::size_t name_bytes = prefix.size() - begin.size();
  auto cursor = database_->cursor(state_family, true);
  for (cursor.seek(bytes_of(prefix)); cursor.valid() && text_of(cursor.key()).starts_with(prefix); cursor.next())
    if (cursor.key().size() > name_bytes) {
      TRY_AS(value, value_of(text_of(cursor.value())));
      TRY(visit(text_of(cursor.key()).substr(name_bytes), value));
    }
  return cursor.status();
}

Result<void> Folds::drop_others(std::string_view name) {
  const std::string own = cursor_key(""), rows = row_key(name, ""), behind = std::string(name) + '\1';
  constexpr std::size_t batch_bytes_max = 4 << 20;
  auto batch = database_->batch();
  auto cursor = database_->cursor(state_family, true);
  for (cursor.seek_first(); cursor.valid();) {
    const std::string_view key = text_of(cursor.key());
    if (key.starts_with(rows)) {
      cursor.seek(bytes_of(behind));
      continue;
    }
    if (!key.starts_with(own)) batch->erase(state_family, cursor.key());
    if (batch->bytes() >= batch_bytes_max) {
      TRY(database_->write(*batch));
      batch->clear();
    }
    cursor.next();
  }
  TRY(cursor.status());
  return database_->write(*batch);
}

void Folds::Changes::put_tile(const Edge::FullTile& tile) {
  static_assert(sizeof(Hash) == 32);
  batch_->put(tiles_family, bytes_of(tile_key(tile.id.level, tile.id.index)),
              Bytes{reinterpret_cast<const std::uint8_t*>(tile.hashes.data()), tile.hashes.size() * 32});
}

void Folds::Changes::put_skip(const StreamId& stream, Version version, Position position) {
  batch_->put(skips_family, bytes_of(skip_key(stream, version)), bytes_of(number(position.value)));
}

void Folds::Changes::put_share(const Share& share) {
  std::string key;
  append(key, share.stream.bytes);
  append_be(key, share.position.value);
  batch_->put(shares_family, bytes_of(key), bytes_of(share.organisation));
}

void Folds::Changes::put_cursor(std::string_view part, EntryIndex cursor) {
  batch_->put(state_family, bytes_of(cursor_key(part)), bytes_of(number(cursor.value)));
}

}  // namespace caseledger::store
