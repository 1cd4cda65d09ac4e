#include "ledger/bundle.h"

#include <cerrno>
#include <fstream>

namespace caseledger {

std::string batch_path(std::uint64_t index, unsigned width) { return "batch/" + entries_path(index, width).substr(std::string_view("tile/entries/").size()); }

Fetch fetch_from(std::filesystem::path folder) {
  return [folder = std::move(folder)](const std::string& path) -> Result<Buffer> {
    errno = 0;
    std::ifstream file(folder / path, std::ios::binary);
    if (!file) return fail(errno == ENOENT || errno == ENOTDIR ? Errc::not_found : Errc::io, path + ": " + std::strerror(errno));
    Buffer bytes;
    std::error_code error;
    const auto size = std::filesystem::file_size(folder / path, error);
    if (!error && size > served_bytes_max) return fail(Errc::too_large, path + ": it has " + std::to_string(size) + " bytes, more than any file of a log");
    if (!error) bytes.resize(size);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (error || !file) return fail(Errc::io, path + ": it cannot be read");
    return bytes;
  };
}

FetchPiece fetch_piece_from(std::filesystem::path folder) {
  return [folder = std::move(folder)](const std::string& path, std::uint64_t offset, std::size_t length) -> Result<Buffer> {
    std::ifstream file(folder / path, std::ios::binary);
    if (!file) return fail(Errc::not_found, path + ": it cannot be opened");
    if (length > served_bytes_max) return fail(Errc::malformed, path + ": nothing in it is that long");
    Buffer bytes(length);
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(length));
    if (!file) return fail(Errc::malformed, path + ": it ends before byte " + std::to_string(offset + length));
    return bytes;
  };
}

Result<Buffer> Served::fetch(const std::string& path, const std::string& full_path) const {
  auto found = fetch_(path);
  if (!found && found.error().code == Errc::not_found && path != full_path) {
    if (auto full = fetch_(full_path)) return full;
  }
  return found;
}

Result<Hashes> Served::tile(const TileId& tile) const {
  const std::string path = tile_path(tile);
  TRY_AS(bytes, fetch(path, tile_path({tile.level, tile.index, 256})));
  if (bytes.size() != 32 * tile.width && bytes.size() != 32 * 256)
    return fail(Errc::malformed, path + ": it has " + std::to_string(bytes.size()) + " bytes, wanted " + std::to_string(32 * tile.width));
  Hashes hashes(tile.width);
  std::memcpy(hashes.data(), bytes.data(), 32 * tile.width);
  return hashes;
}

Result<Buffer> Served::entries(std::uint64_t index) const { return fetch(entries_path(index, width(index)), entries_path(index, 256)); }
Result<Buffer> Served::batches(std::uint64_t index) const { return fetch(batch_path(index, width(index)), batch_path(index, 256)); }

Result<Entry> Served::entry(EntryIndex index) const {
  if (index.value >= size_) return fail(Errc::not_found,
      "entry " + std::to_string(index.value) + " lies beyond the " + std::to_string(size_) + " of the checkpoint");
  TRY_AS(file, entries(index.value / 256));
  const std::size_t at = index.value % 256 * (2 + entry_bytes);
  if (file.size() < at + 2 + entry_bytes || load_be<std::uint16_t>(file.data() + at) != entry_bytes)
    return fail(Errc::malformed, entries_path(index.value / 256, width(index.value / 256)) + ": entry " + std::to_string(index.value) + " cannot be read");
  return parse_entry(Bytes(file).subspan(at + 2, entry_bytes));
}

Result<Hash> Served::node(Node node) const {
  const unsigned level = node.level / 8;
  const std::uint64_t index = node.index << node.level % 8 >> 8;
  const unsigned width = tile_width(level, index, size_);
  if (width == 0 || (node.index + 1) << node.level > size_) return fail(Errc::not_found, "the log has no such node");
  TRY_AS(hashes, tile({level, index, width}));
  return node_from_tile(node, hashes);
}

std::string handover_path(std::size_t n) { return "handover/" + std::to_string(n); }

Result<std::map<std::uint64_t, std::string>> bundle_handovers(const Fetch& fetch) {
  std::map<std::uint64_t, std::string> found;
  for (std::size_t n = 1;; ++n) {
    const auto note = fetch(handover_path(n));
    if (!note && note.error().code == Errc::not_found) return found;
    if (!note) return std::unexpected(note.error());
    TRY_AS(parsed, parse_note(text_of(*note)));
    TRY_AS(checkpoint, parse_checkpoint_text(parsed.text));
    if (!found.empty() && checkpoint.size <= found.rbegin()->first) return fail(Errc::malformed, handover_path(n) + " is of a size before the one ahead of it");
    found[checkpoint.size] = std::string(text_of(*note));
  }
}

Result<Vkey> bundle_vkey(const Fetch& fetch) {
  TRY_AS(bytes, fetch("vkey"));
  std::string_view text = text_of(bytes);
  if (!text.ends_with('\n')) return fail(Errc::malformed, "vkey: it does not end with its line");
  text.remove_suffix(1);
  TRY_AS(vkey, parse_vkey(text));
  if (vkey.text() != text) return fail(Errc::malformed, "vkey: it is not written as keys are");
  return vkey;
}

std::vector<Bytes> records_of(Bytes file, unsigned width) {
  std::vector<Bytes> records;
  while (records.size() < width && file.size() >= 4) {
    const std::size_t length = load_le<std::uint32_t>(file.data());
    if (file.size() - 4 < length) break;
    records.push_back(file.subspan(4, length));
    file = file.subspan(4 + length);
  }
  return records;
}

}  // namespace caseledger
