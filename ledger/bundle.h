// The offline bundle: a log in a folder, for whoever wants to check it without the ledger.
//
//   checkpoint                    the signed note everything else is held to
//   handover/<n>                  where the log has had several keys: the checkpoint over the decision that another follows the n-th
//   vkey                          the log's key, so that the folder can be checked by itself; it is worth what its bearer is worth
//   tile/<level>/<N>[.p/<width>]  hashes, and tile/entries/<N>[.p/<width>]: C2SP tlog-tiles, as served at the checkpoint's size
//   batch/<N>[.p/<width>]         256 records a file, each u32le length ‖ entry ‖ items
//   releases/…                    released editions, as in the ledger's folder (editions.h)
// Any C2SP tool reads the first three kinds; caseledger audit reads them all.
#pragma once

#include <filesystem>
#include <map>

#include "ledger/core/event.h"
#include "ledger/core/merkle.h"
#include "ledger/log_signers.h"
#include "ledger/store/log.h"

namespace caseledger {

std::string batch_path(std::uint64_t index, unsigned width);  // "batch/x001/234.p/5"

// ── making one ──

struct ExportOptions {
  std::optional<std::uint64_t> size;                            // a published one; without it, the latest
  std::function<bool(const EventView&)> withhold;               // of these events only the leaf hash goes along
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;  // in entries
  std::filesystem::path editions = {};  // the folder whose releases/ go along, as far as they were released by then
};

struct Exported {
  Checkpoint checkpoint;
  std::uint64_t events = 0, withheld = 0, editions = 0;
};

// Writes beside the target and renames at the end: a bundle is there whole or not at all. The log may go on growing meanwhile.
// Events are copied, not judged; the entries have to give the checkpoint's root.
// Errors: usage (the target is there and not empty), not_found (no checkpoint of that size), verification_failed, io.
Result<Exported> export_bundle(const store::Log& log, const std::vector<rules::Authority::LogKey>& log_keys, const std::filesystem::path& target, const ExportOptions& options = {});

// ── reading one ──

inline constexpr std::size_t served_bytes_max = 256u * (2u << 20);  // of one file: 256 records, each well below 2 MiB

// What stands at a path below a log's root. Errors: not_found, too_large, io.
using Fetch = std::function<Result<Buffer>(std::string path)>;
Fetch fetch_from(std::filesystem::path folder);

// A piece of such a file. Errors: not_found, malformed (the file ends before), io.
using FetchPiece = std::function<Result<Buffer>(std::string path, std::uint64_t offset, std::size_t length)>;
FetchPiece fetch_piece_from(std::filesystem::path folder);

// A log as it is served, by a bundle or at an address. Nothing is verified but shapes. A partial tile may have given way to
// the full one.
class Served {
 public:
  Served(Fetch fetch, std::uint64_t size) : fetch_(std::move(fetch)), size_(size) {}

  std::uint64_t size() const { return size_; }
  unsigned width(std::uint64_t index) const { return tile_width(0, index, size_); }

  // Errors: not_found, malformed (another length), io.
  Result<Hashes> tile(const TileId& tile) const;
  Result<Buffer> entries(std::uint64_t index) const;  // width × (u16be length ‖ entry)
  Result<Buffer> batches(std::uint64_t index) const;  // width × (u32le length ‖ record), maybe more behind

  Result<Entry> entry(EntryIndex index) const;
  Result<Hash> node(Node node) const;

 private:
  Result<Buffer> fetch(const std::string& path, const std::string& full_path) const;

  Fetch fetch_;
  std::uint64_t size_;
};

std::string handover_path(std::size_t n);  // from 1
// All there are, by the size they claim. Errors: io, malformed.
Result<std::map<std::uint64_t, std::string>> bundle_handovers(const Fetch& fetch);

// The key that a bundle brings along. Errors: not_found, malformed, io.
Result<Vkey> bundle_vkey(const Fetch& fetch);

// Where the records of a file of batches begin and end: as many as fit. What is missing or over is the caller's to notice.
std::vector<Bytes> records_of(Bytes file, unsigned width);

}  // namespace caseledger
