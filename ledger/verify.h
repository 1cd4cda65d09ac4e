// From bytes on a socket to a batch that may be admitted: shape, hashes, signature, openings.
//
// verify() needs no state but the origin, so any number of threads run it ahead of the sequencer. What it returns is
// never looked at again: a VerifiedBatch can only come from here.
#pragma once

#include "ledger/core/batch.h"
#include "ledger/core/event.h"
#include "ledger/core/sealed.h"

namespace caseledger {

// What a peer hands in.
struct Submission {
  Buffer batch;
  std::vector<Opening> openings;
};

struct EventProblem {
  std::uint32_t event = 0;  // index in the batch
  Error error;
  Version current = 0;      // the stream's version as the ledger has it
  std::optional<Position> position = std::nullopt;  // of the event that is already recorded
};

// Why nothing of a batch was recorded: the first reason, and every event that has one.
struct Rejection {
  Error error;
  std::vector<EventProblem> events;
  std::uint32_t retry_after_ms = 0;
};

class VerifiedBatch {
 public:
  VerifiedBatch(VerifiedBatch&&) = default;
  VerifiedBatch& operator=(VerifiedBatch&&) = default;

  const PublicKey& author() const { return author_; }
  const Hash& root() const { return root_; }
  std::span<const EventView> events() const { return events_; }
  std::span<const FoundRef> refs(std::size_t event) const {
    return std::span(refs_).subspan(ref_ends_[event], ref_ends_[event + 1] - ref_ends_[event]);
  }
  // In order of event and part: exactly one for each sealed part.
  std::span<const Opening> openings() const { return openings_; }
  Entry entry(Position first, Micros recorded_at) const;

 private:
  VerifiedBatch() = default;
  friend std::expected<VerifiedBatch, Rejection> verify(Submission, std::string_view);

  Buffer bytes_;  // what the views point into
  PublicKey author_{};
  Signature signature_{};
  Hash root_;
  std::vector<EventView> events_;
  std::vector<FoundRef> refs_;
  std::vector<std::uint32_t> ref_ends_;
  std::vector<Opening> openings_;
};

std::expected<VerifiedBatch, Rejection> verify(Submission submission, std::string_view origin);

// What an event of the right shape says by itself: a stream id and a version that may be, a type at home in that kind of
// stream, sealed fields that it has. Errors: malformed, value_out_of_range, illegal_transition.
Result<void> check_event(const EventView& event);

}  // namespace caseledger
