// A ledger's data folder as the source of an audit: the rows of its databases, each on its own, believed in nothing.
#pragma once

#include "ledger/audit_rows.h"
#include "ledger/audit_source.h"
#include "ledger/store/folds.h"

namespace caseledger::audit {

class FolderSource : public Source {
 public:
  // size: of the latest checkpoint that holds; so many entries have to be there. folds: where tiles are kept, if anywhere.
  FolderSource(const store::Log& log, const store::Folds* folds, std::uint64_t size);

  bool draw(Exhibit& exhibit) override;
  Result<std::optional<Kept>> tile(unsigned level, std::uint64_t index) override;
  TileId tile_id(unsigned level, std::uint64_t index) const override { return {level, index, 256}; }
  Place tile_place(const TileId& tile) const override { return {.path = "store/folds " + tile_path(tile)}; }
  Place entry_place(EntryIndex index) const override { return {.path = "store/log", .entry = index}; }
  Place batch_place(EntryIndex index) const override { return {.path = "store/log", .entry = index}; }
  Result<Again> event(Position position) override;
  Result<Entry> entry(EntryIndex index) override { return log_.entry(index); }
  bool may_withhold() const override { return false; }

 private:
  bool take_entry(Exhibit& exhibit);
  void take_batch(Exhibit& exhibit);
  bool stands_at(Position position, EntryIndex index);
  void take_sealed(Exhibit& exhibit, Position end);
  void take_notes(Exhibit& exhibit);
  void leave(Exhibit& exhibit);  // what is left over behind the last entry
  void accept(Exhibit& exhibit, const store::BatchRow& row);
  static void stray(Exhibit& exhibit, const char* code, const char* what, Rows& rows);
  static bool hidden(Exhibit& exhibit, Place place, const char* code, const char* what, Rows& rows, std::uint64_t number);

  const store::Log& log_;
  const store::Folds* folds_;
  std::uint64_t size_, tiles_below_ = 0;
  Rows entries_, batches_, sealed_, notes_;
  store::Database::Cursor lookup_;
  EntryIndex next_;
  Position position_;  // where the next batch begins
};

}  // namespace caseledger::audit
