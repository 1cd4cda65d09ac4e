#include "ledger/store/wrapped_key.h"

#include <cerrno>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "ledger/store/safe_file.h"

namespace caseledger::store {

namespace {
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(wrapped_bytes == nonce_bytes + 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES);
}  // namespace

void wrap(Buffer& to, Bytes key, const std::uint8_t* under, Bytes aad) {
  std::uint8_t sealed[wrapped_bytes];
  randombytes_buf(sealed, nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + nonce_bytes, nullptr, key.data(), key.size(), aad.data(), aad.size(), nullptr, sealed, under);
  append(to, Bytes(sealed));
}

bool unwrap(std::uint8_t* key, Bytes wrapped, const std::uint8_t* under, Bytes aad) {
  return crypto_aead_xchacha20poly1305_ietf_decrypt(key, nullptr, nullptr, wrapped.data() + nonce_bytes, wrapped_bytes - nonce_bytes, aad.data(), aad.size(),
                                                    wrapped.data(), under) == 0;
}

KeyFile::~KeyFile() {
  if (file_ >= 0) ::close(file_);
}

Result<void> KeyFile::open(const std::filesystem::path& path, bool read_only) {
  path_ = path;
  if (file_ >= 0) ::close(file_);
  file_ = ::open(path.c_str(), read_only ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0 && !(read_only && errno == ENOENT)) return fail(Errc::io, "vault: cannot open " + path.string() + ": " + std::strerror(errno));
  return {};
}

Result<void> KeyFile::cut() {
  if (::ftruncate(file_, static_cast<off_t>(bytes_)) != 0) return fail(Errc::io, "vault: cannot mend " + path_.string() + ": " + std::strerror(errno));
  return {};
}

Result<Buffer> KeyFile::read(std::uint64_t at, std::size_t bytes) const {
  Buffer record(bytes);
  if (::pread(file_, record.data(), bytes, static_cast<off_t>(at)) != static_cast<ssize_t>(bytes))
    return fail(Errc::io, "vault: cannot read a key from " + path_.string() + ": " + std::strerror(errno));
  return record;
}

Result<void> KeyFile::write(Bytes records) {
  if (records.empty()) return {};
  if (::pwrite(file_, records.data(), records.size(), static_cast<off_t>(bytes_)) != static_cast<ssize_t>(records.size()) || ::fdatasync(file_) != 0)
    return fail(Errc::io, "vault: cannot write keys to " + path_.string() + ": " + std::strerror(errno));
  return {};
}

Result<void> KeyFile::replace(Bytes records) {
  TRY(write_file(path_, records));
  TRY(open(path_, false));
  bytes_ = records.size();
  return {};
}

}  // namespace caseledger::store
