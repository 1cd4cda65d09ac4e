#include "api/subscription.h"

#include <algorithm>

namespace caseledger::api {

Subscription::Subscription(const Shared& shared, std::uint64_t session, const frames::Subscribe& wish, EventFilter filter)
    : shared_(shared),
      id_(wish.id),
      next_(wish.from),
      told_next_(wish.from),
      from_(wish.from),
      filter_(std::move(filter)),
      feed_(shared.feeds, filter_.stream ? EventFilter{{}, {}, {}, filter_.stream} : filter_, session),
      credit_(wish.credit) {}

Result<bool> Subscription::wants(const projections::Fact& fact, const MayRead& may_read) const {
  if (fact.position < from_ || !filter_.matches(fact.event)) return false;
  return may_read(fact);
}

// ── pulling ──

bool Subscription::has_more() const {
  const LogReader& log = shared_.log;
  if (credit_ == 0) return false;
  if (filter_.stream && !end_) return log.stream_end(*filter_.stream).has_value();
  return (end_ && version_ < end_->version) || feed_->skip(next_) < log.head().next || !told_caught_up_;
}

Result<SharedMessage> Subscription::pull(const MayRead& may_read, const Bounds& bounds, bool notice) {
  const LogReader& log = shared_.log;
  if (credit_ == 0) return nullptr;
  if (filter_.stream && !end_) {
    end_ = log.stream_end(*filter_.stream);
    if (!end_) return nullptr;
  }
  if (end_ && version_ < end_->version) return pull_versions(may_read, bounds);
  if (end_) next_ = std::max(next_, end_->head);
  next_ = feed_->skip(next_);
  if (next_ < log.head().next) {
    TRY_AS(message, pull_slice(may_read, bounds));
    if (message) return message;
  }
  const bool at_head = next_ >= log.head().next;
  if (at_head && (!told_caught_up_ || (notice && told_next_ != next_))) return tell({});
  return nullptr;
}

Result<SharedMessage> Subscription::pull_versions(const MayRead& may_read, const Bounds& bounds) {
  const Version last = std::min<Version>(end_->version, version_ + LogReader::versions_max);
  TRY_AS(found, shared_.log.versions(*filter_.stream, *end_, version_ + 1, last));
  std::vector<frames::Delivery> deliveries;
  std::size_t bytes = 0;
  for (const auto& each : found) {
    const auto& [index, position, previous, kind, event] = each.event;
    bool wanted = false;
    if (kind == ItemKind::event) {
      TRY_AS(wants_it, wants({view_event(event), position, index, 0, each.author}, may_read));
      wanted = wants_it;
    }
    if (wanted) {
      if (deliveries.size() >= std::min<std::uint64_t>(credit_, bounds.events) || (!deliveries.empty() && bytes + event.size() > bounds.bytes)) break;
      deliveries.push_back({position, index, event});
      bytes += event.size();
    }
    ++version_;
    next_ = std::max(next_, position + 1);
  }
  if (version_ == end_->version) next_ = std::max(next_, end_->head);
  if (deliveries.empty()) return nullptr;
  return tell(std::move(deliveries));
}

Result<SharedMessage> Subscription::pull_slice(const MayRead& may_read, const Bounds& bounds) {
  TRY_AS(slice, shared_.log.slice(next_));
  std::vector<frames::Delivery> deliveries;
  std::size_t bytes = 0;
  Position looked_at = slice->next;
  for (auto at = std::ranges::lower_bound(slice->events, next_, {}, &LogReader::Place::position); at != slice->events.end(); ++at) {
    TRY_AS(wanted, wants({at->event, at->position, at->entry, 0, at->author}, may_read));
    if (!wanted) continue;
    if (deliveries.size() >= std::min<std::uint64_t>(credit_, bounds.events) || (!deliveries.empty() && bytes + at->event.bytes.size() > bounds.bytes)) {
      looked_at = at->position;
      break;
    }
    deliveries.push_back({at->position, at->entry, at->event.bytes});
    bytes += at->event.bytes.size();
  }
  next_ = looked_at;
  if (deliveries.empty()) return nullptr;
  return tell(std::move(deliveries));
}

SharedMessage Subscription::tell(std::vector<frames::Delivery> deliveries) {
  credit_ -= deliveries.size();
  next_ = feed_->skip(next_);
  told_caught_up_ = next_ >= shared_.log.head().next && (!end_ || version_ == end_->version);
  told_next_ = next_;
  return shared_.messages.events({id_, std::move(deliveries), told_caught_up_, next_});
}

}  // namespace caseledger::api
