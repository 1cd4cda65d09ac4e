#include "ledger/store/database.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <thread>

namespace caseledger::store {

namespace {

constexpr std::size_t purge_one_by_one_max = 64;  // keys; more of them lie in most files anyway
constexpr std::chrono::milliseconds readers_wait_max{2'000}, readers_look_every{5};

const std::string run_name = "run-";  // of a file that is being written, and a number

rocksdb::Slice slice(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
Bytes bytes(const rocksdb::Slice& slice) { return {reinterpret_cast<const std::uint8_t*>(slice.data()), slice.size()}; }

Result<void> result_of(const rocksdb::Status& status, const char* what) {
  if (status.ok()) return {};
  const std::string text = std::string(what) + ": " + status.ToString();
  if (status.IsCorruption()) return fail(Errc::verification_failed, text);
  if (status.IsIOError() && status.ToString().find("lock") != std::string::npos) return fail(Errc::locked, "another process has this ledger open: " + text);
  return fail(Errc::io, text);
}

void remove_quietly(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

// What a crash left of runs that were never taken in.
void remove_runs(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (entry.path().filename().native().starts_with(run_name)) remove_quietly(entry.path());
}

rocksdb::ColumnFamilyOptions family_options(const FamilyOptions& wanted, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 16 << 10;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  table.block_cache = cache;
  if (wanted.bloom) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = wanted.compress ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
  options.write_buffer_size = wanted.write_buffer_bytes;
  options.max_write_buffer_number = 3;
  return options;
}

// RocksDB's own diary is not kept: as Debian builds it, a line that finds the disk full aborts the process. What goes wrong
// reaches us as a status.
struct Silence : rocksdb::Logger {
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions database_options(Durability durability) {
  rocksdb::DBOptions options;
  options.create_if_missing = options.create_missing_column_families = true;
  options.bytes_per_sync = options.wal_bytes_per_sync = 1 << 20;
  options.max_background_jobs = 2;
  options.max_open_files = 512;
  options.info_log = std::make_shared<Silence>();
  options.paranoid_checks = true;
  if (durability == Durability::synced) {
    // The default mode opens at the first damaged record and silently drops every acknowledged one behind it.
    options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.track_and_verify_wals_in_manifest = true;
    options.max_total_wal_size = 512 << 20;
  } else {
    options.atomic_flush = true;
  }
  return options;
}

}  // namespace

struct Database::Impl {
  std::filesystem::path folder;
  Durability durability;
  std::vector<FamilyOptions> wanted;
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  std::atomic<std::uint64_t> runs{0};

  std::vector<std::filesystem::path> data_files() const;
  Result<void> wait_until_gone(std::span<const std::filesystem::path> files) const;

  ~Impl() {
    for (auto* family : families) db->DestroyColumnFamilyHandle(family);
    if (db) db->Close();
  }
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& folder, Durability durability, std::vector<FamilyOptions> families, Access access) {
  auto impl = std::make_unique<Impl>();
  impl->folder = folder;
  impl->durability = durability;
  const auto cache = rocksdb::NewLRUCache(32 << 20);  // its own: whoever opens a folder again reads its files again
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors{{rocksdb::kDefaultColumnFamilyName, {}}};
  for (const auto& family : families) descriptors.emplace_back(family.name, family_options(family, cache));
  impl->wanted = std::move(families);
  const bool read_only = access != Access::write;
  std::error_code error;
  if (!read_only) std::filesystem::create_directories(folder, error);
  if (error) return fail(Errc::io, "cannot make " + folder.string() + ": " + error.message());
  rocksdb::DB* db = nullptr;
  auto options = database_options(durability);
  if (read_only) options.max_open_files = -1;  // all opened now: a writer beside us may delete them
  if (access == Access::salvage) options.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
  const auto status = read_only ? rocksdb::DB::OpenForReadOnly(options, folder.string(), descriptors, &impl->families, &db)
                                : rocksdb::DB::Open(options, folder.string(), descriptors, &impl->families, &db);
  impl->db.reset(db);
  if (auto opened = result_of(status, ("cannot open " + folder.string()).c_str()); !opened) return std::unexpected(opened.error());
  if (!read_only) remove_runs(folder);  // only now: nobody else writes here
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

// ── writing ──

struct Database::Batch::Impl {
  rocksdb::WriteBatch batch;
  std::vector<rocksdb::Slice> parts;
};

Database::Batch::Batch() : impl_(std::make_unique<Impl>()) {}
Database::Batch::~Batch() = default;

std::unique_ptr<Database::Batch> Database::batch() const {
  auto batch = std::make_unique<Batch>();
  batch->database_ = this;
  return batch;
}

void Database::Batch::put(std::size_t family, Bytes key, Bytes value) {
  ENSURE(impl_->batch.Put(database_->impl_->families[family + 1], slice(key), slice(value)).ok());
}

void Database::Batch::put(std::size_t family, Bytes key, std::span<const Bytes> value_parts) {
  std::vector<rocksdb::Slice>& parts = impl_->parts;
  parts.clear();
  for (const Bytes part : value_parts) parts.push_back(slice(part));
  const rocksdb::Slice whole_key = slice(key);
  ENSURE(impl_->batch.Put(database_->impl_->families[family + 1], {&whole_key, 1}, {parts.data(), static_cast<int>(parts.size())}).ok());
}

void Database::Batch::erase(std::size_t family, Bytes key) { ENSURE(impl_->batch.Delete(database_->impl_->families[family + 1], slice(key)).ok()); }
void Database::Batch::clear() { impl_->batch.Clear(); }
std::size_t Database::Batch::bytes() const { return impl_->batch.GetDataSize(); }

Result<void> Database::write(Batch& batch) {
  rocksdb::WriteOptions options;
  options.sync = impl_->durability == Durability::synced;
  options.disableWAL = !options.sync;
  return result_of(impl_->db->Write(options, &batch.impl_->batch), "cannot write");
}

Result<void> Database::flush() {
  return result_of(impl_->db->Flush(rocksdb::FlushOptions{}, impl_->families), "cannot flush");
}

namespace {
rocksdb::CompactRangeOptions purging() {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;  // its last level keeps what was erased otherwise
  return options;
}
}  // namespace

// Sorted runs and write-ahead logs, those among them that nothing stands on any more: a reader keeps its file until it is done.
std::vector<std::filesystem::path> Database::Impl::data_files() const {
  std::vector<std::filesystem::path> files;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".sst" || entry.path().extension() == ".log") files.push_back(entry.path());
  return files;
}

// Of the files, those that the database does not stand on.
Result<void> Database::Impl::wait_until_gone(std::span<const std::filesystem::path> files) const {
  const auto until = std::chrono::steady_clock::now() + readers_wait_max;
  for (;; std::this_thread::sleep_for(readers_look_every)) {
    std::vector<rocksdb::LiveFileMetaData> live;
    db->GetLiveFilesMetaData(&live);
    const auto now = data_files();
    const auto newest = std::ranges::max_element(now, {}, [](const auto& file) { return std::tuple(file.extension() == ".log", file.native().size(), file.native()); });
    const auto stands = [&](const std::filesystem::path& file) {
      return (newest != now.end() && *newest == file) || std::ranges::any_of(live, [&](const auto& run) { return run.name == "/" + file.filename().string(); });
    };
    const auto left = std::ranges::find_if(files, [&](const auto& file) {
      std::error_code ignored;
      return std::ranges::find(now, file) != now.end() && !stands(file) && std::filesystem::file_size(file, ignored) > 0 && !ignored;
    });
    if (left == files.end()) return {};
    if (std::chrono::steady_clock::now() >= until)
      return fail(Errc::overloaded, left->string() + " is still being read: what was erased goes with its last reader; try again later");
  }
}

Result<void> Database::purge(std::size_t family) {
  const auto before = impl_->data_files();
  TRY(flush());
  TRY(result_of(impl_->db->CompactRange(purging(), impl_->families[family + 1], nullptr, nullptr), "cannot compact"));
  return impl_->wait_until_gone(before);
}

Result<void> Database::purge(std::size_t family, std::span<const Buffer> keys) {
  const auto before = impl_->data_files();
  TRY(flush());
  const auto options = purging();
  const bool one_by_one = keys.size() <= purge_one_by_one_max;
  for (std::size_t i = 0; i < keys.size(); i += one_by_one ? 1 : keys.size()) {
    const rocksdb::Slice from = slice(keys[i]), to = slice(one_by_one ? keys[i] : keys.back());
    TRY(result_of(impl_->db->CompactRange(options, impl_->families[family + 1], &from, &to), "cannot compact"));
  }
  return impl_->wait_until_gone(before);
}

Result<void> Database::verify() const { return result_of(impl_->db->VerifyChecksum(), "the files do not hold"); }

struct Database::Run::Impl {
  rocksdb::DB* db;
  rocksdb::ColumnFamilyHandle* family;
  std::string file;
  rocksdb::SstFileWriter writer;

  ~Impl() { remove_quietly(file); }  // unless it was taken in, and moved
};

Database::Run::Run(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Run::Run(Run&&) noexcept = default;
Database::Run::~Run() = default;

Result<Database::Run> Database::run(std::size_t family) {
  const rocksdb::Options options{{}, family_options(impl_->wanted[family], nullptr)};
  const std::string file = impl_->folder / (run_name + std::to_string(impl_->runs++) + ".sst");
  Run run(std::unique_ptr<Run::Impl>(new Run::Impl{impl_->db.get(), impl_->families[family + 1], file, {rocksdb::EnvOptions{}, options}}));
  TRY(result_of(run.impl_->writer.Open(file), "cannot write a run"));
  return run;
}

Result<void> Database::Run::put(Bytes key, Bytes value) {
  return result_of(value.empty() ? impl_->writer.Delete(slice(key)) : impl_->writer.Put(slice(key), slice(value)), "cannot write a run");
}

Result<void> Database::Run::take_in() {
  TRY(result_of(impl_->writer.Finish(), "cannot write a run"));
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.write_global_seqno = false;
  return result_of(impl_->db->IngestExternalFile(impl_->family, {impl_->file}, options), "cannot take in a run");
}

// ── reading ──

Result<std::optional<std::string>> Database::get(std::size_t family, Bytes key) const {
  std::string value;
  const auto status = impl_->db->Get({}, impl_->families[family + 1], slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  TRY(result_of(status, "cannot read"));
  return value;
}

struct Database::Cursor::Impl {
  std::unique_ptr<rocksdb::Iterator> at;
};

Database::Cursor::Cursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::Cursor::Cursor(Cursor&&) noexcept = default;
Database::Cursor::~Cursor() = default;

namespace {
rocksdb::ReadOptions read_options(bool scan) {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  if (scan) {
    options.readahead_size = 4 << 20;
    options.fill_cache = false;
  }
  return options;
}
}  // namespace

Database::Cursor Database::cursor(std::size_t family, bool scan) const {
  auto impl = std::make_unique<Cursor::Impl>();
  impl->at.reset(impl_->db->NewIterator(read_options(scan), impl_->families[family + 1]));
  return Cursor(std::move(impl));
}

std::pair<Database::Cursor, Database::Cursor> Database::cursors(std::size_t a, std::size_t b) const {
  std::vector<rocksdb::Iterator*> both;
  ENSURE(impl_->db->NewIterators(read_options(true), {impl_->families[a + 1], impl_->families[b + 1]}, &both).ok());
  auto first = std::make_unique<Cursor::Impl>(), second = std::make_unique<Cursor::Impl>();
  first->at.reset(both[0]);
  second->at.reset(both[1]);
  return {Cursor(std::move(first)), Cursor(std::move(second))};
}

void Database::Cursor::seek_first() { impl_->at->SeekToFirst(); }
void Database::Cursor::seek(Bytes key) { impl_->at->Seek(slice(key)); }
void Database::Cursor::seek_at_most(Bytes key) { impl_->at->SeekForPrev(slice(key)); }
void Database::Cursor::seek_last() { impl_->at->SeekToLast(); }
void Database::Cursor::next() { impl_->at->Next(); }
void Database::Cursor::previous() { impl_->at->Prev(); }
bool Database::Cursor::valid() const { return impl_->at->Valid(); }
Bytes Database::Cursor::key() const { return bytes(impl_->at->key()); }
Bytes Database::Cursor::value() const { return bytes(impl_->at->value()); }
Result<void> Database::Cursor::status() const { return result_of(impl_->at->status(), "cannot read"); }

std::uint64_t Database::property(std::string_view name) const {
  std::uint64_t sum = 0, value = 0;
  for (auto* family : impl_->families)
    if (impl_->db->GetIntProperty(family, rocksdb::Slice(name.data(), name.size()), &value)) sum += value;
  return sum;
}

}  // namespace caseledger::store
