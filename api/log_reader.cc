#include "api/log_reader.h"

#include <algorithm>

namespace caseledger::api {

LogReader::LogReader(const Ledger& ledger, Limits limits) : ledger_(ledger), limits_(limits), authority_(ledger.origin()) { refresh(); }

void LogReader::refresh() {
  head_ = ledger_.head();
  // The head is published together with the authority: once it covers the last governance event, so does the authority.
  const auto state = ledger_.heads().get(rules::governance_stream(ledger_.origin()));
  if (state.version == authority_version_ || state.last >= head_.next) return;
  authority_ = ledger_.authority();
  authority_version_ = state.version;
}

// ── slices ──

Result<const LogReader::Slice*> LogReader::slice(Position from) {
  const auto found = std::ranges::find_if(kept_, [&](const Slice& each) { return each.first <= from && from < each.next; });
  if (found != kept_.end()) return &*found;
  TRY_AS(made, read(from));
  if (kept_.size() >= limits_.slices_kept) kept_.pop_front();
  return &kept_.emplace_back(std::move(made));
}

Result<LogReader::Slice> LogReader::read(Position from) const {
  Slice slice{from, from, {}, {}};
  std::vector<std::pair<std::size_t, std::size_t>> spans;  // of the events, in bytes
  TRY_AS(scan, ledger_.log().scan_from(from));
  for (bool first = true; scan.valid(); scan.next(), first = false) {
    TRY_AS(row, scan.batch());
    if (row.first >= head_.next) break;
    TRY_AS(entry, scan.entry());
    TRY_AS(items, parse_items(row.items, row.count));
    if (first) slice.first = row.first;
    for (std::uint32_t i = 0; i < row.count; ++i) {
      if (items[i].kind != ItemKind::event) continue;
      slice.bytes.resize((slice.bytes.size() + 7) / 8 * 8);  // read in place
      spans.emplace_back(slice.bytes.size(), items[i].bytes.size());
      append(slice.bytes, items[i].bytes);
      slice.events.push_back({row.first + i, row.index, entry.author, {}});
    }
    slice.next = row.first + row.count;
    if (slice.events.size() >= limits_.slice_events || slice.bytes.size() >= limits_.slice_bytes) break;
  }
  TRY(scan.status());
  if (slice.next <= from) return fail(Errc::verification_failed, "the log is damaged: position " + std::to_string(from.value) + " cannot be read");
  for (std::size_t i = 0; i < spans.size(); ++i) slice.events[i].event = view_event(Bytes(slice.bytes).subspan(spans[i].first, spans[i].second));
  return slice;
}

// ── one stream ──

std::optional<LogReader::End> LogReader::stream_end(const StreamId& stream) const {
  // Read after the head: a state that ends before the head is committed, and counts everything before the head.
  const auto state = ledger_.heads().get(stream);
  if (state.version == 0) return End{0, {}, head_.next};
  if (state.last >= head_.next) return std::nullopt;
  return End{state.version, state.last, head_.next};
}

Result<std::vector<LogReader::Found>> LogReader::versions(const StreamId& stream, const End& end, Version from, Version to) const {
  ENSURE(from >= 1 && from <= to && to <= end.version && to - from < versions_max);
  Version version = end.version;
  Position at = end.last;
  if (version - to > store::skip_every) {
    TRY_AS(skip, ledger_.folds().skip_at_least(stream, to));
    if (skip && skip->version < version) version = skip->version, at = skip->position;
  }
  std::vector<Found> found;
  auto cursor = ledger_.log().batches();
  for (;; --version) {
    TRY_AS(event, ledger_.log().event(cursor, at));
    at = event.previous;
    if (version <= to) {
      TRY_AS(entry, ledger_.log().entry(event.index));
      found.push_back({std::move(event), entry.author});
    }
    if (version == from) break;
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace caseledger::api
