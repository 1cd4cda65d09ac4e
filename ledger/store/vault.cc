#include "ledger/store/vault.h"

#include <algorithm>
#include <cerrno>
#include <sodium.h>
#include <unistd.h>

namespace caseledger::store {

namespace {

constexpr int tries_beside = 5;          // an erasure may be exchanging the files while they are read
constexpr std::size_t dead_records = 1024;  // past these and the live ones `subjects` is written anew

std::unexpected<Error> failed(const std::string& what) { return fail(Errc::io, "vault: cannot " + what + ": " + std::strerror(errno)); }

Buffer bucket_aad(std::string_view origin, std::size_t bucket, std::uint64_t epoch) {
  Buffer aad;
  append(aad, bytes_of(origin));
  append(aad, bytes_of("bucket"));
  append_le(aad, static_cast<std::uint32_t>(bucket));
  append_le(aad, epoch);
  return aad;
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

Result<void> Vault::load(bool read_only) {
  std::error_code error;
  if (!read_only) std::filesystem::create_directories(folder_, error);
  if (error) return fail(Errc::io, "vault: cannot make " + folder_.string() + ": " + error.message());
  if (!read_only) std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  TRY(load_keys(read_only));
  TRY(load_erased(read_only));
  TRY(load_subjects(read_only));
  TRY(load_kept(read_only));
  if (read_only) return {};
  if (std::ranges::any_of(erased_, [&](const auto& each) { return each.second > epoch_; })) TRY(rekey(nullptr, {}));
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
    if (!unwrap(bucket_keys_.get() + 32 * b, table.subspan(8 + b * wrapped_bytes, wrapped_bytes), root.data(), bucket_aad(origin_, b, epoch_))) return false;
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
  TRY(subjects_file_.open(path, read_only));
  for (std::uint64_t at = 0; at + record_bytes <= records->size(); at += record_bytes) {
    if (load_le<std::uint64_t>(records->data() + at + 16) > epoch_) break;  // of an erasure that did not come about
    subjects_file_.take(record_bytes);
    const SubjectId subject = subject_at(*records, at);
    if (!erased_.contains(subject)) places_[bucket_of(subject)][subject] = at;
  }
  // What is left, a torn record too, belongs to a commit that never happened.
  return !read_only && subjects_file_.bytes() != records->size() ? subjects_file_.cut() : Result<void>();
}

Result<void> Vault::load_kept(bool read_only) {
  const auto path = folder_ / "kept";
  TRY_AS(records, read_file(path));
  TRY(kept_file_.open(path, read_only));
  // An exchange keeps what it says and nothing of the one before: its records follow the one of the nil place.
  for (std::uint64_t at = 0; at + kept_bytes <= records->size(); at += kept_bytes) {
    if (load_le<std::uint64_t>(records->data() + at + kept_head_bytes - 8) > epoch_) break;
    kept_file_.take(kept_bytes);
    const SubjectId subject = subject_at(*records, at);
    if (erased_.contains(subject)) continue;
    const PartPlace place{subject_at(*records, at + 16), load_le<std::uint32_t>(records->data() + at + 32), load_le<std::uint16_t>(records->data() + at + 36)};
    if (place == PartPlace{}) kept_[subject].clear();
    kept_[subject][place] = at;
  }
  return !read_only && kept_file_.bytes() != records->size() ? kept_file_.cut() : Result<void>();
}

// Records that nothing opens any more are cleared away once they are most of a file.
Result<void> Vault::compact() {
  const std::size_t live = size();
  if (subjects_file_.bytes() / record_bytes > 2 * live + dead_records) {
    Buffer records;
    records.reserve(live * record_bytes);
    for (auto& bucket : places_)
      for (auto& [subject, place] : bucket) {
        TRY_AS(bytes, record(place));
        place = records.size();
        append(records, bytes);
      }
    TRY(subjects_file_.replace(records));
  }
  std::size_t kept = 0;
  for (const auto& [subject, parts] : kept_) kept += parts.size();
  if (kept_file_.bytes() / kept_bytes <= 2 * kept + dead_records) return {};
  Buffer records;
  for (auto& [subject, parts] : kept_)
    for (auto& [place, at] : parts) {  // the nil place is the first
      TRY_AS(bytes, kept_file_.read(at, kept_bytes));
      at = records.size();
      append(records, bytes);
    }
  return kept_file_.replace(records);
}

// ── keys ──

std::size_t Vault::bucket_of(const SubjectId& subject) { return (subject.bytes[14] << 8 | subject.bytes[15]) & 0xfff; }

Buffer Vault::subject_aad(const SubjectId& subject, std::uint64_t epoch) const {
  Buffer aad;
  append(aad, bytes_of(origin_));
  append(aad, subject.bytes);
  append_le(aad, epoch);
  return aad;
}

Buffer Vault::kept_aad(Bytes head) const {
  Buffer aad;
  append(aad, bytes_of(origin_));
  append(aad, head);
  return aad;
}

Result<Buffer> Vault::record(std::uint64_t place) const {
  if (place < subjects_file_.bytes()) return subjects_file_.read(place, record_bytes);
  const Bytes staged = Bytes(staged_).subspan(place - subjects_file_.bytes(), record_bytes);
  return Buffer(staged.begin(), staged.end());
}

Result<SubjectKey> Vault::unwrap_key(const SubjectId& subject, Bytes record) const {
  SubjectKey key;
  const auto epoch = load_le<std::uint64_t>(record.data() + 16);
  if (!unwrap(key.data(), record.subspan(24), bucket_keys_.get() + 32 * bucket_of(subject), subject_aad(subject, epoch)))
    return fail(Errc::verification_failed, "vault: the key of subject " + to_string(subject) + " does not open");
  return key;
}

Result<PartKey> Vault::unwrap_kept(const SubjectId& subject, std::uint64_t at) const {
  TRY_AS(record, kept_file_.read(at, kept_bytes));
  PartKey key;
  if (!unwrap(key.bytes.data(), Bytes(record).subspan(kept_head_bytes), bucket_keys_.get() + 32 * bucket_of(subject), kept_aad(Bytes(record).first(kept_head_bytes))))
    return fail(Errc::verification_failed, "vault: the key of a part that was kept of subject " + to_string(subject) + " does not open");
  return key;
}

Result<SubjectKey> Vault::look_up(const SubjectId& subject) const {
  const Places& bucket = places_[bucket_of(subject)];
  const auto place = bucket.find(subject);
  if (place == bucket.end()) return fail(Errc::not_found, "there is no key of subject " + to_string(subject));
  TRY_AS(bytes, record(place->second));
  return unwrap_key(subject, bytes);
}

Result<PartKey> Vault::look_up(const SubjectId& subject, const PartPlace& place) const {
  if (const auto kept = kept_.find(subject); kept != kept_.end())
    if (const auto own = kept->second.find(place); own != kept->second.end()) return unwrap_kept(subject, own->second);
  TRY_AS(key, look_up(subject));
  return part_key(key, place);
}

Result<SubjectKey> Vault::find(const SubjectId& subject) const {
  const std::lock_guard lock(mutex_);
  if (erased_.contains(subject)) return fail(Errc::not_found, gone(subject));
  return look_up(subject);
}

Result<PartKey> Vault::find(const SubjectId& subject, const PartPlace& place) const {
  const std::lock_guard lock(mutex_);
  if (erased_.contains(subject)) return fail(Errc::not_found, gone(subject));
  return look_up(subject, place);
}

Result<SubjectKey> Vault::obtain(const SubjectId& subject) {
  const std::lock_guard lock(mutex_);
  if (erased_.contains(subject)) return fail(Errc::not_permitted, gone(subject) + "; it is given no other");
  auto known = look_up(subject);
  if (known || known.error().code != Errc::not_found) return known;
  SubjectKey key;
  randombytes_buf(key.data(), key.size());
  const std::size_t bucket = bucket_of(subject);
  places_[bucket][subject] = subjects_file_.bytes() + staged_.size();
  append(staged_, subject.bytes);
  append_le(staged_, epoch_);
  wrap(staged_, key, bucket_keys_.get() + 32 * bucket, subject_aad(subject, epoch_));
  return key;
}

Result<void> Vault::sync() {
  const std::lock_guard lock(mutex_);
  return write_staged();
}

Result<void> Vault::write_staged() {
  if (half_way_) return fail(Errc::io, "vault: an erasure failed half-way; start again to finish it");
  TRY(subjects_file_.write(staged_));
  subjects_file_.take(staged_.size());
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

bool Vault::exchanged(const SubjectId& subject) const {
  const std::lock_guard lock(mutex_);
  return kept_.contains(subject);
}

}  // namespace caseledger::store
