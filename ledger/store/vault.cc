#include "ledger/store/vault.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sodium.h>
#include <unistd.h>

namespace caseledger::store {

namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, wrapped_bytes = 48;
constexpr int tries_beside = 5;          // an erasure may be exchanging the files while they are read
constexpr std::size_t dead_records = 1024;  // past these and the live ones `subjects` is written anew

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

SubjectId subject_at(const Buffer& bytes, std::uint64_t at) {
  SubjectId subject;
  std::memcpy(subject.bytes.data(), bytes.data() + at, 16);
  return subject;
}

std::string gone(const SubjectId& subject) { return "the key of subject " + to_string(subject) + " is erased"; }

}  // namespace

// ── open: only what a committed step left ──

Result<std::unique_ptr<Vault>> Vault::open(const std::filesystem::path& folder, std::string origin, bool read_only) {
  for (int i = 1;; ++i) {
    std::unique_ptr<Vault> vault(new Vault(origin));
    vault->folder_ = folder;
    auto loaded = vault->load(read_only);
    if (loaded) return vault;
    if (!read_only || loaded.error().code != Errc::verification_failed || i == tries_beside) return std::unexpected(std::move(loaded.error()));
  }
}

Vault::~Vault() {
  if (file_ >= 0) ::close(file_);
}

Result<void> Vault::load(bool read_only) {
  std::error_code error;
  if (!read_only) std::filesystem::create_directories(folder_, error);
  if (error) return fail(Errc::io, "vault: cannot make " + folder_.string() + ": " + error.message());
  if (!read_only) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  TRY(load_keys(read_only));
  TRY(load_erased(read_only));
  TRY(load_subjects(read_only));
  if (read_only) return {};
  if (std::ranges::any_of(erased_, [&](const auto& each) { return each.second > epoch_; })) TRY(rekey({}));
  return compact();
}

Result<void> Vault::load_keys(bool read_only) {
  TRY_AS(table, read_file(folder_ / "buckets"));
  TRY_AS(root, read_file(folder_ / "root"));
  TRY_AS(next, read_file(folder_ / "root.next"));
  std::error_code ignored;
  if (table->empty() && !read_only && !std::filesystem::exists(folder_ / "subjects", ignored)) return make();
  if (opens(*table, *root)) return read_only || next->empty() ? Result<void>() : destroy_file(folder_ / "root.next");
  if (!opens(*table, *next))
    return fail(Errc::verification_failed, "vault: root or buckets in " + folder_.string() + " are damaged, missing, or of another ledger");
  if (read_only) return {};
  TRY(overwrite_file(folder_ / "root"));
  return replace_file(folder_ / "root.next", folder_ / "root");
}

Result<void> Vault::make() {
  Secret root(32);
  randombytes_buf(root->data(), root->size());
  randombytes_buf(bucket_keys_.get(), buckets * 32);
  TRY(write_file(folder_ / "root", *root));
  return write_file(folder_ / "buckets", table(bucket_keys_.get(), epoch_, *root));
}

Buffer Vault::table(const std::uint8_t* keys, std::uint64_t epoch, Bytes root) const {
  Buffer table;
  table.reserve(table_bytes);
  append_le(table, epoch);
  for (std::size_t b = 0; b < buckets; ++b) wrap(table, {keys + 32 * b, 32}, root.data(), bucket_aad(origin_, b, epoch));
  return table;
}

bool Vault::opens(Bytes table, Bytes root) {
  if (root.size() != 32 || table.size() != table_bytes) return false;
  epoch_ = load_le<std::uint64_t>(table.data());
  for (std::size_t b = 0; b < buckets; ++b)
    if (!unwrap_into(bucket_keys_.get() + 32 * b, table.subspan(8 + b * 72, 72), root.data(), bucket_aad(origin_, b, epoch_))) return false;
  return true;
}

Result<void> Vault::load_erased(bool read_only) {
  const auto path = folder_ / "erased";
  TRY_AS(told, read_file(path));
  const std::size_t whole = told->size() / erased_bytes * erased_bytes;
  if (!read_only && whole != told->size() && ::truncate(path.c_str(), static_cast<off_t>(whole)) != 0) return failed("mend " + path.string());
  for (std::size_t at = 0; at < whole; at += erased_bytes) erased_[subject_at(*told, at)] = load_le<std::uint64_t>(told->data() + at + 16);
  return {};
}

