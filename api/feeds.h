// What the subscriptions of one io thread listen for: each filter once, however many sessions have it.
//
// What is recorded is held against each filter once, and only the sessions behind those that match something are woken. A
// feed says nothing of what a key may read: that is asked for each session.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include "api/event_filter.h"
#include "api/log_reader.h"

namespace caseledger::api {

// What is known of the events that one filter matches lately.
class Feed {
 public:
  Feed(EventFilter filter, Position from) : filter_(std::move(filter)), since_(from), next_(from) {}

  // The first position from `from` on that has to be looked at: nothing between matches.
  Position skip(Position from) const;

 private:
  friend class Feeds;
  static constexpr std::size_t matches_kept = 256;

  bool look(LogReader& log);
  void forget(Position from);

  const EventFilter filter_;
  Position since_, next_;             // between them just these match:
  std::deque<Position> matches_;
  std::vector<std::uint64_t> sessions_;  // once for each of their subscriptions
};

class Feeds {
 public:
  explicit Feeds(LogReader& log) : log_(log) {}

  // A subscription's place in its feed, for as long as it lives.
  class Place {
   public:
    Place(Feeds& feeds, EventFilter filter, std::uint64_t session);
    Place(const Place&) = delete;
    ~Place();
    const Feed* operator->() const { return feed_.get(); }

   private:
    Feeds& feeds_;
    const std::uint64_t session_;
    const std::shared_ptr<Feed> feed_;
  };

  // Holds what is new to a feed against it, a slice of the log at a time, and tells whom to wake. Nothing: there is nothing new to any.
  std::optional<std::span<const std::uint64_t>> look();
  std::size_t size() const { return feeds_.size(); }

 private:
  LogReader& log_;
  std::unordered_map<EventFilter, std::shared_ptr<Feed>> feeds_;
  std::deque<std::shared_ptr<Feed>> round_;  // still to be looked at, up to the head
  Position next_;                            // all feeds have looked that far, or are in the round
};

}  // namespace caseledger::api
