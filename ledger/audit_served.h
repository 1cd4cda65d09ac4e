// A served log, from a bundle or an address, as the source of an audit.
#pragma once

#include <map>

#include "ledger/audit_source.h"

namespace caseledger::audit {

class ServedSource : public Source {
 public:
  // with_batches: records have to be there too. piece: where files can be read in pieces; else looking back reads them whole.
  // handovers: checkpoints by which a key of the log handed over to the next, by their size.
  ServedSource(Fetch fetch, FetchPiece piece, std::uint64_t size, bool with_batches, std::map<std::uint64_t, std::string> handovers);

  bool draw(Exhibit& exhibit) override;
  Result<std::optional<Kept>> tile(unsigned level, std::uint64_t index) override;
  TileId tile_id(unsigned level, std::uint64_t index) const override { return {level, index, tile_width(level, index, served_.size())}; }
  Place tile_place(const TileId& tile) const override { return {.path = tile_path(tile)}; }
  Place entry_place(EntryIndex index) const override { return {.path = entries_path(index.value / 256, served_.width(index.value / 256)), .entry = index}; }
  Place batch_place(EntryIndex index) const override { return {.path = batch_path(index.value / 256, served_.width(index.value / 256)), .entry = index}; }
  Place note_place(std::uint64_t size) const override { return {.path = "handover of size " + number(size)}; }
  Result<Again> event(Position position) override;
  Result<Entry> entry(EntryIndex index) override;
  bool may_withhold() const override { return true; }

 private:
  void open_files(Exhibit& exhibit);
  void take_entry(Exhibit& exhibit);
  void take_record(Exhibit& exhibit);
  void shape(Exhibit& exhibit, const Place& place, std::size_t found, std::size_t wanted);
  Result<Buffer> record(EntryIndex index);

  Served served_;
  const FetchPiece piece_;
  static constexpr unsigned missing_files_max = 100;  // in a row; a log that lacks more is not read any further

  const bool with_batches_;
  const std::map<std::uint64_t, std::string> handovers_;
  unsigned missing_files_ = 0;
  EntryIndex next_;
  Buffer entries_, batches_;          // the files that hold the next entry
  std::vector<Bytes> records_;        // of batches_
  std::vector<Position> first_positions_;       // of each file of 256, as its entry says
  std::vector<std::uint32_t> record_ends_;      // in its file, for each entry

  // Kept from the last look back.
  std::optional<std::uint64_t> back_file_, back_batches_file_;
  Buffer back_entries_, back_batches_;
};

}  // namespace caseledger::audit
