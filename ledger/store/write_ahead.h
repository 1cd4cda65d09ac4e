// Where a write-ahead log is damaged. RocksDB says that a checksum does not hold, but neither in which file nor where.
//
// Format: blocks of 32 KiB; records of u32le masked CRC-32C ‖ u16le length ‖ type ‖ data, none across blocks, a block's rest zeroed.
// A record cut off by the end of the file is no damage by itself: its commit never returned.
#pragma once

#include <filesystem>
#include <vector>

#include "ledger/core/bytes.h"

namespace caseledger::store {

struct WriteAheadDamage {
  std::string file;      // "000012.log"
  std::uint64_t offset;  // of the record in which it lies
  bool cut_off;          // by the end of the file
};

// The first damaged record of each file. Errors: io.
Result<std::vector<WriteAheadDamage>> damage_in_write_ahead(const std::filesystem::path& database);

}  // namespace caseledger::store
