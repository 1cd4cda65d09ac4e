#include "ledger/audit_served.h"

#include <algorithm>

namespace caseledger::audit {

namespace {
constexpr std::size_t stride = 2 + entry_bytes;
}  // namespace

ServedSource::ServedSource(Fetch fetch, FetchPiece piece, std::uint64_t size, bool with_batches, std::map<std::uint64_t, std::string> handovers)
    : served_(std::move(fetch), size), piece_(std::move(piece)), with_batches_(with_batches), handovers_(std::move(handovers)) {}

bool ServedSource::draw(Exhibit& exhibit) {
  exhibit.clear(next_);
  if (next_.value == served_.size()) return false;
  if (next_.value % 256 == 0 && missing_files_ == missing_files_max) return false;
  if (next_.value % 256 == 0) open_files(exhibit);
  take_entry(exhibit);
  if (with_batches_) {
    take_record(exhibit);
    const std::size_t at = next_.value % 256;
    const std::uint32_t before = at == 0 ? 0 : record_ends_.back();
    record_ends_.push_back(at < records_.size() ? before + 4 + static_cast<std::uint32_t>(records_[at].size()) : before);
  }
  if (const auto note = handovers_.find(next_.value + 1); note != handovers_.end()) exhibit.notes.push_back({note->first, note->second});
  if (next_.value % 256 == 0) {
    const auto first = parse_entry(exhibit.entry);
    first_positions_.push_back(first ? first->first_position : Position{~std::uint64_t{0}});
  }
  next_ = next_ + 1;
  return true;
}

void ServedSource::shape(Exhibit& exhibit, const Place& place, std::size_t found, std::size_t wanted) {
  if (found != wanted) exhibit.findings.push_back(error("file.malformed", {.path = place.path}, "it has " + number(found) + " bytes, wanted " + number(wanted)));
}

void ServedSource::open_files(Exhibit& exhibit) {
  const std::uint64_t file = next_.value / 256;
  const unsigned width = served_.width(file);
  const auto absent = [&](const Place& place, const Error& why) {
    const char* code = why.code == Errc::not_found ? "file.missing" : "file.unreadable";
    exhibit.findings.push_back(error(code, {.path = place.path}, "it cannot be read: " + why.sentence));
  };
  entries_.clear();
  ++missing_files_;
  if (auto read = served_.entries(file)) {
    entries_ = std::move(*read);
    missing_files_ = 0;
    if (entries_.size() != 256 * stride) shape(exhibit, entry_place(next_), entries_.size(), width * stride);
  } else {
    absent(entry_place(next_), read.error());
  }
  if (!with_batches_) return;
  batches_.clear();
  records_.clear();
  if (auto read = served_.batches(file)) {
    batches_ = std::move(*read);
    const std::vector<Bytes> all = records_of(batches_, 256);
    std::size_t bytes = 0;
    for (const Bytes record : all) bytes += 4 + record.size();
    shape(exhibit, batch_place(next_), batches_.size(), bytes);
    if (all.size() != width && all.size() != 256)
      exhibit.findings.push_back(error("file.malformed", {.path = batch_place(next_).path},
          "it holds " + number(all.size()) + " whole records, wanted " + number(width)));
    records_.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(width, all.size())));
  } else {
    absent(batch_place(next_), read.error());
  }
}

void ServedSource::take_entry(Exhibit& exhibit) {
  const std::size_t at = next_.value % 256 * stride;
  if (entries_.size() < at + stride) {
    if (!entries_.empty()) exhibit.findings.push_back(error("entry.missing", entry_place(next_), "the file ends before the entry"));
    return;
  }
  if (const auto length = load_be<std::uint16_t>(entries_.data() + at); length != entry_bytes)
    exhibit.findings.push_back(error("entry.malformed", entry_place(next_), "its length is given as " + number(length) + ", wanted 152"));
  exhibit.entry.assign(entries_.begin() + static_cast<std::ptrdiff_t>(at + 2), entries_.begin() + static_cast<std::ptrdiff_t>(at + stride));
}

