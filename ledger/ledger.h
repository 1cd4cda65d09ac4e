// The ledger: the front door.
//
// open() starts only from what is durable and agrees with what was signed. submit() never blocks; its outcome comes to the
// sink once the batch is durable, signed and provable, or refused. Everything else reads, from any thread, at or below the
// published head.
#pragma once

#include <atomic>

#include "ledger/inbox.h"
#include "ledger/keeper.h"

namespace caseledger {

class Ledger {
 public:
  struct Sinks {
    std::function<void(Outcome)> outcome = [](Outcome) {};             // on the sequencer's thread
    std::function<void(const CommitTimes&)> committed = [](const CommitTimes&) {};
    std::function<void(std::vector<StreamId>)> subjects = [](std::vector<StreamId>) {};  // streams of data subjects that moved
  };

  // Starts from a folder's stores, which may not be there yet. log_key: one of the log's; others are found where they are needed.
  // Errors: locked, verification_failed, wrong_origin, usage, io, not_found (a key).
  static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& folder, std::string origin, Signer log_key, Config config, Clock clock, Sinks sinks,
                                              FindLogKey find_log_key = {});
  ~Ledger();

  const std::string& origin() const { return origin_; }
  Vkey log_vkey() const;  // that signed the head's checkpoint

  // Errors: overloaded, draining. The submission is not touched then.
  Result<void> submit(Ticket ticket, Submission& submission);

  // Refuses what is new and finishes what was taken in.
  void drain();

  Head head() const;
  // Waits until the log is longer than `size`, a time has passed, or the ledger drains.
  void wait_beyond(std::uint64_t size, std::chrono::milliseconds at_most) const;
  void on_head(std::function<void()> listener);  // before the first submission; called on the sequencer's thread
  rules::Authority authority() const;
  // Why nothing more is admitted, if so.
  std::optional<Error> failure() const;
  // Why the folds are no longer written, if so: reads of what is old go on, a restart folds again.
  std::optional<Error> folds_failure() const;

  store::Log& log() { return *log_; }
  const store::Log& log() const { return *log_; }
  store::Folds& folds() { return *folds_; }
  const store::Folds& folds() const { return *folds_; }
  const store::Tiles& tiles() const { return *tiles_; }
  const store::Heads& heads() const { return heads_; }
  const store::Shares& shares() const { return *shares_; }
  store::Vault& vault() { return *vault_; }
  const store::Vault& vault() const { return *vault_; }
  const Config& config() const { return config_; }
  std::size_t waiting() const { return submitted_.size() + verified_.size(); }

 private:
  Ledger(std::string origin, Signer log_key, Config config, Clock clock, Sinks sinks, FindLogKey find_log_key);
  Result<void> load(const std::filesystem::path& folder);
  Result<store::Log::End> load_tree();
  Result<Moved> load_heads(EntryIndex size);
  Result<void> load_authority();
  Result<void> leave_out_excised(Moved& moved);
  Result<void> keep(Moved moved);
  Result<void> check_signed(const store::Log::End& end);
  void start();
  void verify_loop();
  void sequence_loop();
  void stop_admitting(Error error);

  const std::string origin_;
  LogSigners log_keys_;
  const Config config_;
  const Clock clock_;
  Sinks sinks_;
  std::vector<std::function<void()>> listeners_;

  std::unique_ptr<store::Log> log_;
  std::unique_ptr<store::Folds> folds_;
  std::unique_ptr<store::Vault> vault_;
  std::optional<store::LastSigned> last_signed_;
  std::unique_ptr<store::Tiles> tiles_;
  std::unique_ptr<store::Shares> shares_;
  store::Heads heads_;
  rules::Authority authority_;  // the sequencer's
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<Sequencer> sequencer_;

  struct Submitted {
    Ticket ticket;
    Submission submission;
  };
  Inbox<Submitted> submitted_;
  Inbox<Verified> verified_;
  std::atomic<bool> draining_ = false;

  mutable std::mutex published_mutex_;
  mutable std::condition_variable published_;
  Head head_;
  rules::Authority published_authority_;
  std::optional<Error> failure_, folds_failure_;

  std::vector<std::thread> verifiers_;
  std::thread sequencer_thread_;
};

}  // namespace caseledger
