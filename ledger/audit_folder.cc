#include "ledger/audit_folder.h"

namespace caseledger::audit {

using Family = store::Log::Family;

FolderSource::FolderSource(const store::Log& log, const store::Folds* folds, std::uint64_t size)
    : log_(log),
      folds_(folds),
      size_(size),
      entries_(log.rows(Family::entries)),
      batches_(log.rows(Family::batches)),
      sealed_(log.rows(Family::sealed)),
      notes_(log.rows(Family::checkpoints)),
      lookup_(log.batches()) {
  if (const auto cursor = folds ? folds->cursor("tiles") : Result<EntryIndex>(EntryIndex{0})) tiles_below_ = cursor->value;
}

bool FolderSource::draw(Exhibit& exhibit) {
  exhibit.clear(next_);
  if (!take_entry(exhibit)) {
    leave(exhibit);
    return false;
  }
  take_batch(exhibit);
  take_notes(exhibit);
  next_ = next_ + 1;
  return true;
}

// A row that nothing accounts for.
void FolderSource::stray(Exhibit& exhibit, const char* code, const char* what, Rows& rows) {
  Place place{.path = "store/log"};
  const std::string where = rows.key().size() >= 8 ? number(rows.number()) : "the key " + hex(rows.key());
  exhibit.findings.push_back(error(code, std::move(place), std::string("there is ") + what + " at " + where + " that belongs to nothing"));
  rows.next();
}

// Whether a row cannot be read, which is told once for all that one damage hides.
bool FolderSource::hidden(Exhibit& exhibit, Place place, const char* code, const char* what, Rows& rows, std::uint64_t number) {
  Rows::Gap* gap = rows.gap_at(number);
  if (gap && !std::exchange(gap->told, true))
    exhibit.findings.push_back(error(code, std::move(place), std::string(what) + " from " + gap->range() + " cannot be read: " + gap->error.sentence));
  return gap;
}

bool FolderSource::take_entry(Exhibit& exhibit) {
  const std::uint64_t index = next_.value;
  while (entries_.valid()) {
    const bool is_entry = entries_.key().size() == 8;
    if (is_entry && entries_.number() == index) {
      const Bytes value = entries_.value();
      exhibit.entry.assign(value.begin(), value.end());
      if (value.empty()) exhibit.findings.push_back(error("entry.malformed", entry_place(next_), "the entry is empty"));
      entries_.next();
      return true;
    }
    if (is_entry && entries_.number() > index && index < size_) break;  // a gap before it
    stray(exhibit, "entry.extra", "an entry", entries_);
  }
  if (index >= size_) return false;
  if (!hidden(exhibit, entry_place(next_), "entry.unreadable", "entries", entries_, index))
    exhibit.findings.push_back(error("entry.missing", entry_place(next_), "the entry is missing from a log of " + number(size_)));
  return true;
}

// The batch stands at the position its entry says, or else at the one that follows from the batches before.
void FolderSource::take_batch(Exhibit& exhibit) {
  const auto entry = parse_entry(exhibit.entry);
  const Position claimed = entry ? entry->first_position : position_;
  while (batches_.valid()) {
    const bool whole_key = batches_.key().size() == 8;
    const auto row = store::parse_batch_row(batches_.key(), batches_.value());
    const Position here{batches_.number()};
    if (whole_key && (here == claimed || here == position_) && (!row || row->index == exhibit.index || here == claimed)) {
      if (row) accept(exhibit, *row);
      else exhibit.findings.push_back(error("batch.malformed", batch_place(exhibit.index), row.error().sentence));
      batches_.next();
      if (!row) position_ = position_ + (entry ? entry->count : 0);
      return;
    }
    if (whole_key && here >= position_ && !(here < claimed && stands_at(claimed, exhibit.index))) break;
    stray(exhibit, "batch.extra", "a batch", batches_);
  }
  Place place = batch_place(exhibit.index);
  place.position = claimed;
  if (!hidden(exhibit, place, "batch.unreadable", "batches at positions", batches_, claimed.value))
    exhibit.findings.push_back(error("batch.missing", std::move(place), "the entry's batch is missing"));
  position_ = position_ + (entry ? entry->count : 0);
}

bool FolderSource::stands_at(Position position, EntryIndex index) {
  std::uint8_t key[8];
  store_be(key, position.value);
  lookup_.seek(key);
  if (!lookup_.valid() || !equal(lookup_.key(), key)) return false;
  const auto row = store::parse_batch_row(lookup_.key(), lookup_.value());
  return row && row->index == index;
}

void FolderSource::accept(Exhibit& exhibit, const store::BatchRow& row) {
  exhibit.has_items = true;
  exhibit.items.assign(row.items.begin(), row.items.end());
  exhibit.count = row.count;
  exhibit.first = row.first;
  exhibit.links.emplace(row.links.begin(), row.links.end());
  if (row.index != exhibit.index)
    exhibit.findings.push_back(error("batch.entry", batch_place(exhibit.index),
        "the batch at position " + number(row.first.value) + " says it is of entry " + number(row.index.value)));
  take_sealed(exhibit, row.first + row.count);
  position_ = row.first + row.count;
}

void FolderSource::take_sealed(Exhibit& exhibit, Position end) {
  exhibit.sealed_complete = true;
  while (sealed_.valid() && sealed_.number() < end.value) {
    if (sealed_.key().size() != 10 || sealed_.number() < exhibit.first->value) {
      stray(exhibit, "sealed.extra", "a sealed part", sealed_);
      continue;
    }
    const Bytes value = sealed_.value();
    exhibit.sealed.push_back({{sealed_.number()}, load_be<std::uint16_t>(sealed_.key().data() + 8), Buffer(value.begin(), value.end())});
    sealed_.next();
  }
  for (std::uint64_t position = exhibit.first->value; sealed_.has_gap() && position < end.value && exhibit.sealed_complete; ++position) {
    Place place = batch_place(exhibit.index);
    place.position = Position{position};
    exhibit.sealed_complete = !hidden(exhibit, std::move(place), "sealed.unreadable", "sealed parts at positions", sealed_, position);
  }
}

void FolderSource::take_notes(Exhibit& exhibit) {
  const std::uint64_t size = exhibit.index.value + 1;
  hidden(exhibit, {.path = "store/log checkpoint " + number(size)}, "checkpoint.unreadable", "checkpoints of sizes", notes_, size);
  while (notes_.valid() && notes_.number() <= size) {
    if (notes_.key().size() != 8 || notes_.number() == 0) {
      stray(exhibit, "checkpoint.extra", "a checkpoint", notes_);
      continue;
    }
    exhibit.notes.push_back({notes_.number(), std::string(text_of(notes_.value()))});
    notes_.next();
  }
}

void FolderSource::leave(Exhibit& exhibit) {
  while (batches_.valid()) stray(exhibit, "batch.extra", "a batch", batches_);
  while (sealed_.valid()) stray(exhibit, "sealed.extra", "a sealed part", sealed_);
  while (notes_.valid()) stray(exhibit, "checkpoint.extra", "a checkpoint", notes_);
  const Place place{.path = "store/log"};
  hidden(exhibit, place, "entry.unreadable", "entries", entries_, next_.value);
  hidden(exhibit, place, "batch.unreadable", "batches at positions", batches_, position_.value);
  hidden(exhibit, place, "sealed.unreadable", "sealed parts at positions", sealed_, position_.value);
  hidden(exhibit, place, "checkpoint.unreadable", "checkpoints of sizes", notes_, next_.value + 1);
}

Result<std::optional<Source::Kept>> FolderSource::tile(unsigned level, std::uint64_t index) {
  if (!folds_) return std::nullopt;
  TRY_AS(hashes, folds_->tile(level, index));
  if (hashes) return Kept{{level, index, 256}, std::move(*hashes)};
  if (tiles_below_ >> 8 * level >> 8 > index) return fail(Errc::not_found, "the tile is missing, although tiles are kept up to entry " + number(tiles_below_));
  return std::nullopt;
}

Result<Source::Again> FolderSource::event(Position position) {
  TRY_AS(found, log_.event(lookup_, position));
  if (found.kind != ItemKind::event) return fail(Errc::not_found, "the event's bytes are gone");
  TRY_AS(entry, log_.entry(found.index));
  return Again{std::move(found.bytes), entry.author};
}

}  // namespace caseledger::audit
