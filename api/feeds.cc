#include "api/feeds.h"

#include <algorithm>

namespace caseledger::api {

// ── one filter ──

Position Feed::skip(Position from) const {
  if (from < since_ || from >= next_) return from;
  const auto found = std::ranges::lower_bound(matches_, from);
  return found == matches_.end() ? next_ : *found;
}

// The next slice; true if something in it matches, or might.
bool Feed::look(LogReader& log) {
  const auto slice = log.slice(next_);
  if (!slice) {  // the sessions meet the same error, and say it
    forget(log.head().next);
    return true;
  }
  const std::size_t before = matches_.size();
  for (auto at = std::ranges::lower_bound((*slice)->events, next_, {}, &LogReader::Place::position); at != (*slice)->events.end(); ++at)
    if (filter_.matches(at->event)) matches_.push_back(at->position);
  next_ = (*slice)->next;
  const bool matched = matches_.size() > before;
  for (; matches_.size() > matches_kept; matches_.pop_front()) since_ = matches_.front() + 1;
  return matched;
}

void Feed::forget(Position from) {
  matches_.clear();
  since_ = next_ = from;
}

// ── all of them ──

Feeds::Place::Place(Feeds& feeds, EventFilter filter, std::uint64_t session)
    : feeds_(feeds), session_(session), feed_([&] {
        auto& feed = feeds.feeds_[filter];
        if (!feed) feed = std::make_shared<Feed>(std::move(filter), feeds.log_.head().next);
        return feed;
      }()) {
  feed_->sessions_.push_back(session);
}

Feeds::Place::~Place() {
  auto& sessions = feed_->sessions_;
  *std::ranges::find(sessions, session_) = sessions.back();
  sessions.pop_back();
  if (sessions.empty()) feeds_.feeds_.erase(feed_->filter_);
}

std::optional<std::span<const std::uint64_t>> Feeds::look() {
  if (round_.empty()) {
    const Position head = log_.head().next;
    if (next_ == head) return std::nullopt;
    next_ = head;
    for (const auto& [filter, feed] : feeds_)
      if (feed->next_ < head) round_.push_back(feed);
    if (round_.empty()) return std::nullopt;
  }
  const auto feed = std::move(round_.front());
  round_.pop_front();
  const bool matched = feed->look(log_);
  if (feed->next_ < log_.head().next) round_.push_back(feed);
  return matched ? std::span<const std::uint64_t>(feed->sessions_) : std::span<const std::uint64_t>();
}

}  // namespace caseledger::api
