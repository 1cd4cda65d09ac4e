// Writing an offline bundle: one pass over the log, the tree grown again from the entries on the way.
#include <cerrno>
#include <fstream>
#include <set>

#include "ledger/bundle.h"
#include "ledger/editions.h"
#include "ledger/scaffold.h"

namespace caseledger {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot(std::string_view what, const fs::path& path) {
  return fail(Errc::io, "cannot " + std::string(what) + ' ' + path.string() + ": " + std::strerror(errno));
}

class Export {
 public:
  Export(const fs::path& folder, Checkpoint checkpoint, const ExportOptions& options) : folder_(folder), options_(options) {
    done_.checkpoint = std::move(checkpoint);
  }

  Result<Exported> run(const store::Log& log, const std::string& note, const std::vector<rules::Authority::LogKey>& log_keys) {
    const std::uint64_t size = done_.checkpoint.size;
    TRY_AS(scan, log.scan({0}));
    for (; scan.valid() && edge_.size() < size; scan.next()) TRY(take(scan));
    if (edge_.size() < size) {
      TRY(scan.status());
      return damaged("it has " + std::to_string(edge_.size()) + " entries");
    }
    if (edge_.root() != done_.checkpoint.root) return damaged("its entries give another root");
    TRY(write_partial_tiles());
    TRY(write("checkpoint", bytes_of(note)));
    TRY(write("vkey", bytes_of(log_key_at(log_keys, size)->text() + '\n')));
    TRY(write_handovers(log, log_keys));
    TRY(bring_editions());
    return done_;
  }

 private:
  std::unexpected<Error> damaged(const std::string& why) const {
    return fail(Errc::verification_failed,
        "the log is not what the checkpoint of size " + std::to_string(done_.checkpoint.size) + " says: " + why + "; audit it");
  }

  // The last checkpoint below a key's first size is over the decision that brought it, and by the key before.
  Result<void> write_handovers(const store::Log& log, const std::vector<rules::Authority::LogKey>& log_keys) {
    for (std::size_t n = 1; n < log_keys.size() && log_keys[n].from_size <= done_.checkpoint.size; ++n) {
      TRY_AS(note, log.checkpoint_below(log_keys[n].from_size));
      TRY(write(handover_path(n), bytes_of(note)));
    }
    return {};
  }

  Result<void> take(store::Log::Scan& scan) {
    const std::uint64_t index = edge_.size();
    TRY_AS(entry, scan.entry());
    TRY_AS(row, scan.batch());
    if (row.index.value != index || row.first != entry.first_position || row.count != entry.count)
      return damaged("entry " + std::to_string(index) + " has no batch of its own");
    if (index % 256 == 0) TRY(open_batches(index / 256));
    const auto raw = entry.encode();
    append_be(entries_, static_cast<std::uint16_t>(entry_bytes));
    append(entries_, raw);
    TRY(write_record(raw, row));
    edge_.append(leaf_hash(raw));
    if (edge_.size() % 256 != 0 && edge_.size() != done_.checkpoint.size) return {};
    if (options_.progress) options_.progress(edge_.size(), done_.checkpoint.size);
    TRY(write(entries_path(index / 256, width(index / 256)), entries_));
    entries_.clear();
    for (const auto& tile : edge_.trim()) TRY(write_tile(tile.id, tile.hashes));
    return close_batches();
  }

  unsigned width(std::uint64_t tile) const { return tile_width(0, tile, done_.checkpoint.size); }

  Result<void> write_record(Bytes raw, const store::BatchRow& row) {
    TRY_AS(items, parse_items(row.items, row.count));
    record_.assign(raw.begin(), raw.end());
    for (const Item& item : items) {
      const bool withheld = item.kind == ItemKind::event && look_at(item.bytes);
      done_.events += item.kind == ItemKind::event && !withheld;
      done_.withheld += item.kind == ItemKind::leaf || withheld;
      if (withheld) append_item(record_, ItemKind::leaf, item.leaf().bytes);
      else append_item(record_, item.kind, item.bytes);
    }
    std::uint8_t length[4];
    store_le(length, static_cast<std::uint32_t>(record_.size()));
    batches_.write(reinterpret_cast<const char*>(length), sizeof length);
    batches_.write(reinterpret_cast<const char*>(record_.data()), static_cast<std::streamsize>(record_.size()));
    return {};
  }

