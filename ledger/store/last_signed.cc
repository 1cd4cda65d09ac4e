#include "ledger/store/last_signed.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace caseledger::store {

namespace {

constexpr std::size_t slot_bytes = 512;

// "<size> <base64 root> <hex of the first 8 bytes of SHA-256 over what stands before>\n", padded with spaces.
std::string slot_text(const LastSigned::Mark& mark) {
  std::string text = std::to_string(mark.size) + ' ' + base64(mark.root.bytes);
  text += ' ' + hex(Bytes(sha256(bytes_of(text)).bytes).first(8)) + '\n';
  text.resize(slot_bytes - 1, ' ');
  return text + '\n';
}

std::optional<LastSigned::Mark> parse_slot(std::string_view text) {
  const auto first = text.find(' '), second = text.find(' ', first + 1), end = text.find('\n');
  if (first == text.npos || second == text.npos || end == text.npos || second > end) return std::nullopt;
  const auto size = from_decimal(text.substr(0, first));
  const auto root = exactly<32>(from_base64(text.substr(first + 1, second - first - 1)));
  if (!size || !root) return std::nullopt;
  if (hex(Bytes(sha256(bytes_of(text.substr(0, second))).bytes).first(8)) != text.substr(second + 1, end - second - 1)) return std::nullopt;
  return LastSigned::Mark{*size, {*root}};
}

std::unexpected<Error> failed(const char* what) { return fail(Errc::io, std::string("cannot ") + what + " last-signed: " + std::strerror(errno)); }

}  // namespace

Result<LastSigned> LastSigned::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return failed("open");
  LastSigned last(file);
  std::string text(2 * slot_bytes, '\0');
  const auto length = ::pread(file, text.data(), text.size(), 0);
  if (length < 0) return failed("read");
  if (length == 0) {
    const std::string blank(2 * slot_bytes, ' ');
    if (::pwrite(file, blank.data(), blank.size(), 0) != static_cast<ssize_t>(blank.size()) || ::fsync(file) != 0) return failed("write");
    return last;
  }
  for (unsigned slot = 0; slot < 2; ++slot) {
    const auto mark = parse_slot(std::string_view(text).substr(slot * slot_bytes, slot_bytes));
    if (mark && (!last.mark_ || mark->size >= last.mark_->size)) {
      last.mark_ = mark;
      last.slot_ = slot;
    }
  }
  if (!last.mark_ && text.find_first_not_of(' ') != text.npos)
    return fail(Errc::verification_failed, "last-signed is damaged: what was signed last can no longer be told from " + path.string());
  return last;
}

Result<std::array<LastSigned::Slot, 2>> LastSigned::slots(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed("open");
  std::string text(2 * slot_bytes + 1, '\0');
  const auto length = ::pread(file, text.data(), text.size(), 0);
  ::close(file);
  if (length < 0) return failed("read");
  text.resize(static_cast<std::size_t>(length));
  std::array<Slot, 2> slots;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto slot = text.size() > i * slot_bytes ? std::string_view(text).substr(i * slot_bytes, slot_bytes) : std::string_view();
    slots[i].mark = parse_slot(slot);
    slots[i].damaged = slots[i].mark ? slot != slot_text(*slots[i].mark) : slot.find_first_not_of(' ') != slot.npos;
    slots[i].damaged = slots[i].damaged || (length != 0 && length != 2 * static_cast<ssize_t>(slot_bytes));
  }
  return slots;
}

LastSigned::LastSigned(LastSigned&& other) noexcept : file_(std::exchange(other.file_, -1)), slot_(other.slot_), mark_(other.mark_) {}
LastSigned::~LastSigned() {
  if (file_ >= 0) ::close(file_);
}

Result<void> LastSigned::write(const Mark& mark) {
  slot_ ^= 1;
  const std::string text = slot_text(mark);
  if (::pwrite(file_, text.data(), text.size(), slot_ * slot_bytes) != static_cast<ssize_t>(text.size())) return failed("write");
  if (::fdatasync(file_) != 0) return failed("sync");
  mark_ = mark;
  return {};
}

}  // namespace caseledger::store
