// The log as sessions read it: the published head, slices of events in log order, and the events of one stream.
//
// One reader to each io thread. Slices are kept for a while: a thousand subscribers at the head cost one read of the log.
// Everything is bounded, so that one who catches up delays nobody for long.
#pragma once

#include <deque>

#include "ledger/ledger.h"

namespace caseledger::api {

class LogReader {
 public:
  struct Limits {
    std::size_t slice_events = 256;         // a slice ends with the batch that reaches it
    std::size_t slice_bytes = 256 * 1024;
    std::size_t slices_kept = 8;
  };
  explicit LogReader(const Ledger& ledger) : LogReader(ledger, Limits{}) {}
  LogReader(const Ledger& ledger, Limits limits);

  const Head& head() const { return head_; }
  void refresh();  // the head moved

  // The authority in force at the head.
  const rules::Authority& authority() const { return authority_; }
  Version authority_version() const { return authority_version_; }  // of the governance stream it was folded from

  struct Place {
    Position position;
    EntryIndex entry;
    PublicKey author;
    EventView event;
  };
  // Whole batches from the one that holds `from`, which has to lie before the head. Events that are gone are left out.
  struct Slice {
    Position first, next;
    std::vector<Place> events;
    Buffer bytes;
  };
  // Holds until the next call. Errors: io, verification_failed.
  Result<const Slice*> slice(Position from);

  // Where a stream stood at the head. Nothing while its last event is not committed yet: ask again when the head moves.
  struct End {
    Version version = 0;
    Position last;
    Position head;  // events of the stream before it are counted in version
  };
  std::optional<End> stream_end(const StreamId& stream) const;

  // Versions from .. to of a stream, in order; at most 64 of them.
  struct Found {
    store::StoredEvent event;
    PublicKey author;
  };
  static constexpr Version versions_max = store::skip_every;
  Result<std::vector<Found>> versions(const StreamId& stream, const End& end, Version from, Version to) const;

 private:
  Result<Slice> read(Position from) const;

  const Ledger& ledger_;
  const Limits limits_;
  Head head_;
  rules::Authority authority_;
  Version authority_version_ = 0;
  std::deque<Slice> kept_;
};

}  // namespace caseledger::api
