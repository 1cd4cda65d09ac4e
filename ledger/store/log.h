// The durable log: batches in position order, and everything that is true.
//
// commit() is all or nothing and returns only when its batches would survive power loss. Four families, all keyed so
// that a commit only ever appends:
//   entries      index → the 152-byte entry                      (the leaves)
//   batches      first position → index ‖ count ‖ links ‖ items  (their events)
//   sealed       position ‖ part → ciphertext of a sealed part
//   checkpoints  size → signed checkpoint, one for each commit
// links[i] is the position of the previous event in event i's stream, or `no_link`: any stream can be walked back from
// its last event without an index row per event.
#pragma once

#include <mutex>

#include "ledger/core/entry.h"
#include "ledger/store/database.h"

namespace caseledger::store {

inline constexpr Position no_link{~std::uint64_t{0}};

// A batch in the log, pointing into a cursor.
struct BatchRow {
  EntryIndex index;
  Position first;
  std::uint32_t count = 0;
  Bytes links, items;

  Position link(std::uint32_t event) const { return {load_le<std::uint64_t>(links.data() + 8 * event)}; }
};

Result<BatchRow> parse_batch_row(Bytes key, Bytes value);

// One event, copied out: aligned, so that its fields can be read in place.
struct StoredEvent {
  EntryIndex index;
  Position position;
  Position previous;  // in its stream
  ItemKind kind = ItemKind::event;
  Buffer bytes;       // the event, or its leaf hash where it is gone
};

class Log {
 public:
  // Errors: io, locked, verification_failed.
  static Result<std::unique_ptr<Log>> open(const std::filesystem::path& folder, Access access = Access::write);

  enum class Family : std::size_t { entries, batches, sealed, checkpoints };

  // How far the log reaches.
  struct End {
    EntryIndex size;
    Position next;
    Micros recorded_at = 0;
  };
  Result<End> end() const;

  // What one commit brings. Reused from commit to commit.
  class Group {
   public:
    // pieces: one after another, the batch's items.
    void add(EntryIndex index, const Entry& entry, Bytes links, std::span<const Bytes> pieces);
    void add_part(Position position, std::uint16_t part, Bytes sealed);
    void add_checkpoint(std::uint64_t size, std::string_view note);
    void add_row(Family family, Bytes key, Bytes value);  // as rows() gave it
    std::size_t bytes() const { return batch_->bytes(); }
    void clear() {
      batch_->clear();
      excised_.clear();
    }

   private:
    friend class Log;
    explicit Group(std::unique_ptr<Database::Batch> batch) : batch_(std::move(batch)) {}
    std::unique_ptr<Database::Batch> batch_;
    std::vector<Bytes> value_;
    std::vector<Position> excised_;
  };
  Group group() { return Group(database_->batch()); }
  Result<void> commit(Group& group);

  // Ciphertexts of sealed parts that are to be no more: durable, and gone from the files, when it returns. From any thread.
  struct PartId {
    Position position;
    std::uint16_t part;
  };
  Result<void> erase_parts(std::span<const PartId> parts);

  // Events give way to their leaf hashes with the group's commit, and their sealed parts go; those that did before stay as they are. What
  // the files still hold then is owed, also across a crash, until purge() has returned. Errors: not_found, io, verification_failed.
  Result<void> excise(Group& group, std::span<const Position> events) const;
  Result<std::vector<Position>> owed() const;
  Result<void> purge(std::span<const Position> excised);  // from any thread, one at a time

  // Errors: not_found, io, verification_failed.
  Result<Entry> entry(EntryIndex index) const;
  Result<std::vector<Entry>> entries(EntryIndex from, std::uint64_t count) const;
  Result<StoredEvent> event(Position position) const;
  Result<Buffer> record(EntryIndex index) const;  // entry ‖ items, as bundles carry it
  Result<std::string> checkpoint(std::uint64_t size) const;
  Result<std::optional<std::string>> last_checkpoint() const;
  Result<std::string> checkpoint_below(std::uint64_t size) const;  // the last one of fewer entries
  Result<std::string> sealed_part(Position position, std::uint16_t part) const;

  // Walks entries and batches together, from a position's batch or an entry on.
  class Scan {
   public:
    bool valid() const { return batches_.valid() && entries_.valid(); }
    Result<Entry> entry() const;
    Result<BatchRow> batch() const;
    void next();
    Result<void> status() const;

   private:
    friend class Log;
    Scan(Database::Cursor entries, Database::Cursor batches) : entries_(std::move(entries)), batches_(std::move(batches)) {}
    Database::Cursor entries_, batches_;
  };
  Result<Scan> scan(EntryIndex from) const;
  Result<Scan> scan_from(Position position) const;

  // The rows as they lie, for those who trust none of them.
  Database::Cursor rows(Family family) const { return database_->cursor(static_cast<std::size_t>(family), true); }

  // For those who walk many events: one cursor, moved about.
  Database::Cursor batches() const;
  Result<StoredEvent> event(Database::Cursor& batches, Position position) const;

  const Database& database() const { return *database_; }

 private:
  Log(std::unique_ptr<Database> database, std::filesystem::path owed) : database_(std::move(database)), owed_file_(std::move(owed)) {}
  Result<void> owe(std::span<const Position> excised);

  std::unique_ptr<Database> database_;
  const std::filesystem::path owed_file_;  // positions, one a line
  mutable std::mutex owed_mutex_;
};

}  // namespace caseledger::store
