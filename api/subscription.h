// One subscription: a cursor in the log that is pulled along as far as credit reaches.
//
// Catching up and live are one path: every pull looks at the next bounded part of the log behind the cursor, so nothing is
// left out or told twice, and a reader that does not read costs nothing. A stream is told from its first event by its
// versions, then followed in the log from where it was looked up.
#pragma once

#include <bitset>

#include "api/frames.h"
#include "api/log_reader.h"
#include "projections/projection.h"

namespace caseledger::api {

// "case". Nothing: there is no such kind.
std::optional<StreamKind> kind_named(std::string_view name);

// Which events are wanted; what is empty matches everything.
struct EventFilter {
  std::bitset<256> kinds;
  std::bitset<body_numbers> types;
  std::vector<std::string> jurisdictions;  // "US" covers "US-TX"

  bool matches(const EventView& event) const;
};
// Errors: value_out_of_range, too_large.
Result<EventFilter> parse_filter(const frames::Filter& filter, std::size_t terms_max);

// May the session's key read it? Errors: io, verification_failed.
using MayRead = std::function<Result<bool>(const projections::Fact& fact)>;

class Subscription {
 public:
  struct Bounds {  // of one Events frame
    std::size_t events = 256;
    std::size_t bytes = 256 * 1024;
  };
  Subscription(const frames::Subscribe& wish, EventFilter filter) : id_(wish.id), next_(wish.from), told_next_(wish.from), from_(wish.from), stream_(wish.stream), filter_(std::move(filter)), credit_(wish.credit) {}

  std::uint64_t id() const { return id_; }
  std::uint64_t credit() const { return credit_; }
  void grant(std::uint32_t credit) { credit_ += credit; }

  // Looks at the next part of the log. An Events frame when something matched, when the end was reached for the first time
  // since something was told, and, if `notice`, when only `next` has moved since. Errors: io, verification_failed.
  Result<std::optional<Buffer>> pull(LogReader& log, const MayRead& may_read, const Bounds& bounds, bool notice);

  // Is there log left to look at, and credit to tell of it?
  bool has_more(const LogReader& log) const;

 private:
  Result<bool> wants(const projections::Fact& fact, const MayRead& may_read) const;
  Result<void> look_up(LogReader& log);
  Result<std::optional<Buffer>> pull_versions(LogReader& log, const MayRead& may_read, const Bounds& bounds);
  Result<std::optional<Buffer>> pull_slice(LogReader& log, const MayRead& may_read, const Bounds& bounds);
  Buffer tell(std::vector<frames::Delivery> deliveries, const LogReader& log);

  const std::uint64_t id_;
  Position next_;       // everything of the subscription before it was told
  Position told_next_;
  const Position from_;
  const std::optional<StreamId> stream_;
  const EventFilter filter_;
  std::uint64_t credit_;
  std::optional<LogReader::End> end_;  // of the stream, once looked up
  Version version_ = 0;                // of the stream, looked at so far
  bool told_caught_up_ = false;
};

}  // namespace caseledger::api
