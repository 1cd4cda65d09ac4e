#include "ledger/store/vault.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace caseledger::store {

namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, wrapped_bytes = 48;

std::unexpected<Error> failed(const std::string& what) { return fail(Errc::io, "vault: cannot " + what + ": " + std::strerror(errno)); }

std::size_t bucket_of(const SubjectId& subject) { return (subject.bytes[14] << 8 | subject.bytes[15]) & 0xfff; }

Buffer subject_aad(std::string_view origin, const SubjectId& subject, std::uint64_t epoch) {
  Buffer aad;
  append(aad, bytes_of(origin));
  append(aad, subject.bytes);
  append_le(aad, epoch);
  return aad;
}

Buffer bucket_aad(std::string_view origin, std::size_t bucket, std::uint64_t epoch) {
  Buffer aad;
  append(aad, bytes_of(origin));
  append(aad, bytes_of("bucket"));
  append_le(aad, static_cast<std::uint32_t>(bucket));
  append_le(aad, epoch);
  return aad;
}

void wrap(Buffer& to, Bytes key, const std::uint8_t* under, const Buffer& aad) {
  std::uint8_t sealed[nonce_bytes + wrapped_bytes];
  randombytes_buf(sealed, nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + nonce_bytes, nullptr, key.data(), key.size(), aad.data(), aad.size(), nullptr, sealed, under);
  append(to, Bytes(sealed));
}

bool unwrap_into(std::uint8_t* key, Bytes sealed, const std::uint8_t* under, const Buffer& aad) {
  return crypto_aead_xchacha20poly1305_ietf_decrypt(key, nullptr, nullptr, sealed.data() + nonce_bytes, wrapped_bytes, aad.data(), aad.size(),
                                                    sealed.data(), under) == 0;
}

Result<Buffer> read_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno == ENOENT ? Result<Buffer>(Buffer{}) : Result<Buffer>(failed("open " + path.string()));
  struct stat info {};
  Buffer bytes;
  const bool read = ::fstat(file, &info) == 0 && (bytes.resize(static_cast<std::size_t>(info.st_size)), true) &&
                    ::read(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  ::close(file);
  if (!read) return failed("read " + path.string());
  return bytes;
}

// Written whole and durable under another name first, then put in its place.
Result<void> write_file(const std::filesystem::path& path, Bytes bytes) {
  const auto fresh = path.string() + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed("make " + fresh);
  const bool written = ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0) return failed("write " + path.string());
  const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || ::fsync(folder) != 0) return failed("sync the folder of " + path.string());
  ::close(folder);
  return {};
}

}  // namespace

Result<std::unique_ptr<Vault>> Vault::open(const std::filesystem::path& folder, std::string origin, bool read_only) {
  std::unique_ptr<Vault> vault(new Vault(std::move(origin)));
  TRY(vault->load(folder, read_only));
  return vault;
}

Vault::~Vault() {
  sodium_free(bucket_keys_);
  if (file_ >= 0) ::close(file_);
}

Result<void> Vault::load(const std::filesystem::path& folder, bool read_only) {
  std::error_code error;
  if (!read_only) std::filesystem::create_directories(folder, error);
  if (error) return fail(Errc::io, "vault: cannot make " + folder.string() + ": " + error.message());
  if (!read_only) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  ENSURE(sodium_init() >= 0);  // sodium_malloc aborts without
  bucket_keys_ = static_cast<std::uint8_t*>(sodium_malloc(buckets * 32));
  ENSURE(bucket_keys_ != nullptr);
  TRY(load_buckets(folder, read_only));
  return load_subjects(folder, read_only);
}