  // Whether the event stays behind. An edition that it released comes along.
  bool look_at(Bytes event) {
    if (!options_.withhold && options_.editions.empty()) return false;
    scratch_.assign(event.begin(), event.end());  // aligned
    const EventView view = view_event(scratch_);
    if (options_.withhold && options_.withhold(view)) return true;
    if (view.type == schema::Body::ReportReleased) released_.insert(edition_path(edition_place(view.body<schema::ReportReleased>())));
    return false;
  }

  Result<void> bring_editions() {
    if (options_.editions.empty()) return {};
    TRY_AS(copied, copy_editions(options_.editions, folder_, [&](const std::string& path) { return released_.contains(path); }));
    done_.editions = copied;
    return {};
  }

  Result<void> write_partial_tiles() {
    for (unsigned level = 0; done_.checkpoint.size >> 8 * level > 0 && level < 8; ++level) {
      const std::uint64_t index = done_.checkpoint.size >> 8 * level >> 8;
      const unsigned here = tile_width(level, index, done_.checkpoint.size);
      Hashes hashes;
      for (unsigned i = 0; i < here; ++i) hashes.push_back(*edge_.node({8 * level, index * 256 + i}));
      if (here > 0) TRY(write_tile({level, index, here}, hashes));
    }
    return {};
  }

  Result<void> write_tile(const TileId& tile, const Hashes& hashes) {
    return write(tile_path(tile), {reinterpret_cast<const std::uint8_t*>(hashes.data()), 32 * hashes.size()});
  }

  Result<void> write(const std::string& path, Bytes bytes) {
    TRY_AS(whole, prepare(path));
    std::ofstream file(whole, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    return file ? Result<void>{} : Result<void>(cannot("write", whole));
  }

  Result<void> open_batches(std::uint64_t tile) {
    TRY_AS(whole, prepare(batch_path(tile, width(tile))));
    batches_name_ = whole;
    batches_.open(whole, std::ios::binary);
    return batches_ ? Result<void>{} : Result<void>(cannot("write", whole));
  }

  Result<void> close_batches() {
    batches_.close();
    return batches_ ? Result<void>{} : Result<void>(cannot("write", batches_name_));
  }

  Result<fs::path> prepare(const std::string& path) {
    const fs::path whole = folder_ / path;
    std::error_code error;
    fs::create_directories(whole.parent_path(), error);
    if (error) return fail(Errc::io, "cannot make " + whole.parent_path().string() + ": " + error.message());
    return whole;
  }

  const fs::path& folder_;
  const ExportOptions& options_;
  Exported done_;
  Edge edge_;
  Buffer entries_, record_, scratch_;
  std::set<std::string> released_;
  std::ofstream batches_;
  fs::path batches_name_;
};

Result<std::string> note_at(const store::Log& log, std::optional<std::uint64_t> size) {
  if (size) return log.checkpoint(*size);
  TRY_AS(last, log.last_checkpoint());
  if (!last) return fail(Errc::not_found, "the log has no entry yet: there is nothing to export");
  return std::move(*last);
}

}  // namespace

Result<Exported> export_bundle(const store::Log& log, const std::vector<rules::Authority::LogKey>& log_keys, const fs::path& target, const ExportOptions& options) {
  const fs::path name = target.has_filename() ? target : target.parent_path();
  std::error_code error;
  if (fs::exists(name, error) && !(fs::is_directory(name, error) && fs::is_empty(name, error)))
    return fail(Errc::usage, name.string() + " is there already and not an empty folder");
  TRY_AS(note, note_at(log, options.size));
  TRY_AS(opened, open_checkpoint(note, log_keys));
  TRY_AS(scaffold, Scaffold::beside(name));
  TRY_AS(exported, Export(scaffold.path(), opened.checkpoint, options).run(log, note, log_keys));
  fs::permissions(scaffold.path(), fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
  TRY(scaffold.become(name));
  return std::move(exported);
}

}  // namespace caseledger
