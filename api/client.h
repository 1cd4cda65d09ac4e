// The client of a ledger: appends batches and hands out their receipts, and follows what is recorded.
//
// Appends pipeline and pack themselves; what was handed in is kept until it is answered, and sent again verbatim after a
// reconnect. A receipt is handed out only once it verifies under the log's key. A log that forks, shrinks or answers
// falsely is an alarm: the client stops (failure()) and sends nothing more. Callbacks run on the client's own thread.
#pragma once

#include <chrono>
#include <future>

#include "api/outbox.h"
#include "api/tls.h"

namespace caseledger::api {

struct ClientConfig {
  std::string url;                         // wss://host[:port], ws:// on loopback; http and https are taken for them
  Vkey log;                                // of the ledger: its name is the origin
  ClientTls tls;
  bool json = false;                       // speak caseledger.v1+json
  bool in_order = true;                    // a batch waits for the answers of those it continues or refers to
  std::optional<Checkpoint> known;         // of an earlier connection: what the log may not fall behind
  KnownLog::Successors successors;         // asked, on the client's thread, where a checkpoint is by another key of the log
  KnownLog::Consistent consistent;         // asked, on the client's thread, where the log has grown between two connections

  std::size_t waiting_batches_max = 16 * 1024;  // unanswered; append() waits for room beyond
  std::size_t waiting_bytes_max = 256u << 20;
  std::size_t frame_bytes_max = 16u << 20;      // of what the server sends
  std::chrono::milliseconds connect_within{10'000};
  std::chrono::milliseconds silence_max{60'000};
  std::chrono::milliseconds retry_first{100}, retry_most{10'000};  // between attempts to reconnect, doubling
  std::chrono::milliseconds give_up_after{60'000};                 // without a connection
};

class Client {
 public:
  using Answer = Outbox::Answer;

  // Returns once the server has welcomed the key. The key has to outlive the client. Errors: usage, unavailable, io, not_permitted,
  // verification_failed, wrong_origin, overloaded (all its connections are taken).
  static Result<std::unique_ptr<Client>> connect(ClientConfig config, const Signer& author);
  ~Client();  // closes

  frames::Welcome welcome() const;
  frames::Limits limits() const;

  // ── append ──
  void append(Submission submission, Outbox::Done done);
  std::future<Answer> append(Submission submission);
  // Waits until everything handed in is answered. Errors: io (not in time), or the failure.
  Result<void> flush(std::chrono::milliseconds at_most = std::chrono::minutes(10));
  std::size_t unanswered() const;

  // What opens the parts that a recorded RecordViewed of this key names; `event` is the index in its list.
  using Unsealed = std::expected<std::vector<Opening>, frames::Rejected>;
  std::future<Unsealed> unseal(Position viewed);

  // ── follow ──
  struct Wish {
    Position from;                   // inclusive
    std::optional<StreamId> stream;  // only this one
    frames::Filter filter;
    std::uint32_t credit = 4096;     // events on the way; renewed as they are taken
  };
  struct Told {
    std::span<const frames::Delivery> events;
    bool caught_up;
    Position next;  // where to resume
  };
  // told is called until unsubscribe() or close(); after a reconnect it goes on where it was.
  std::uint64_t subscribe(Wish wish, std::function<void(const Told&)> told, std::function<void(const frames::Rejected&)> refused = {});
  void unsubscribe(std::uint64_t id);

  // The newest checkpoint that was verified, to be remembered for the next connection.
  std::optional<Checkpoint> checkpoint() const;
  bool connected() const;
  std::uint64_t connections() const;  // how many there have been
  std::optional<Error> failure() const;

  // What is unanswered is answered with `io`; it may have been recorded.
  void close();

 private:
  friend class Link;
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace caseledger::api
