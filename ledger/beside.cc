#include "ledger/beside.h"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <thread>

#include "ledger/core/event.h"
#include "ledger/history.h"

namespace caseledger {

namespace {

// A writer may delete a file between its being listed and its being opened; then the next try sees the files that took its place.
constexpr int tries = 8;
constexpr auto pause = std::chrono::milliseconds(5);  // before the second, and longer each time

template <class Open>
auto open_beside(const std::filesystem::path& folder, Open open) -> decltype(open(folder)) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder / "CURRENT", ignored)) return fail(Errc::not_found, "there is no ledger database in " + folder.string());
  auto opened = open(folder);
  for (int i = 1; i < tries && !opened; ++i) {
    std::this_thread::sleep_for(pause * i);
    opened = open(folder);
  }
  return opened;
}

}  // namespace

Result<std::unique_ptr<store::Log>> open_log_beside(const std::filesystem::path& ledger) {
  return open_beside(ledger / "store" / "log", [](const auto& folder) { return store::Log::open(folder, store::Access::read); });
}

Result<std::unique_ptr<store::Log>> salvage_log(const std::filesystem::path& ledger) {
  return store::Log::open(ledger / "store" / "log", store::Access::salvage);
}

Result<std::unique_ptr<store::Folds>> open_folds_beside(const std::filesystem::path& ledger) {
  return open_beside(ledger / "store" / "folds", [](const auto& folder) { return store::Folds::open(folder, store::Access::read); });
}

namespace {

// What a row of the folds says of a stream, if the log has it so.
std::optional<StreamEnd> borne_out(const store::Log& log, const StreamId& stream, const std::optional<rules::StreamState>& state) {
  if (!state) return std::nullopt;
  const auto stored = log.event(state->last);
  if (!stored || stored->kind != ItemKind::event) return std::nullopt;
  const EventView event = view_event(stored->bytes);
  if (event.stream != stream || event.version != state->version) return std::nullopt;
  return StreamEnd{state->last, state->version};
}

}  // namespace

Result<std::optional<StreamEnd>> stream_end_beside(const std::filesystem::path& ledger, const store::Log& log, const StreamId& stream) {
  std::optional<StreamEnd> end;
  EntryIndex looked_at{0};  // what comes before is in the folds
  if (const auto folds = open_folds_beside(ledger)) {
    const auto cursor = (*folds)->heads_cursor();
    const auto state = (*folds)->head(stream);
    if (cursor && state) {
      end = borne_out(log, stream, *state);
      if (end || !*state) looked_at = *cursor;
    }
  }
  Buffer scratch;
  TRY_AS(scan, log.scan(looked_at));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) {
      if (event.stream == stream) end = StreamEnd{position, event.version};
    }));
  }
  TRY(scan.status());
  return end;
}

Result<Vkey> genesis_log_key(const store::Log& log) {
  TRY_AS(first, log.event({0}));
  std::vector<FoundRef> refs;
  if (first.kind != ItemKind::event) return fail(Errc::not_found, "the bytes of genesis are gone");
  TRY(check_event_bytes(first.bytes, refs));
  const EventView event = view_event(first.bytes);
  if (event.type != schema::Body::GovernanceConstituted) return fail(Errc::malformed, "the log does not begin with governance.constituted");
  return parse_vkey(text_of(event.body<schema::GovernanceConstituted>().log_vkey()));
}

Result<rules::Authority> authority_of(const store::Log& log, const store::Folds* folds, const std::string& origin) {
  const StreamId governance = rules::governance_stream(origin);
  EntryIndex from;
  Position last;
  Version version = 0;
  if (folds) {
    const auto cursor = folds->heads_cursor();
    const auto state = folds->head(governance);
    if (cursor && state && *state) last = (*state)->last, version = (*state)->version, from = *cursor;
  }
  std::vector<FoundRef> refs;
  TRY_AS(scan, log.scan(from));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY_AS(items, parse_items(row.items, row.count));
    for (std::uint32_t i = 0; i < row.count; ++i) {
      if (items[i].kind != ItemKind::event || std::ranges::search(items[i].bytes, governance.bytes).empty()) continue;
      const Buffer aligned(items[i].bytes.begin(), items[i].bytes.end());
      TRY(check_event_bytes(aligned, refs));
      const EventView event = view_event(aligned);
      if (event.stream == governance) last = row.first + i, version = event.version;
    }
  }
  std::vector<store::StoredEvent> events;
  auto cursor = log.batches();
  for (; version > 0; --version) {
    TRY_AS(event, log.event(cursor, last));
    if (version > 1 && event.previous >= last) return fail(Errc::verification_failed, "the governance stream does not lead back to genesis");
    last = event.previous;
    events.push_back(std::move(event));
  }
  rules::Authority authority(origin);
  for (const auto& event : std::views::reverse(events)) {
    if (event.kind != ItemKind::event) continue;
    TRY(check_event_bytes(event.bytes, refs));
    TRY_AS(entry, log.entry(event.index));
    if (const EventView view = view_event(event.bytes); authority.admits(entry.author, view)) authority.apply(entry.author, view, event.position);
  }
  return authority;
}

}  // namespace caseledger
