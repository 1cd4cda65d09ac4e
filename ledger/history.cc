#include "ledger/history.h"

#include <algorithm>

#include "ledger/sequencer.h"

namespace caseledger {

Result<std::vector<store::StoredEvent>> walk(const store::Log& log, Position last, Version version, Position limit) {
  std::vector<store::StoredEvent> events;
  auto cursor = log.batches();
  for (Position at = last; version > 0; --version) {
    TRY_AS(event, log.event(cursor, at));
    at = event.previous;
    if (event.position < limit) events.push_back(std::move(event));
  }
  std::ranges::reverse(events);
  return events;
}

std::optional<rules::Recorded> Recall::operator()(const StreamId& stream, Version version) const {
  if (version == 0 || version > events_.size() || events_[version - 1].kind != ItemKind::event) return std::nullopt;
  const EventView event = view_event(events_[version - 1].bytes);
  if (event.stream != stream) return std::nullopt;
  return rules::Recorded{event, {}, events_[version - 1].position};
}

Result<void> fold_head(const store::Log& log, const EventView& event, Position position, store::Heads& heads, Moved* moved) {
  const auto place = heads.place(event.stream);
  const rules::StreamState state = heads.at(place);
  std::vector<store::StoredEvent> earlier;
  if (rules::amends(event)) {
    TRY_AS(walked, walk(log, state.last, state.version));
    earlier = std::move(walked);
  }
  heads.set(place, rules::advance(state, event, position, Recall(std::move(earlier))));
  if (!moved) return {};
  moved->heads.push_back(heads.row(place));
  if (event.version % store::skip_every == 0) moved->skips.push_back({event.stream, event.version, position});
  std::ranges::move(store::shares_of(event, position), std::back_inserter(moved->shares));
  return {};
}

Result<rules::Authority> authority_at(const store::Log& log, std::string origin, Position last, Version version) {
  rules::Authority authority(std::move(origin));
  TRY_AS(events, walk(log, last, version));
  for (const auto& event : events) {
    TRY_AS(entry, log.entry(event.index));
    TRY_AS(record, log.record(event.index));
    TRY_AS(items, parse_items(Bytes(record).subspan(entry_bytes), entry.count));
    if (items_root(items) != entry.root || event.kind != ItemKind::event)  // who may write follows from these bytes
      return fail(Errc::verification_failed, "the log is damaged: entry " + std::to_string(event.index.value) + " holds other events than its author signed");
    authority.apply(entry.author, view_event(event.bytes), event.position);
  }
  return authority;
}

Result<Receipt> receipt(const store::Log& log, const store::Tiles& tiles, Position position, bool whole_batch, std::uint64_t size, std::string checkpoint) {
  TRY_AS(event, log.event(position));
  if (event.index.value >= size) return fail(Errc::not_found, "position " + std::to_string(position.value) + " lies beyond the checkpoint");
  TRY_AS(entry, log.entry(event.index));
  TRY_AS(path, tiles.inclusion(event.index, size));
  Receipt receipt{entry, std::nullopt, event.index, std::move(path), std::move(checkpoint)};
  if (whole_batch) return receipt;
  TRY_AS(record, log.record(event.index));
  TRY_AS(items, parse_items(Bytes(record).subspan(entry_bytes), entry.count));
  Hashes leaves;
  for (const auto& item : items) leaves.push_back(item.leaf());
  const auto index = static_cast<std::uint32_t>(position - entry.first_position);
  receipt.inner = Receipt::Inner{index, inclusion_proof(leaves, index)};
  return receipt;
}

}  // namespace caseledger