Result<void> Vault::load_buckets(const std::filesystem::path& folder, bool read_only) {
  TRY_AS(root, read_file(folder / "root"));
  TRY_AS(table, read_file(folder / "buckets"));
  if (root.empty() && table.empty() && !read_only) {
    root.resize(32);
    randombytes_buf(root.data(), root.size());
    randombytes_buf(bucket_keys_, buckets * 32);
    append_le(table, epoch_);
    for (std::size_t b = 0; b < buckets; ++b) wrap(table, {bucket_keys_ + 32 * b, 32}, root.data(), bucket_aad(origin_, b, epoch_));
    TRY(write_file(folder / "root", root));
    TRY(write_file(folder / "buckets", table));
  }
  if (root.size() != 32 || table.size() != 8 + buckets * (nonce_bytes + wrapped_bytes))
    return fail(Errc::verification_failed, "vault: root or buckets in " + folder.string() + " are damaged or missing");
  epoch_ = load_le<std::uint64_t>(table.data());
  for (std::size_t b = 0; b < buckets; ++b)
    if (!unwrap_into(bucket_keys_ + 32 * b, Bytes(table).subspan(8 + b * (nonce_bytes + wrapped_bytes)), root.data(), bucket_aad(origin_, b, epoch_)))
      return fail(Errc::verification_failed, "vault: bucket " + std::to_string(b) + " does not open with this root key and origin");
  sodium_memzero(root.data(), root.size());
  return {};
}

Result<void> Vault::load_subjects(const std::filesystem::path& folder, bool read_only) {
  const auto path = folder / "subjects";
  TRY_AS(records, read_file(path));
  file_ = ::open(path.c_str(), read_only ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) return failed("open " + path.string());
  // A torn record at the end belongs to a commit that never happened.
  file_bytes_ = records.size() / record_bytes * record_bytes;
  if (!read_only && file_bytes_ != records.size() && ::ftruncate(file_, static_cast<off_t>(file_bytes_)) != 0) return failed("mend " + path.string());
  for (std::uint64_t at = 0; at < file_bytes_; at += record_bytes) {
    SubjectId subject;
    std::memcpy(subject.bytes.data(), records.data() + at, 16);
    places_[subject] = at;
  }
  return {};
}

Result<SubjectKey> Vault::unwrap(const SubjectId& subject, Bytes record) const {
  SubjectKey key;
  const auto epoch = load_le<std::uint64_t>(record.data() + 16);
  if (!unwrap_into(key.data(), record.subspan(24), bucket_keys_ + 32 * bucket_of(subject), subject_aad(origin_, subject, epoch)))
    return fail(Errc::verification_failed, "vault: the key of subject " + to_string(subject) + " does not open");
  return key;
}

Result<SubjectKey> Vault::find(const SubjectId& subject) const {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(subject);
  if (place == places_.end()) return fail(Errc::not_found, "there is no key of subject " + to_string(subject));
  if (place->second >= file_bytes_) return unwrap(subject, Bytes(staged_).subspan(place->second - file_bytes_, record_bytes));
  Buffer record(record_bytes);
  if (::pread(file_, record.data(), record.size(), static_cast<off_t>(place->second)) != static_cast<ssize_t>(record.size())) return failed("read a key");
  return unwrap(subject, record);
}

Result<SubjectKey> Vault::obtain(const SubjectId& subject) {
  auto known = find(subject);
  if (known || known.error().code != Errc::not_found) return known;
  SubjectKey key;
  randombytes_buf(key.data(), key.size());
  const std::lock_guard lock(mutex_);
  places_[subject] = file_bytes_ + staged_.size();
  append(staged_, subject.bytes);
  append_le(staged_, epoch_);
  wrap(staged_, key, bucket_keys_ + 32 * bucket_of(subject), subject_aad(origin_, subject, epoch_));
  return key;
}

Result<void> Vault::sync() {
  const std::lock_guard lock(mutex_);
  if (staged_.empty()) return {};
  if (::pwrite(file_, staged_.data(), staged_.size(), static_cast<off_t>(file_bytes_)) != static_cast<ssize_t>(staged_.size())) return failed("write keys");
  if (::fdatasync(file_) != 0) return failed("sync keys");
  file_bytes_ += staged_.size();
  staged_.clear();
  return {};
}

std::size_t Vault::size() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

}  // namespace caseledger::store
