// What can be said of an entry by itself: form, hashes, signatures, sealed parts. Runs on any number of threads.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <thread>

#include "ledger/audit_source.h"
#include "ledger/inbox.h"
#include "ledger/log_signers.h"
#include "ledger/store/vault.h"

namespace caseledger::audit {

// What everything is held to.
struct Terms {
  std::string origin;
  std::vector<rules::Authority::LogKey> log_keys;  // none: not known
  std::vector<Vkey> witnesses;
  rules::Excisions excisions = {};
  const store::Vault* vault = nullptr;
};

void check(Exhibit& exhibit, const Source& source, const Terms& terms);

// A checkpoint as the log writes them: its own signature first.
Result<Checkpoint> open_own_checkpoint(std::string_view note, const Terms& terms);

// Exhibits in the order they were handed in, checked on the way by a crew of threads.
class Checked {
 public:
  Checked(Source& source, const Terms& terms, unsigned threads);
  ~Checked();

  // The next exhibit, checked; nullptr behind the last. Holds until the call after.
  Exhibit* next();
  // What the source found behind the last one.
  std::vector<Finding>& left() { return end_.findings; }

 private:
  struct Job {
    std::vector<Exhibit> exhibits;
    std::size_t used = 0;
    std::atomic<bool> done = false;
  };
  bool fill(Job& job);

  static constexpr std::size_t job_bytes = 256 << 10, job_exhibits_max = 64;

  Source& source_;
  const Terms& terms_;
  Inbox<Job*> waiting_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::deque<Job*> handed_, idle_;  // in order; those to be filled
  Job* open_ = nullptr;
  std::size_t at_ = 0;
  bool ended_ = false;
  Exhibit end_;
  std::vector<std::thread> crew_;
};

}  // namespace caseledger::audit