// The record carries its entry again; where the log's own cannot be read, it stands in.
void ServedSource::take_record(Exhibit& exhibit) {
  const std::size_t at = next_.value % 256;
  if (at >= records_.size()) {
    if (!batches_.empty()) exhibit.findings.push_back(error("batch.missing", batch_place(next_), "the file has no whole record of this entry"));
    return;
  }
  const Bytes record = records_[at];
  if (record.size() < entry_bytes) {
    exhibit.findings.push_back(error("batch.malformed", batch_place(next_), "the record is too short for an entry"));
    return;
  }
  if (exhibit.entry.empty()) exhibit.entry.assign(record.begin(), record.begin() + entry_bytes);
  if (!equal(record.first(entry_bytes), exhibit.entry))
    exhibit.findings.push_back(error("batch.entry", batch_place(next_), "the record is of another entry than " + entry_place(next_).path + " has there"));
  exhibit.has_items = true;
  exhibit.items.assign(record.begin() + entry_bytes, record.end());
}

Result<std::optional<Source::Kept>> ServedSource::tile(unsigned level, std::uint64_t index) {
  const TileId id = tile_id(level, index);
  if (id.width == 0) return std::nullopt;
  TRY_AS(hashes, served_.tile(id));
  return Kept{id, std::move(hashes)};
}

// ── looking back ──

Result<Entry> ServedSource::entry(EntryIndex index) {
  const std::uint64_t file = index.value / 256;
  if (back_file_ != file) {
    back_file_.reset();
    TRY_AS(entries, served_.entries(file));
    back_entries_ = std::move(entries);
    back_file_ = file;
  }
  const std::size_t at = index.value % 256 * stride;
  if (back_entries_.size() < at + stride) return fail(Errc::malformed, "entry " + number(index.value) + " cannot be read");
  return parse_entry(Bytes(back_entries_).subspan(at + 2, entry_bytes));
}

Result<Buffer> ServedSource::record(EntryIndex index) {
  const std::uint64_t file = index.value / 256;
  if (index.value >= record_ends_.size()) return fail(Errc::not_found, "the record of entry " + number(index.value) + " was not read");
  const std::size_t begin = index.value % 256 == 0 ? 0 : record_ends_[index.value - 1], end = record_ends_[index.value];
  if (end < begin + 4 + entry_bytes) return fail(Errc::not_found, "entry " + number(index.value) + " has no record");
  if (piece_) return piece_(batch_path(file, served_.width(file)), begin + 4, end - begin - 4);
  if (back_batches_file_ != file) {
    back_batches_file_.reset();
    TRY_AS(batches, served_.batches(file));
    back_batches_ = std::move(batches);
    back_batches_file_ = file;
  }
  if (back_batches_.size() < end) return fail(Errc::malformed, "the record of entry " + number(index.value) + " is gone");
  const Bytes record = Bytes(back_batches_).subspan(begin + 4, end - begin - 4);
  return Buffer(record.begin(), record.end());
}

Result<Source::Again> ServedSource::event(Position position) {
  const auto gone = [&] { return fail(Errc::not_found, "position " + number(position.value) + " cannot be read again"); };
  const auto after = std::ranges::upper_bound(first_positions_, position);
  if (after == first_positions_.begin()) return gone();
  const auto file = static_cast<std::uint64_t>(std::prev(after) - first_positions_.begin());
  for (std::uint64_t i = file * 256; i < std::min((file + 1) * 256, served_.size()); ++i) {
    TRY_AS(entry, this->entry({i}));
    if (position < entry.first_position || position >= entry.end()) continue;
    TRY_AS(record, this->record({i}));
    TRY_AS(items, parse_items(Bytes(record).subspan(entry_bytes), entry.count));
    const Item& item = items[position - entry.first_position];
    if (item.kind != ItemKind::event) return gone();
    return Again{Buffer(item.bytes.begin(), item.bytes.end()), entry.author};
  }
  return gone();
}

}  // namespace caseledger::audit
