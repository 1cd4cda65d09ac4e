// The second database: everything derivable, each part with a cursor of its own. Can be deleted and is folded again.
//
//   heads  stream → state             sorted runs, taken in with their cursor
//   skips  stream ‖ version → position, at every 64th version of long streams
//   tiles  level ‖ index → 256 hashes, full tiles only
//   shares stream ‖ position of the event that shares it → with whom; subject of a document ‖ position of the event that links it → nothing
//   state  name ‖ row                 what projections keep
// A row of what projections keep ends with a check of itself: what reads as such a row is one. The folder says what version of all this it
// holds; one of another version is emptied by whoever writes it, and folded again.
// A cursor is the number of entries a part has folded; it is written together with the rows it covers.
#pragma once

#include "ledger/core/merkle.h"
#include "ledger/store/database.h"
#include "ledger/store/heads.h"

namespace caseledger::store {

inline constexpr Version skip_every = 64;

// An event at this position says that an organisation may read a stream, or, without one, that a document is about the event's subject. Whether it
// may say so, and still does, is for the event to tell.
struct Share {
  StreamId stream;
  Position position;
  std::string organisation;

  friend bool operator==(const Share&, const Share&) = default;
};

class Folds {
 public:
  static constexpr std::uint64_t format = 2;  // of everything kept here, the states of streams that the rules fold among it

  // Errors: io, locked, verification_failed, usage (to read beside: it is of another version).
  static Result<std::unique_ptr<Folds>> open(const std::filesystem::path& folder, Access access = Access::write);

  // The version that was emptied by opening; none: what was kept is of this one, or there was nothing.
  std::optional<std::uint64_t> emptied() const { return emptied_; }

  Result<EntryIndex> heads_cursor() const;
  Result<void> write_heads(std::span<const Heads::Row> sorted, EntryIndex cursor);
  Result<std::optional<rules::StreamState>> head(const StreamId& stream) const;  // as of heads_cursor(), if it had begun by then
  Result<void> each_head(const std::function<void(const Heads::Row&)>& visit) const;

  Result<std::optional<Hashes>> tile(unsigned level, std::uint64_t index) const;

  Result<void> each_tile(const std::function<void(unsigned level, std::uint64_t index)>& visit) const;
  Result<void> each_skip(const std::function<void(const StreamId&, Version, Position)>& visit) const;

  // The greatest known place in a stream at or above a version: where walking back to it may begin.
  struct Skip {
    Version version;
    Position position;
  };
  Result<std::optional<Skip>> skip_at_least(const StreamId& stream, Version version) const;

  Result<void> each_share(const StreamId& stream, const std::function<void(Share)>& visit) const;

  Result<EntryIndex> cursor(std::string_view part) const;

  // What the projections keep under a name: rows in the order of their keys, with the cursor they cover, all or nothing. An empty value means
  // that the row is gone. Many at once become a sorted run.
  using Row = std::pair<std::string, std::string>;
  Result<void> write_rows(std::string_view name, std::span<const Row> rows, EntryIndex cursor);
  Result<EntryIndex> rows_cursor(std::string_view name) const;
  // Rows that no cursor covers yet: what is kept under a name without one is of a folding that did not come to its end.
  Result<void> add_rows(std::string_view name, std::span<const Row> sorted);
  Result<std::optional<std::string>> row(std::string_view name, std::string_view key) const;
  // Those whose keys begin so.
  Result<void> each_row(std::string_view name, std::string_view begin, const std::function<Result<void>(std::string_view key, std::string_view value)>& visit) const;
  // Whatever was kept under other names is gone; under no name: all.
  Result<void> drop_others(std::string_view name);

  // Rows of several parts and their cursors, all or nothing.
  class Changes {
   public:
    void put_tile(const Edge::FullTile& tile);
    void put_skip(const StreamId& stream, Version version, Position position);
    void put_share(const Share& share);
    void put_cursor(std::string_view part, EntryIndex cursor);

   private:
    friend class Folds;
    explicit Changes(std::unique_ptr<Database::Batch> batch) : batch_(std::move(batch)) {}
    std::unique_ptr<Database::Batch> batch_;
  };
  Changes changes() { return Changes(database_->batch()); }
  Result<void> write(Changes& changes) { return database_->write(*changes.batch_); }
  Result<void> flush() { return database_->flush(); }
  Result<void> verify() const { return database_->verify(); }
  // Leaves no byte of rows that were overwritten or erased. Errors: those of Database::purge().
  Result<void> purge();
  // Nor of what these events said of who may read what.
  Result<void> purge_shares(std::span<const Position> excised);

 private:
  explicit Folds(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  std::unique_ptr<Database> database_;
  std::optional<std::uint64_t> emptied_;
};

}  // namespace caseledger::store
