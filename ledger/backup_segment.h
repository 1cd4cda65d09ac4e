// One segment of a backup: rows of the log as they lie, in chunks whose digests chain.
//
// header = "caseledger backup 1\n" ‖ u64le from ‖ u64le to (entries); chunk = u32le length ‖ rows ‖ digest, the last one of length 0;
// row = u8 family ‖ u16le key length ‖ u32le value length ‖ key ‖ value. digest = SHA-256(digest before ‖ rows), the first one before
// being that of the header. A segment that was cut short, or of which a bit changed, is found by itself.
#pragma once

#include "ledger/store/log.h"

namespace caseledger::backup {

struct Range {
  std::uint64_t from, to;  // entries
};

std::filesystem::path segment_path(const std::filesystem::path& backup, std::uint64_t from);

// There whole under its name once finish() has returned.
class SegmentWriter {
 public:
  static Result<SegmentWriter> create(std::filesystem::path path, Range range);
  SegmentWriter(SegmentWriter&& other) noexcept;
  ~SegmentWriter();

  Result<void> add(store::Log::Family family, Bytes key, Bytes value);
  Result<std::uint64_t> finish();  // its bytes

 private:
  SegmentWriter(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}
  Result<void> write(Bytes bytes);
  Result<void> close_chunk();

  std::filesystem::path path_;
  int file_;
  Hash digest_;
  Buffer rows_;
  std::uint64_t bytes_ = 0;
};

// Of the segment that holds an entry; its file begins there. Errors: not_found, io.
Result<std::uint64_t> segment_of(const std::filesystem::path& backup, std::uint64_t entry);

// Visits every row, each chunk verified before. Errors: not_found, verification_failed, io, and what the visit fails with.
using Visit = std::function<Result<void>(store::Log::Family family, Bytes key, Bytes value)>;
Result<Range> read_range(const std::filesystem::path& path);
Result<Range> read_segment(const std::filesystem::path& path, const Visit& visit);

}  // namespace caseledger::backup
