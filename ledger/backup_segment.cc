#include "ledger/backup_segment.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <algorithm>
#include <optional>
#include <utility>

#include "ledger/store/safe_file.h"

namespace caseledger::backup {

namespace {

constexpr std::string_view magic = "caseledger backup 1\n";
constexpr std::size_t chunk_bytes = 4u << 20, chunk_bytes_max = chunk_bytes + (4u << 20);  // a chunk ends with the row that reaches it

Buffer header_of(Range range) {
  Buffer header;
  append(header, bytes_of(magic));
  append_le(header, range.from);
  append_le(header, range.to);
  return header;
}

Hash next_digest(const Hash& before, Bytes rows) {
  Buffer both;
  both.reserve(32 + rows.size());
  append(both, before.bytes);
  append(both, rows);
  return sha256(both);
}

}  // namespace

std::filesystem::path segment_path(const std::filesystem::path& backup, std::uint64_t from) {
  const std::string digits = std::to_string(from);
  return backup / "segment" / (std::string(digits.size() < 12 ? 12 - digits.size() : 0, '0') + digits);
}

Result<std::uint64_t> segment_of(const std::filesystem::path& backup, std::uint64_t entry) {
  std::optional<std::uint64_t> found;
  std::error_code error;
  for (const auto& each : std::filesystem::directory_iterator(backup / "segment", error)) {
    std::string digits = each.path().filename();
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    const auto from = from_decimal(digits);
    if (from && *from <= entry && (!found || *from > *found)) found = *from;
  }
  if (error) return fail(Errc::io, "cannot list " + (backup / "segment").string() + ": " + error.message());
  if (!found) return fail(Errc::not_found, (backup / "segment").string() + " has no segment that holds entry " + std::to_string(entry));
  return *found;
}

// ── writing ──

Result<SegmentWriter> SegmentWriter::create(std::filesystem::path path, Range range) {
  const std::string fresh = path.string() + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fail(Errc::io, "cannot make " + fresh + ": " + std::strerror(errno));
  SegmentWriter writer(std::move(path), file);
  const Buffer header = header_of(range);
  TRY(writer.write(header));
  writer.digest_ = sha256(header);
  return writer;
}

SegmentWriter::SegmentWriter(SegmentWriter&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), digest_(other.digest_), rows_(std::move(other.rows_)), bytes_(other.bytes_) {}

SegmentWriter::~SegmentWriter() {
  if (file_ >= 0) ::close(file_);
}

Result<void> SegmentWriter::write(Bytes bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const auto written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail(Errc::io, "cannot write " + path_.string() + ".new: " + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> SegmentWriter::close_chunk() {
  digest_ = next_digest(digest_, rows_);
  std::uint8_t length[4];
  store_le(length, static_cast<std::uint32_t>(rows_.size()));
  TRY(write(length));
  TRY(write(rows_));
  rows_.clear();
  return write(digest_.bytes);
}

Result<void> SegmentWriter::add(store::Log::Family family, Bytes key, Bytes value) {
  rows_.push_back(static_cast<std::uint8_t>(family));
  append_le(rows_, static_cast<std::uint16_t>(key.size()));
  append_le(rows_, static_cast<std::uint32_t>(value.size()));
  append(rows_, key);
  append(rows_, value);
  return rows_.size() < chunk_bytes ? Result<void>() : close_chunk();
}

Result<std::uint64_t> SegmentWriter::finish() {
  if (!rows_.empty()) TRY(close_chunk());
  TRY(close_chunk());
  if (::fsync(file_) != 0) return fail(Errc::io, "cannot sync " + path_.string() + ".new: " + std::strerror(errno));
  TRY(store::replace_file(path_.string() + ".new", path_));
  return bytes_;
}

// ── reading ──

namespace {
std::unexpected<Error> damaged_at(const std::filesystem::path& path, std::uint64_t at, const char* why) {
  return fail(Errc::verification_failed, path.string() + ", byte " + std::to_string(at) + ": " + why);
}

Result<Range> parse_header(const std::filesystem::path& path, Bytes header) {
  if (header.size() != magic.size() + 16 || text_of(header.first(magic.size())) != magic) return damaged_at(path, 0, "no segment of a backup begins here");
  return Range{load_le<std::uint64_t>(header.data() + magic.size()), load_le<std::uint64_t>(header.data() + magic.size() + 8)};
}
}  // namespace

Result<Range> read_range(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::not_found, path.string() + ": there is no such segment");
  Buffer header(magic.size() + 16);
  file.read(reinterpret_cast<char*>(header.data()), static_cast<std::streamsize>(header.size()));
  return parse_header(path, Bytes(header).first(static_cast<std::size_t>(file.gcount())));
}

Result<Range> read_segment(const std::filesystem::path& path, const Visit& visit) {
  const auto damaged = [&](std::uint64_t at, const char* why) { return damaged_at(path, at, why); };
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::not_found, path.string() + ": there is no such segment");
  std::uint64_t at = 0;
  const auto take = [&](Buffer& to, std::size_t bytes) {
    to.resize(bytes);
    file.read(reinterpret_cast<char*>(to.data()), static_cast<std::streamsize>(bytes));
    at += static_cast<std::uint64_t>(file.gcount());
    return static_cast<std::size_t>(file.gcount()) == bytes;
  };
  Buffer header, rows, word;
  if (!take(header, magic.size() + 16)) return damaged(0, "no segment of a backup begins here");
  TRY_AS(range, parse_header(path, header));
  Hash digest = sha256(header);
  for (bool last = false; !last;) {
    const std::uint64_t begin = at;
    if (!take(word, 4)) return damaged(begin, "it ends before its end");
    const std::size_t length = load_le<std::uint32_t>(word.data());
    if (length > chunk_bytes_max) return damaged(begin, "no chunk is that long");
    if (!take(rows, length) || !take(word, 32)) return damaged(begin, "it ends before its end");
    digest = next_digest(digest, rows);
    if (!equal(digest.bytes, word)) return damaged(begin, "the chunk does not have its digest");
    last = length == 0;
    for (Bytes left = rows; !left.empty();) {
      if (left.size() < 7) return damaged(begin, "a row is cut short");
      const std::size_t key = load_le<std::uint16_t>(left.data() + 1), value = load_le<std::uint32_t>(left.data() + 3);
      if (left.size() - 7 < key + value || left[0] > static_cast<std::uint8_t>(store::Log::Family::checkpoints)) return damaged(begin, "a row is cut short");
      TRY(visit(static_cast<store::Log::Family>(left[0]), left.subspan(7, key), left.subspan(7 + key, value)));
      left = left.subspan(7 + key + value);
    }
  }
  if (file.peek() != std::ifstream::traits_type::eof()) return damaged(at, "something follows its end");
  return range;
}

}  // namespace caseledger::backup
