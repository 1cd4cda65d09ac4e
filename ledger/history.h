// Reading what is recorded: a stream from its links, a proof for any position, the heads from the log.
#pragma once

#include "ledger/core/receipt.h"
#include "ledger/store/log.h"
#include "ledger/store/tiles.h"

namespace caseledger {

struct Moved;

// The events of a stream of `version` events, the last of which stands at `last`; first event first.
// Those at or beyond `limit` are left out: a stream as of an earlier head.
Result<std::vector<store::StoredEvent>> walk(const store::Log& log, Position last, Version version, Position limit = {~std::uint64_t{0}});

// One batch later: the streams it changes. Rows and skips are added to `moved`.
Result<void> fold_heads(const store::BatchRow& batch, store::Heads& heads, Moved& moved);

// The receipt of the event at a position, or of its whole batch, under a checkpoint of `size` entries.
// Errors: not_found, io.
Result<Receipt> receipt(const store::Log& log, const store::Tiles& tiles, Position position, bool whole_batch, std::uint64_t size, std::string checkpoint);

}  // namespace caseledger
