// What failed, as events: refused handshakes, tokens and sessions (AuthFailed), refused batches (AdmissionRefused), counted by the hour and by reason.
//
// Counting is for any thread and keeps nothing of who it was. write() appends what the hours that are over have come to, signed by the
// service key: AuthFailed in that key's access stream, AdmissionRefused in the governance stream. What cannot be recorded is tried again at
// the next write(), for a day.
#pragma once

#include <map>
#include <mutex>

#include "api/auth_fault.h"
#include "api/json.h"
#include "ledger/ledger.h"

namespace caseledger::api {

class ServiceEvents {
 public:
  // The ledger it writes to. append: signed by the service key, and recorded when it returns. Errors: version_conflict, and whatever else
  // keeps it from being recorded.
  struct Book {
    std::string origin;
    PublicKey service;
    std::function<Version(const StreamId&)> version;
    std::function<Result<void>(const Buffer& event)> append;
    RandomBytes random;
  };
  ServiceEvents(Book book, Clock clock) : book_(std::move(book)), clock_(std::move(clock)) {}

  // The stream of the service key's own.
  static StreamId access_stream(const PublicKey& service);

  // ── from any thread ──
  void handshake_refused(HandshakeFault fault) { count(auth_, "handshake." + std::string(name(fault))); }
  void token_refused(AuthFault fault) { count(auth_, "token." + std::string(name(fault))); }
  void session_refused(AuthFault fault) { count(auth_, "session." + std::string(name(fault))); }
  void answered(const Outcome& outcome);  // a sink of the ledger; its own submissions have session 0

  // ── from one thread ──
  enum class Hours { over, all };  // all: the hour under way too, at the end
  // Errors: those of append; what was not recorded is kept.
  Result<void> write(Hours which);

 private:
  using Counts = std::map<std::string, std::uint32_t>;  // by reason
  using Hourly = std::map<Micros, Counts>;              // by the hour's beginning
  void count(Hourly& hourly, const std::string& reason);
  Result<void> write(Hourly& hourly, Hours which, const StreamId& stream, std::string_view kind, std::string_view type);
  Result<void> record(Micros hour, const Counts& counts, const StreamId& stream, std::string_view kind, std::string_view type) const;

  const Book book_;
  const Clock clock_;
  std::mutex mutex_;
  Hourly auth_, admission_;
};

}  // namespace caseledger::api
