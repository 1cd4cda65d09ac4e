// One subscription: a cursor in the log that is pulled along as far as credit reaches.
//
// Catching up and live are one path: every pull looks at the next bounded part of the log behind the cursor, so nothing is
// left out or told twice, and a reader that does not read costs nothing. What its feed knows not to match is passed over. A stream is told from its first event by its
// versions, then followed in the log from where it was looked up.
#pragma once

#include "api/feeds.h"
#include "api/message.h"
#include "projections/projection.h"

namespace caseledger::api {

// May the session's key read it? Errors: io, verification_failed.
using MayRead = std::function<Result<bool>(const projections::Fact& fact)>;

class Subscription {
 public:
  struct Bounds {  // of one Events frame
    std::size_t events = 256;
    std::size_t bytes = 256 * 1024;
  };
  // What all subscriptions of one io thread read and share.
  struct Shared {
    LogReader& log;
    Feeds& feeds;
    Messages& messages;
  };
  Subscription(const Shared& shared, std::uint64_t session, const frames::Subscribe& wish, EventFilter filter);

  std::uint64_t id() const { return id_; }
  std::uint64_t credit() const { return credit_; }
  void grant(std::uint32_t credit) { credit_ += credit; }

  // Looks at the next part of the log. An Events frame when something matched, when the end was reached for the first time
  // since something was told, and, if `notice`, when only `next` has moved since; null otherwise. Errors: io, verification_failed.
  Result<SharedMessage> pull(const MayRead& may_read, const Bounds& bounds, bool notice);

  // Is there log left to look at, and credit to tell of it?
  bool has_more() const;

 private:
  Result<bool> wants(const projections::Fact& fact, const MayRead& may_read) const;
  Result<SharedMessage> pull_versions(const MayRead& may_read, const Bounds& bounds);
  Result<SharedMessage> pull_slice(const MayRead& may_read, const Bounds& bounds);
  SharedMessage tell(std::vector<frames::Delivery> deliveries);

  const Shared shared_;
  const std::uint64_t id_;
  Position next_;       // everything of the subscription before it was told
  Position told_next_;
  const Position from_;
  const EventFilter filter_;
  const Feeds::Place feed_;  // of a stream: all that is recorded in it, as it is looked up while it grows
  std::uint64_t credit_;
  std::optional<LogReader::End> end_;  // of the stream, once looked up
  Version version_ = 0;                // of the stream, looked at so far
  bool told_caught_up_ = false;
};

}  // namespace caseledger::api
