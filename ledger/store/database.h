// RocksDB, named here and nowhere else.
//
// A Database is an ordered map from bytes to bytes for each of its families. write() is all or nothing; synced, it
// returns only when the write would survive power loss. Reads are safe from any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "ledger/core/bytes.h"

namespace caseledger::store {

enum class Durability {
  synced,   // write-ahead log, fsynced by every write: the log
  derived,  // no write-ahead log: what a crash loses is folded again
};

enum class Access {
  write,
  read,     // as it lies, beside whoever writes it
  salvage,  // the same, leaving out what the write-ahead log can no longer give: for looking at damage, never for going on
};

struct FamilyOptions {
  std::string name;
  std::size_t write_buffer_bytes = 64 << 20;
  bool compress = false;
  bool bloom = false;  // for families that are asked for keys they do not have
};

class Database {
 public:
  // Errors: io, locked (another process has it), verification_failed (a checksum does not hold).
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& folder, Durability durability, std::vector<FamilyOptions> families,
                                                Access access = Access::write);
  ~Database();

  class Batch {
   public:
    explicit Batch();
    ~Batch();
    void put(std::size_t family, Bytes key, Bytes value);
    void put(std::size_t family, Bytes key, std::span<const Bytes> value_parts);  // the value in pieces
    void erase(std::size_t family, Bytes key);
    void clear();
    std::size_t bytes() const;

   private:
    friend class Database;
    struct Impl;
    std::unique_ptr<Impl> impl_;
    const Database* database_ = nullptr;
  };
  std::unique_ptr<Batch> batch() const;
  Result<void> write(Batch& batch);
  Result<void> flush();
  // Leaves no byte of what was erased at these keys, which ascend, in files or in the write-ahead log. Reads and writes go on; a file that
  // somebody here still reads goes with the reader, who is waited for, though not for ever. Errors: overloaded (to be purged again), io.
  Result<void> purge(std::size_t family, std::span<const Buffer> keys);

  Result<void> purge(std::size_t family);  // of anything in it

  // Rows of ascending, distinct keys, written to a file of their own as they come and then taken in, all or nothing. An empty value erases.
  class Run {
   public:
    Run(Run&&) noexcept;
    ~Run();
    Result<void> put(Bytes key, Bytes value);
    Result<void> take_in();

   private:
    friend class Database;
    struct Impl;
    explicit Run(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
  };
  Result<Run> run(std::size_t family);

  // Every block of every file. Errors: verification_failed, which names the file; io (among others a file that whoever writes beside us replaced).
  Result<void> verify() const;

  Result<std::optional<std::string>> get(std::size_t family, Bytes key) const;

  // Walks a family in key order. Keys and values hold until the cursor moves.
  class Cursor {
   public:
    ~Cursor();
    Cursor(Cursor&&) noexcept;
    void seek_first();
    void seek(Bytes key);           // to the first key >= it
    void seek_at_most(Bytes key);   // to the last key <= it
    void seek_last();
    void next();
    void previous();
    bool valid() const;
    Bytes key() const;
    Bytes value() const;
    Result<void> status() const;    // after valid() turned false: the end, or an error

   private:
    friend class Database;
    struct Impl;
    explicit Cursor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
  };
  Cursor cursor(std::size_t family, bool scan = false) const;  // scan: read ahead, leave the cache alone
  std::pair<Cursor, Cursor> cursors(std::size_t a, std::size_t b) const;  // two to scan with, of one moment

  std::uint64_t property(std::string_view name) const;         // a RocksDB integer property, 0 where unknown

 private:
  struct Impl;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace caseledger::store
