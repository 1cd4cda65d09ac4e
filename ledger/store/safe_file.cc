#include "ledger/store/safe_file.h"

#include <cerrno>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace caseledger::store {

namespace {

std::unexpected<Error> failed(const std::string& what) { return fail(Errc::io, "cannot " + what + ": " + std::strerror(errno)); }

class File {
 public:
  File(const std::filesystem::path& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  File(File&&) = delete;
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  explicit operator bool() const { return number_ >= 0; }
  int operator*() const { return number_; }

  bool write_all(Bytes bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(number_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool read_all(std::span<std::uint8_t> to) const {
    while (!to.empty()) {
      const auto read = ::read(number_, to.data(), to.size());
      if (read < 0 && errno == EINTR) continue;
      if (read <= 0) return false;
      to = to.subspan(static_cast<std::size_t>(read));
    }
    return true;
  }

 private:
  int number_;
};

Result<void> sync_folder_of(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const File file(folder, O_RDONLY | O_DIRECTORY);
  if (!file || ::fsync(*file) != 0) return failed("sync the folder " + folder.string());
  return {};
}

}  // namespace

Secret& Secret::operator=(Secret&& other) noexcept {
  wipe();
  bytes_ = std::move(other.bytes_);
  return *this;
}

void Secret::wipe() { sodium_memzero(bytes_.data(), bytes_.size()); }

void FreeLocked::operator()(std::uint8_t* keys) const { sodium_free(keys); }

LockedKeys locked_keys(std::size_t n) {
  ENSURE(sodium_init() >= 0);  // sodium_malloc aborts without
  LockedKeys keys(static_cast<std::uint8_t*>(sodium_malloc(n * 32)));
  ENSURE(keys != nullptr);
  return keys;
}

Result<Secret> read_file(const std::filesystem::path& path) {
  const File file(path, O_RDONLY);
  if (!file) return errno == ENOENT ? Result<Secret>(Secret()) : Result<Secret>(failed("open " + path.string()));
  struct stat info {};
  if (::fstat(*file, &info) != 0) return failed("read " + path.string());
  Secret bytes(static_cast<std::size_t>(info.st_size));
  if (!file.read_all(*bytes)) return failed("read " + path.string());
  return bytes;
}

Result<void> write_file(const std::filesystem::path& path, Bytes bytes) {
  const auto fresh = path.string() + ".new";
  {
    const File file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file || !file.write_all(bytes) || ::fsync(*file) != 0) return failed("write " + fresh);
  }
  return replace_file(fresh, path);
}

Result<void> append_file(const std::filesystem::path& path, Bytes bytes) {
  {
    const File file(path, O_WRONLY | O_CREAT | O_APPEND);
    if (!file || !file.write_all(bytes) || ::fsync(*file) != 0) return failed("write " + path.string());
  }
  return sync_folder_of(path);
}

Result<void> overwrite_file(const std::filesystem::path& path) {
  const File file(path, O_WRONLY);
  if (!file) return errno == ENOENT ? Result<void>() : Result<void>(failed("open " + path.string()));
  struct stat info {};
  if (::fstat(*file, &info) != 0) return failed("overwrite " + path.string());
  const Buffer zeros(static_cast<std::size_t>(info.st_size));
  if (!file.write_all(zeros) || ::fsync(*file) != 0) return failed("overwrite " + path.string());
  return {};
}

Result<void> destroy_file(const std::filesystem::path& path) {
  TRY(overwrite_file(path));
  if (::unlink(path.c_str()) != 0) return errno == ENOENT ? Result<void>() : Result<void>(failed("remove " + path.string()));
  return sync_folder_of(path);
}

Result<void> replace_file(const std::filesystem::path& fresh, const std::filesystem::path& path) {
  if (::rename(fresh.c_str(), path.c_str()) != 0) return failed("name " + path.string());
  return sync_folder_of(path);
}

}  // namespace caseledger::store