Result<void> Vault::load_subjects(bool read_only) {
  const auto path = folder_ / "subjects";
  TRY_AS(records, read_file(path));
  file_ = ::open(path.c_str(), read_only ? O_RDONLY | O_CLOEXEC : O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) return failed("open " + path.string());
  for (file_bytes_ = 0; file_bytes_ + record_bytes <= records->size(); file_bytes_ += record_bytes) {
    if (load_le<std::uint64_t>(records->data() + file_bytes_ + 16) > epoch_) break;  // of an erasure that did not come about
    const SubjectId subject = subject_at(*records, file_bytes_);
    if (!erased_.contains(subject)) places_[bucket_of(subject)][subject] = file_bytes_;
  }
  // What is left, a torn record too, belongs to a commit that never happened.
  if (!read_only && file_bytes_ != records->size() && ::ftruncate(file_, static_cast<off_t>(file_bytes_)) != 0) return failed("mend " + path.string());
  return {};
}

Result<void> Vault::compact() {
  const std::size_t live = size();
  if (file_bytes_ / record_bytes <= 2 * live + dead_records) return {};
  Buffer records;
  records.reserve(live * record_bytes);
  for (auto& bucket : places_)
    for (auto& [subject, place] : bucket) {
      TRY_AS(bytes, record(place));
      place = records.size();
      append(records, bytes);
    }
  const auto path = folder_ / "subjects";
  TRY(write_file(path, records));
  ::close(file_);
  file_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file_ < 0) return failed("open " + path.string());
  file_bytes_ = records.size();
  return {};
}

// ── keys ──

Result<Buffer> Vault::record(std::uint64_t place) const {
  Buffer bytes(record_bytes);
  if (place >= file_bytes_) std::memcpy(bytes.data(), staged_.data() + (place - file_bytes_), record_bytes);
  else if (::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(place)) != static_cast<ssize_t>(bytes.size())) return failed("read a key");
  return bytes;
}

Result<SubjectKey> Vault::unwrap(const SubjectId& subject, Bytes record) const {
  SubjectKey key;
  const auto epoch = load_le<std::uint64_t>(record.data() + 16);
  if (!unwrap_into(key.data(), record.subspan(24), bucket_keys_.get() + 32 * bucket_of(subject), subject_aad(origin_, subject, epoch)))
    return fail(Errc::verification_failed, "vault: the key of subject " + to_string(subject) + " does not open");
  return key;
}

Result<SubjectKey> Vault::look_up(const SubjectId& subject) const {
  const Places& bucket = places_[bucket_of(subject)];
  const auto place = bucket.find(subject);
  if (place == bucket.end()) return fail(Errc::not_found, "there is no key of subject " + to_string(subject));
  TRY_AS(bytes, record(place->second));
  return unwrap(subject, bytes);
}

Result<SubjectKey> Vault::find(const SubjectId& subject) const {
  const std::lock_guard lock(mutex_);
  if (erased_.contains(subject)) return fail(Errc::not_found, gone(subject));
  return look_up(subject);
}

Result<SubjectKey> Vault::obtain(const SubjectId& subject) {
  const std::lock_guard lock(mutex_);
  if (erased_.contains(subject)) return fail(Errc::not_permitted, gone(subject) + "; it is given no other");
  auto known = look_up(subject);
  if (known || known.error().code != Errc::not_found) return known;
  SubjectKey key;
  randombytes_buf(key.data(), key.size());
  const std::size_t bucket = bucket_of(subject);
  places_[bucket][subject] = file_bytes_ + staged_.size();
  append(staged_, subject.bytes);
  append_le(staged_, epoch_);
  wrap(staged_, key, bucket_keys_.get() + 32 * bucket, subject_aad(origin_, subject, epoch_));
  return key;
}

Result<void> Vault::sync() {
  const std::lock_guard lock(mutex_);
  return write_staged();
}

Result<void> Vault::write_staged() {
  if (half_way_) return fail(Errc::io, "vault: an erasure failed half-way; start again to finish it");
  if (staged_.empty()) return {};
  if (::pwrite(file_, staged_.data(), staged_.size(), static_cast<off_t>(file_bytes_)) != static_cast<ssize_t>(staged_.size())) return failed("write keys");
  if (::fdatasync(file_) != 0) return failed("sync keys");
  file_bytes_ += staged_.size();
  staged_.clear();
  return {};
}

