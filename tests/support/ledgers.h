// A ledger to test against: a folder of its own, keys, genesis, authors with roles, and events that the rules admit.
//
// Genesis has one governor; everything the test does afterwards is awaited. The folder is gone when the TestLedger is.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <map>

#include "ledger/ledger.h"

namespace samples {

using namespace caseledger;

// ── events ──

StreamId new_stream();

struct Envelope {
  std::string jurisdiction = "US-TX";
  std::string operator_code = "op-1";
  std::string handling = "law_enforcement";
  std::string occurred_at = "2024-03-05T14:00:00-05:00";
  std::string causes = "[]";  // JSON: [{"stream": …, "version": …}]
  std::string legal_basis = "";
};

// Any event: its body as JSON, as the NDJSON of a submission has it.
Buffer event(std::string_view type, std::string_view kind, const StreamId& stream, Version version, std::string_view body, const Envelope& envelope = {});

Buffer case_opened(const StreamId& stream, const Envelope& envelope = {});
Buffer case_assigned(const StreamId& stream, Version version, const Envelope& envelope = {});  // fits at any version but the first
Buffer alert_raised(const StreamId& stream, const Envelope& envelope = {});

// An event with sealed parts, and what opens them: a note with its text, a search with its query.
struct Noted {
  Buffer event;
  std::vector<Opening> openings;
};
Noted case_noted(const StreamId& stream, Version version, std::string_view note, const Envelope& envelope = {});
Noted searched(const StreamId& log, Version version, const std::string& search_id, const StreamId& of_case);

Submission signed_by(const Signer& author, std::string_view origin, const std::vector<Buffer>& events, std::vector<Opening> openings = {});

// ── the ledger ──

class TestLedger {
 public:
  using Answer = std::expected<Recorded, Rejection>;

  struct Wish {
    std::string origin = "ledger.example.org/l/test";
    Config config = {};
    Clock clock = system_clock();
    bool constituted = true;  // false: without genesis
  };
  TestLedger() : TestLedger(Wish{}) {}
  explicit TestLedger(Wish wish);
  ~TestLedger();

  Ledger& operator*() { return *ledger_; }
  Ledger* operator->() { return ledger_.get(); }
  const std::string& origin() const { return wish_.origin; }
  const std::filesystem::path& folder() const { return folder_; }
  const Vkey& log_vkey() const { return log_key_.vkey(); }
  const Signer& governor() const { return governor_; }
  const Signer& service() const { return service_; }

  // A new key in force. Roles by name: {"case_system"}; no jurisdictions: all.
  Signer enrol(std::vector<std::string> roles, std::string organisation = "org-1", std::vector<std::string> jurisdictions = {});
  void revoke(const Vkey& vkey);

  // What governors decide; an action is JSON: {"type":"KeyRevoked",…}
  StreamId governance() const { return rules::governance_stream(wish_.origin); }
  Answer propose(const Signer& author, std::string_view action);
  Answer approve(const Signer& author, Version proposal);
  void hold(const Signer& log_key);  // a key that a rotation may name

  Submission sign(const Signer& author, const std::vector<Buffer>& events, std::vector<Opening> openings = {}) const;

  // Hands in and waits for what becomes of it.
  Answer submit(Submission submission);
  Recorded record(const Signer& author, const std::vector<Buffer>& events, std::vector<Opening> openings = {});  // has to succeed

  // Outcomes of sessions other than 0 go there, on the sequencer's thread. Nowhere, until it is called.
  void forward(std::function<void(Outcome)> to);

  // Subject streams that move, on the sequencer's thread.
  void watch(std::function<void(std::vector<StreamId>)> subjects);

  // Drains and closes; opens again from what is durable.
  void close();
  Result<void> open();

  // The state of a stream: its version and where its last event stands.
  rules::StreamState state(const StreamId& stream) const { return ledger_->heads().get(stream); }

 private:
  void arrived(Outcome outcome);
  void govern(const Buffer& event);

  Wish wish_;
  std::filesystem::path folder_;
  Signer log_key_, service_, governor_;
  std::string log_secret_;
  std::vector<std::string> held_;  // further log keys
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, Answer> answers_;  // by request
  std::uint64_t requests_ = 0;
  std::function<void(Outcome)> forward_;
  std::function<void(std::vector<StreamId>)> subjects_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace samples
