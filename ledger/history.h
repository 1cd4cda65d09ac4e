// Reading what is recorded: a stream from its links, a proof for any position, the heads from the log.
#pragma once

#include "ledger/core/receipt.h"
#include "ledger/rules/authority.h"
#include "ledger/rules/standing.h"
#include "ledger/store/heads.h"
#include "ledger/store/log.h"
#include "ledger/store/tiles.h"

namespace caseledger {

struct Moved;

// The events of a stream of `version` events, the last of which stands at `last`; first event first.
// Those at or beyond `limit` are left out: a stream as of an earlier head.
Result<std::vector<store::StoredEvent>> walk(const store::Log& log, Position last, Version version, Position limit = {~std::uint64_t{0}});

// Visits the events of a stored batch that are there, in order. The view holds during the visit, which may fail.
template <class Visit>
Result<void> each_event(const store::BatchRow& batch, Buffer& scratch, Visit visit) {
  Bytes items = batch.items;
  for (std::uint32_t i = 0; i < batch.count; ++i) {
    const std::size_t length = items.size() < 5 ? items.size() : load_le<std::uint32_t>(items.data() + 1);
    if (items.size() < 5 || items.size() - 5 < length)
      return fail(Errc::verification_failed, "the log is damaged: the batch at position " + std::to_string(batch.first.value) + " is cut short");
    if (items[0] == static_cast<std::uint8_t>(ItemKind::event)) {
      scratch.assign(items.begin() + 5, items.begin() + 5 + static_cast<std::ptrdiff_t>(length));  // aligned
      if constexpr (std::is_void_v<decltype(visit(EventView{}, Position{}))>) visit(view_event(scratch), batch.first + i);
      else TRY(visit(view_event(scratch), batch.first + i));
    }
    items = items.subspan(5 + length);
  }
  return {};
}

// The recorded events of one stream, for the rules to look back at. It owns their bytes; authors are not known here.
class Recall {
 public:
  explicit Recall(std::vector<store::StoredEvent> events) : events_(std::move(events)) {}
  std::optional<rules::Recorded> operator()(const StreamId& stream, Version version) const;

 private:
  std::vector<store::StoredEvent> events_;  // from version 1 on
};

// One event later: the state of its stream. Errors: io, verification_failed.
Result<void> fold_head(const store::Log& log, const EventView& event, Position position, store::Heads& heads, Moved* moved);

// The authority as the governance stream gives it whose event of that version stands at `last`; what it is folded from is what its authors
// signed. Errors: io, verification_failed.
Result<rules::Authority> authority_at(const store::Log& log, std::string origin, Position last, Version version);

// The receipt of the event at a position, or of its whole batch, under a checkpoint of `size` entries.
// Errors: not_found, io.
Result<Receipt> receipt(const store::Log& log, const store::Tiles& tiles, Position position, bool whole_batch, std::uint64_t size, std::string checkpoint);

}  // namespace caseledger