std::size_t Vault::size() const {
  const std::lock_guard lock(mutex_);
  std::size_t sum = 0;
  for (const auto& bucket : places_) sum += bucket.size();
  return sum;
}

bool Vault::erased(const SubjectId& subject) const {
  const std::lock_guard lock(mutex_);
  return erased_.contains(subject);
}

// ── erasure ──

Result<std::uint32_t> Vault::erase(std::span<const SubjectId> subjects, const Watch& watch) {
  const std::lock_guard lock(mutex_);
  TRY(write_staged());
  Buffer told;
  Places ending;
  for (const SubjectId& subject : subjects) {
    if (erased_.contains(subject) || ending.contains(subject)) continue;
    const std::uint64_t epoch = places_[bucket_of(subject)].contains(subject) ? epoch_ + 1 : 0;
    ending[subject] = epoch;
    append(told, subject.bytes);
    append_le(told, epoch);
  }
  half_way_ = true;
  if (!told.empty()) TRY(append_file(folder_ / "erased", told));
  erased_.insert(ending.begin(), ending.end());
  if (watch) watch(Step::told);
  if (std::ranges::any_of(ending, [](const auto& each) { return each.second != 0; })) TRY(rekey(watch));
  half_way_ = false;
  return static_cast<std::uint32_t>(std::ranges::count_if(subjects, [&](const SubjectId& subject) { return erased_.at(subject) != 0; }));
}

// Every bucket that holds a key which is to end gets a new key, and so does the root.
Result<void> Vault::rekey(const Watch& watch) {
  const auto reached = [&](Step step) {
    if (watch) watch(step);
  };
  std::set<std::size_t> found;
  for (const auto& [subject, epoch] : erased_)
    if (epoch > epoch_) found.insert(bucket_of(subject));
  const std::vector<std::size_t> affected(found.begin(), found.end());

  LockedKeys keys = locked_keys(buckets);
  std::memcpy(keys.get(), bucket_keys_.get(), buckets * 32);
  for (const std::size_t bucket : affected) randombytes_buf(keys.get() + 32 * bucket, 32);
  std::vector<std::pair<SubjectId, std::uint64_t>> moved;
  TRY_AS(records, rewrap(affected, keys.get(), moved));
  if (!records.empty() && ::pwrite(file_, records.data(), records.size(), static_cast<off_t>(file_bytes_)) != static_cast<ssize_t>(records.size()))
    return failed("write keys");
  if (::fdatasync(file_) != 0) return failed("sync keys");
  reached(Step::rewrapped);

  Secret root(32);
  randombytes_buf(root->data(), root->size());
  TRY(write_file(folder_ / "root.next", *root));
  reached(Step::new_root);
  TRY(write_file(folder_ / "buckets", table(keys.get(), epoch_ + 1, *root)));
  reached(Step::switched);
  ++epoch_;
  bucket_keys_ = std::move(keys);
  file_bytes_ += records.size();
  for (const auto& [subject, place] : moved) places_[bucket_of(subject)][subject] = place;
  for (const std::size_t bucket : affected) std::erase_if(places_[bucket], [&](const auto& each) { return erased_.contains(each.first); });

  TRY(overwrite_file(folder_ / "root"));
  reached(Step::old_root_overwritten);
  TRY(replace_file(folder_ / "root.next", folder_ / "root"));
  reached(Step::done);
  return {};
}

Result<Buffer> Vault::rewrap(std::span<const std::size_t> affected, const std::uint8_t* keys, std::vector<std::pair<SubjectId, std::uint64_t>>& moved) const {
  Buffer records;
  for (const std::size_t bucket : affected)
    for (const auto& [subject, place] : places_[bucket]) {
      if (erased_.contains(subject)) continue;
      TRY_AS(old, record(place));
      auto key = unwrap(subject, old);
      if (!key) continue;  // damaged before: it stays what it is, and keeps nobody from being erased
      moved.emplace_back(subject, file_bytes_ + records.size());
      append(records, subject.bytes);
      append_le(records, epoch_ + 1);
      wrap(records, *key, keys + 32 * bucket, subject_aad(origin_, subject, epoch_ + 1));
      sodium_memzero(key->data(), key->size());
    }
  return records;
}

}  // namespace caseledger::store
