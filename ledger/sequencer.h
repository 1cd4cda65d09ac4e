// The single writer: gives batches their place, and makes them durable, signed and provable in one commit.
//
// The write path is commit_group() in sequencer.cc. A failed or uncertain commit is final: the sequencer stops, and the
// process starts again from what is durable. It never tries a sync twice.
#pragma once

#include <deque>

#include "ledger/clock.h"
#include "ledger/config.h"
#include "ledger/log_signers.h"
#include "ledger/rules/rules.h"
#include "ledger/store/folds.h"
#include "ledger/store/last_signed.h"
#include "ledger/store/log.h"
#include "ledger/store/shares.h"
#include "ledger/store/tiles.h"
#include "ledger/store/vault.h"
#include "ledger/verify.h"

namespace caseledger {

// Whose submission it was; the ledger only hands it back.
struct Ticket {
  std::uint64_t session = 0;
  std::uint64_t request = 0;
};

struct Verified {
  Ticket ticket;
  std::expected<VerifiedBatch, Rejection> batch;
};

struct Recorded {
  Ticket ticket;
  Position first_position;
  EntryIndex index;
  Micros recorded_at;
  Hashes path;  // inclusion proof of the entry under the outcome's checkpoint
};

struct Refused {
  Ticket ticket;
  Rejection rejection;
};

// What became of a group of submissions, under one checkpoint.
struct Outcome {
  std::string checkpoint;
  std::vector<Recorded> recorded;
  std::vector<Refused> refused;
};

// How far the log reaches, for everyone but the sequencer.
struct Head {
  std::uint64_t size = 0;
  Position next;
  Micros recorded_at = 0;
  std::string checkpoint;  // the signed note
};

// What a commit changed in the folds that belong to the log itself.
struct Moved {
  std::vector<store::Heads::Row> heads;
  struct Skip {
    StreamId stream;
    Version version;
    Position position;
  };
  std::vector<Skip> skips;
  std::vector<store::Share> shares;
  std::vector<Position> excised;  // bytes that the log's files are to let go
  EntryIndex size;
};

// Durations of one commit, for metrics and benches.
struct CommitTimes {
  std::size_t batches, events;
  Micros admit_us, write_us, mark_us;
};

class Sequencer {
 public:
  struct Parts {
    const std::string& origin;
    LogSigners& log_keys;
    store::Log& log;
    store::LastSigned& last_signed;
    store::Heads& heads;
    store::Tiles& tiles;
    store::Folds& folds;
    store::Shares& shares;
    store::Vault& vault;
    rules::Authority& authority;
    const Clock& clock;
    const Config& config;
  };
  Sequencer(Parts parts, store::Log::End end);

  // One commit: everything that may be admitted of what arrived. An error is final.
  struct Done {
    Outcome outcome;
    Head head;
    Moved moved;
    bool authority_changed = false;
    CommitTimes times;
  };
  Result<Done> commit_group(std::vector<Verified> arrived);

 private:
  struct Placed;
  struct Group;
  struct Problem {
    Error error;
    std::optional<Position> position;  // of the event that is recorded already
  };
  // What the log or the group at hand holds.
  struct Found {
    store::StoredEvent event;
    Position first;  // of its batch
    Micros recorded_at;
    PublicKey author;
    Hash root;
  };

  Result<Micros> now() const;
  void take(Verified arrived, Group& group);
  std::expected<void, Rejection> admit(Group& group);
  std::expected<void, Problem> admit_event(const rules::StreamState& state, const EventView& event, std::span<const FoundRef> refs,
                                           const rules::Context& context, Group& group);
  Result<void> sealable(const EventView& event) const;  // are its subjects there to seal for?
  Result<void> can_carry_out(const EventView& event, const Group& group);  // what governors decide with it
  void govern(const EventView& event, Position position, Group& group);
  void undo(Group& group);
  std::expected<bool, Rejection> answer_again(const VerifiedBatch& batch, Ticket ticket, Group& group);
  Result<std::string> sign(const Checkpoint& checkpoint);
  Result<void> write(Group& group, const std::string& checkpoint);
  Result<void> seal_parts(const Placed& placed);
  Result<void> answer(Group& group, Done& done);
  Result<std::optional<Found>> find(const StreamId& stream, Version version, const Group& group) const;
  std::optional<rules::Recorded> lend(const StreamId& stream, Version version, Group& group) const;
  Result<std::vector<StreamId>> linked(const SubjectId& document, const Group& group) const;

  Parts parts_;
  store::Log::End end_;
  store::Log::Group writes_;
  Micros clock_offset_;
};

}  // namespace caseledger
