// The protocol of one connection, without sockets: frames and events in, frames, submissions and a close out.
//
// Challenge → Identify → Welcome; until then nothing but an Identify is looked at, and frames are small. next_message() is
// asked for whenever the connection can write: what has become ready since goes out together, and a peer that does not
// read is neither read from (queued_bytes) nor pulled for. Every append is answered; none is dropped.
#pragma once

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <boost/unordered/unordered_flat_map.hpp>

#include "api/auth_fault.h"
#include "api/protocol.h"
#include "api/rate_limit.h"
#include "api/subscription.h"

namespace caseledger::api {

struct SessionConfig {
  std::size_t greeting_bytes_max = 4 * 1024;             // of a frame before Identify succeeded
  std::size_t frame_bytes_max = 4u << 20;
  std::uint32_t appends_per_frame_max = 256;
  std::uint32_t appends_in_flight_max = 256;             // taken in and not yet answered
  std::size_t append_bytes_in_flight_max = 64u << 20;
  std::uint32_t subscriptions_max = 16;
  std::size_t filter_terms_max = 64;                     // kinds, types or jurisdictions of one filter
  std::uint32_t credit_max = 1u << 20;                   // events granted to one subscription and not yet used
  Subscription::Bounds events_frame = {};
  std::uint32_t overloaded_retry_ms = 250;
  std::chrono::milliseconds identify_within{10'000};     // of the Challenge
  std::chrono::milliseconds unread_max{30'000};          // how long one frame may take to write
  std::chrono::milliseconds head_interval{1'000};        // between Head frames, and between Events frames that only move `next`
};

struct Close {
  CloseCode code;
  std::string reason;  // at most 123 bytes of UTF-8
};

// What the sessions of one io thread share.
struct SessionHouse {
  const std::string& origin;
  const std::vector<std::string>& authorities;  // host[:port], as clients may dial them
  bool tls_proxy = false;                       // TLS ends before us: a session may come without an exporter value
  Subscription::Shared reading;
  std::function<void(std::span<std::uint8_t>)> random;
  std::function<Result<bool>(const rules::Enrolment& reader, const projections::Fact& fact)> may_read;
  SessionConfig config;
  std::function<Result<std::vector<Opening>>(const rules::Enrolment& reader, Position viewed, const MayRead& may_read)> unseal;
  std::function<void(AuthFault)> refused = [](AuthFault) {};  // told of every Identify that was not accepted
  RateLimit* openings = nullptr;                              // of keys; none: as often as they like
};

// What the connection itself knows about its peer.
struct Channel {
  bool loopback = false;
  std::string exporter;  // base64 of the TLS exporter value; empty without TLS
};

class Session {
 public:
  Session(const SessionHouse& house, std::uint64_t id, Channel channel, Micros now);  // the Challenge is ready

  // ── in ──
  void received(Bytes frame);
  void recorded(const std::shared_ptr<const std::string>& checkpoint, Recorded recorded);
  void refused(std::uint64_t request, const Rejection& rejection);
  void authority_changed();       // closes when the key may act no more
  bool tick(Micros now);          // several times a second; is there something to say?
  void drain();                   // takes in no more, answers what it has, closes
  void end(CloseCode code, std::string reason);  // the first one counts

  // ── out ──
  struct Submitted {
    std::uint64_t request;
    Submission submission;
  };
  std::vector<Submitted> take_submissions() { return std::exchange(submitted_, {}); }
  SharedMessage next_message(Micros now);        // one that may be written now; null: none
  const std::optional<Close>& closed() const { return close_; }
  bool has_more() const;                         // next_message would look further, though it just gave nothing

  std::size_t frame_bytes_max() const { return author_ ? house_.config.frame_bytes_max : house_.config.greeting_bytes_max; }
  std::size_t queued_bytes() const { return queued_bytes_; }
  bool identified() const { return author_.has_value(); }
  bool subscribes() const { return !subscriptions_.empty(); }
  std::size_t in_flight() const { return in_flight_.size(); }

 private:
  void on(const frames::Identify& identify);
  void on(const frames::Append& append);
  void on(const frames::Subscribe& subscribe);
  void on(const frames::Grant& grant);
  void on(const frames::Unsubscribe& unsubscribe);
  void on(const frames::Unseal& unseal);
  bool proves(const frames::Identify& identify) const;
  void welcome(const rules::Enrolment& enrolment);
  std::optional<Rejection> check_append(const frames::Append::Item& item) const;
  void queue(frames::Rejected rejected, bool of_append);
  void reject(std::uint64_t id, Errc code, std::string sentence);  // what is no append
  void settle(std::uint64_t request);
  Subscription* subscription(std::uint64_t id);
  void finish_draining();

  SharedMessage ready_message();
  Buffer control_frame();
  Buffer appended_frame();
  Buffer rejected_frame();
  Buffer unsealed_frame();
  SharedMessage events_message();
  SharedMessage head_message();

  const SessionHouse& house_;
  const std::uint64_t id_;
  const Channel channel_;
  const Micros opened_;
  frames::Nonce nonce_{};
  std::optional<PublicKey> author_;  // once identified
  MayRead may_read_;
  bool draining_ = false;
  std::optional<Close> close_;

  boost::unordered_flat_map<std::uint64_t, std::size_t> in_flight_;  // request → bytes, until its answer goes out
  std::size_t bytes_in_flight_ = 0;
  std::vector<Submitted> submitted_;

  struct Group {
    std::shared_ptr<const std::string> checkpoint;
    std::vector<Recorded> results;
  };
  struct Rejecting {
    frames::Rejected rejected;
    bool of_append;
  };
  std::deque<Buffer> control_;             // Challenge, Welcome
  std::deque<Group> groups_;
  std::deque<Rejecting> rejections_;
  std::deque<Buffer> unsealed_;            // Unsealed frames
  std::size_t queued_bytes_ = 0;
  std::optional<Micros> writing_since_;    // the frame that was taken last

  std::list<Subscription> subscriptions_;  // the first is asked next
  std::uint64_t head_told_ = 0;            // size
  Micros noticed_at_;
  bool head_due_ = false, notice_due_ = false;
};

}  // namespace caseledger::api
