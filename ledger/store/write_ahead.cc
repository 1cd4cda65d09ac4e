#include "ledger/store/write_ahead.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <fstream>
#include <optional>

namespace caseledger::store {

namespace {

constexpr std::size_t block_bytes = 32 << 10, head_bytes = 7, recycled_head_bytes = 11;

enum RecordType : std::uint8_t { zero, full, first, middle, last, recycled_full, recycled_first, recycled_middle, recycled_last, set_compression };

// CRC-32C as RocksDB stores it: rotated and offset, so that a checksum of checksums differs from them.
std::uint32_t masked_crc(Bytes bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const std::uint32_t sum = crc.checksum();
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8;
}

struct Damage {
  std::size_t offset;
  bool cut_off;
};

// The first record of a block that does not hold.
std::optional<Damage> damage_in(Bytes block, bool at_end) {
  std::size_t at = 0;
  while (block.size() - at >= head_bytes) {
    const Bytes record = block.subspan(at);
    const std::size_t length = load_le<std::uint16_t>(record.data() + 4);
    const std::uint8_t type = record[6];
    if (type == zero && length == 0) return std::ranges::all_of(record, [](std::uint8_t b) { return b == 0; }) ? std::nullopt : std::optional(Damage{at, false});
    const std::size_t head = type >= recycled_full && type <= recycled_last ? recycled_head_bytes : head_bytes;
    if (record.size() < head + length) return Damage{at, at_end};
    if (masked_crc(record.subspan(6, head - 6 + length)) != load_le<std::uint32_t>(record.data())) return Damage{at, false};
    at += head + length;
  }
  if (at_end && at < block.size()) return Damage{at, true};
  return std::nullopt;
}

}  // namespace

Result<std::vector<WriteAheadDamage>> damage_in_write_ahead(const std::filesystem::path& database) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator at(database, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".log") names.push_back(at->path().filename().string());
  if (error) return fail(Errc::io, "cannot list " + database.string() + ": " + error.message());
  std::ranges::sort(names);

  std::vector<WriteAheadDamage> damage;
  Buffer block(block_bytes);
  for (const auto& name : names) {
    std::ifstream file(database / name, std::ios::binary);
    if (!file) return fail(Errc::io, "cannot read " + (database / name).string());
    for (std::uint64_t offset = 0; file; offset += block_bytes) {
      file.read(reinterpret_cast<char*>(block.data()), block_bytes);
      const auto read = static_cast<std::size_t>(file.gcount());
      const auto at = damage_in(Bytes(block).first(read), read < block_bytes);
      if (!at) continue;
      damage.push_back({name, offset + at->offset, at->cut_off});
      break;
    }
  }
  return damage;
}

}  // namespace caseledger::store
