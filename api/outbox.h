// What a client has handed in and not yet seen answered: sent, answered and, after a reconnect, sent again verbatim.
//
// Without sockets and for one thread. Batches go out as soon as a place in flight is free; one that continues or refers to
// a stream of an earlier batch waits for that one's answer, because what is in flight together is admitted in any order.
// An answer counts only once its receipt verifies.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "api/frames.h"
#include "ledger/core/receipt.h"
#include "ledger/log_signers.h"

namespace caseledger::api {

// What is known of the log, and what it may not contradict.
class KnownLog {
 public:
  // May the log have grown from one to the other? Asked where it did between two connections.
  using Consistent = std::function<Result<void>(const Checkpoint& old, const Checkpoint& grown)>;
  // The log's keys from a trusted one on, as governance proves them (ledger/succession.h). Asked where a checkpoint has another signature.
  using Successors = std::function<Result<std::vector<rules::Authority::LogKey>>(const Vkey& trusted)>;
  KnownLog(Vkey log, std::optional<Checkpoint> latest, Consistent consistent, Successors successors = {})
      : log_(std::move(log)), keys_{{log_}}, latest_(std::move(latest)), consistent_(std::move(consistent)), successors_(std::move(successors)) {}

  // Verified once per checkpoint, with the key of its size: once another is known the old one's signature alone is refused. Errors: verification_failed, malformed, wrong_origin.
  Result<Checkpoint> open(std::string_view note);
  // On connecting: the log may not be shorter than it was, nor another of the same size. Errors: verification_failed.
  Result<void> meet(const Checkpoint& checkpoint) const;

  const std::optional<Checkpoint>& latest() const { return latest_; }
  const Vkey& vkey() const { return log_; }
  std::span<const rules::Authority::LogKey> keys() const { return keys_; }

 private:
  Result<SignedCheckpoint> verify(std::string_view note);

  Vkey log_;
  std::vector<rules::Authority::LogKey> keys_;
  std::optional<Checkpoint> latest_;
  Consistent consistent_;
  Successors successors_;
  std::string opened_note_;
  std::optional<Checkpoint> opened_;
};

// A batch taken apart by its author, ready to be sent and to be compared with its answer.
struct PreparedBatch {
  Submission submission;
  Entry entry;                        // without place and time
  std::vector<StreamId> writes, refers;
};
// in_order: find the references too. Errors: malformed, too_large.
Result<PreparedBatch> prepare(Submission submission, bool in_order);

class Outbox {
 public:
  using Answer = std::expected<Receipt, frames::Rejected>;
  using Done = std::function<void(Answer)>;

  void add(std::uint64_t request, PreparedBatch batch, Done done);  // requests ascend
  bool empty() const { return pending_.empty(); }
  std::size_t in_flight() const { return in_flight_.size(); }

  // One Append frame of what may go out now, within the server's limits.
  std::optional<Buffer> next_frame(const frames::Limits& limits, Micros now);
  // When to ask again, if something only waits for its time.
  std::optional<Micros> paused_until(Micros now) const;

  // Errors: verification_failed and what the checkpoint's opening gives: the connection is not to be trusted then.
  Result<void> appended(const frames::Appended& appended, KnownLog& log);
  // False where no such request is in flight.
  bool rejected(frames::Rejected rejected, Micros now);

  void connection_lost();             // everything in flight is to be sent again
  void give_up(const Error& error);   // everything is answered with it

 private:
  struct Pending {
    PreparedBatch batch;
    Done done;
    std::size_t waits_for = 0;
    std::vector<std::uint64_t> followers;
  };
  void answer(std::uint64_t request, Answer answer);
  void refuse_as_too_large(std::uint64_t request, std::size_t frame_bytes);

  std::map<std::uint64_t, Pending> pending_;
  std::set<std::uint64_t> ready_, in_flight_;
  std::unordered_map<StreamId, std::uint64_t> last_;  // the last request that writes to a stream
  Micros paused_until_ = 0;
};

}  // namespace caseledger::api
