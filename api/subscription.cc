#include "api/subscription.h"

#include <algorithm>

namespace caseledger::api {

// ── what is wanted ──

std::optional<StreamKind> kind_named(std::string_view name) {
  for (const StreamKind kind : schema::EnumValuesStreamKind())
    if (kind != StreamKind::unset && kind_name(kind) == name) return kind;
  return std::nullopt;
}

bool EventFilter::matches(const EventView& event) const {
  if (kinds.any() && !kinds.test(static_cast<std::size_t>(event.kind))) return false;
  if (types.any() && !types.test(static_cast<std::size_t>(event.type))) return false;
  return rules::covers(jurisdictions, text_of(event.fields->jurisdiction()));
}

Result<EventFilter> parse_filter(const frames::Filter& filter, std::size_t terms_max) {
  if (std::max({filter.kinds.size(), filter.types.size(), filter.jurisdictions.size()}) > terms_max)
    return fail(Errc::too_large, "a filter names at most " + std::to_string(terms_max) + " kinds, types or jurisdictions each");
  EventFilter out{{}, {}, filter.jurisdictions};
  for (const std::uint8_t kind : filter.kinds) {
    if (kind == 0 || kind > static_cast<std::uint8_t>(StreamKind::MAX)) return fail(Errc::value_out_of_range, "there is no stream kind " + std::to_string(kind));
    out.kinds.set(kind);
  }
  for (const std::string& type : filter.types) {
    const schema::Body body = body_named(type);
    if (body == schema::Body::NONE) return fail(Errc::value_out_of_range, "there is no event type \"" + type + '"');
    out.types.set(static_cast<std::size_t>(body));
  }
  return out;
}

Result<bool> Subscription::wants(const projections::Fact& fact, const MayRead& may_read) const {
  if (fact.position < from_ || !filter_.matches(fact.event)) return false;
  return may_read(fact);
}

// ── pulling ──

bool Subscription::has_more(const LogReader& log) const {
  if (credit_ == 0) return false;
  if (stream_ && !end_) return log.stream_end(*stream_).has_value();
  return (stream_ && version_ < end_->version) || next_ < log.head().next || !told_caught_up_;
}

Result<std::optional<Buffer>> Subscription::pull(LogReader& log, const MayRead& may_read, const Bounds& bounds, bool notice) {
  if (credit_ == 0) return std::nullopt;
  if (stream_ && !end_) {
    end_ = log.stream_end(*stream_);
    if (!end_) return std::nullopt;
  }
  if (stream_ && version_ < end_->version) return pull_versions(log, may_read, bounds);
  if (stream_) next_ = std::max(next_, end_->head);
  if (next_ < log.head().next) {
    TRY_AS(frame, pull_slice(log, may_read, bounds));
    if (frame) return std::move(frame);
  }
  const bool at_head = next_ >= log.head().next;
  if (at_head && (!told_caught_up_ || (notice && told_next_ != next_))) return tell({}, log);
  return std::nullopt;
}

Result<std::optional<Buffer>> Subscription::pull_versions(LogReader& log, const MayRead& may_read, const Bounds& bounds) {
  const Version last = std::min<Version>(end_->version, version_ + LogReader::versions_max);
  TRY_AS(found, log.versions(*stream_, *end_, version_ + 1, last));
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
  if (deliveries.empty()) return std::nullopt;
  return tell(std::move(deliveries), log);
}

Result<std::optional<Buffer>> Subscription::pull_slice(LogReader& log, const MayRead& may_read, const Bounds& bounds) {
  TRY_AS(slice, log.slice(next_));
  std::vector<frames::Delivery> deliveries;
  std::size_t bytes = 0;
  Position looked_at = slice->next;
  for (auto at = std::ranges::lower_bound(slice->events, next_, {}, &LogReader::Place::position); at != slice->events.end(); ++at) {
    if (stream_ && at->event.stream != *stream_) continue;
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
  if (deliveries.empty()) return std::nullopt;
  return tell(std::move(deliveries), log);
}

Buffer Subscription::tell(std::vector<frames::Delivery> deliveries, const LogReader& log) {
  credit_ -= deliveries.size();
  told_caught_up_ = next_ >= log.head().next && (!stream_ || version_ == end_->version);
  told_next_ = next_;
  return frames::write(frames::Events{id_, std::move(deliveries), told_caught_up_, next_});
}

}  // namespace caseledger::api
