#include "ledger/retention.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <map>

#include "ledger/history.h"

namespace caseledger {

namespace {

template <class Visit>
Result<void> each_event_of(const store::Log& log, Visit visit) {
  Buffer scratch;
  TRY_AS(scan, log.scan({0}));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    TRY(each_event(row, scratch, visit));
  }
  return scan.status();
}

template <class Value>
using ById = boost::unordered_flat_map<Uuid, Value, std::hash<Uuid>>;
using Streams = ById<Micros>;

// How a slice of the streams end.
class Ends {
 public:
  Result<void> take(const store::Log& log, const EventView& event, Position position) {
    if (event.kind == StreamKind::case_) TRY(fold_head(log, event, position, cases_, nullptr));
    End& end = ends_[event.stream];
    end.kind = event.kind;
    end.last = std::max(end.last, event.fields->occurred_at());
    if (const auto place = text_of(event.fields->jurisdiction()); !place.empty()) end.place = place_of(place);
    return {};
  }

  // Those whose retention was over by then, and since when.
  void add_over(std::span<const rules::RetentionPolicy> policies, Micros now, Streams& over) const {
    for (const auto& [stream, end] : ends_) {
      std::optional<Micros> until;
      for (const auto& policy : policies) until = std::max(until, policy.retained_until(end.kind, places_[end.place], end.last));
      if (until && *until < now && !is_open(stream, end)) over.emplace(stream, *until);
    }
  }

 private:
  struct End {
    Micros last = 0;
    std::uint32_t place = 0;
    StreamKind kind = StreamKind::unset;
  };

  bool is_open(const StreamId& stream, const End& end) const {
    if (end.kind != StreamKind::case_) return false;
    const rules::Phase phase = cases_.get(stream).phase;
    return phase != rules::Phase::closed && phase != rules::Phase::merged;
  }
  std::uint32_t place_of(std::string_view place) {
    const auto found = numbers_.find(place);
    if (found != numbers_.end()) return found->second;
    places_.emplace_back(place);
    return numbers_[std::string(place)] = static_cast<std::uint32_t>(places_.size() - 1);
  }

  ById<End> ends_;
  store::Heads cases_{store::Heads::Use::alone};
  std::vector<std::string> places_{""};
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

// The sealed parts that were not erased.
class Parts {
 public:
  Parts(const store::Log& log, std::span<const ExecutedErasure> erased) : log_(log) {
    for (const auto& each : erased) erased_.emplace(each.grant.subject, &each);
  }

  template <class Visit>
  Result<void> each(Visit visit) const {
    return each_event_of(log_, [&](const EventView& event, Position position) {
      if (!event.fields->parts()) return;
      for (const auto* part : *event.fields->parts())
        if (const SubjectId subject = uuid_of(*part->subject()); !is_erased(subject, event, position)) visit(subject, event.stream);
    });
  }

 private:
  bool is_erased(const SubjectId& subject, const EventView& event, Position position) const {
    const auto [from, to] = erased_.equal_range(subject);
    return std::any_of(from, to, [&](const auto& each) { return position < each.second->executed && each.second->grant.covers(event.stream, event.version, position); });
  }

  const store::Log& log_;
  std::multimap<SubjectId, const ExecutedErasure*> erased_;
};

Result<Streams> streams_over(const store::Log& log, std::span<const rules::RetentionPolicy> policies, Micros now, std::uint64_t slice_events) {
  TRY_AS(end, log.end());
  const auto slices = static_cast<unsigned>(1 + end.next.value / slice_events);
  Streams over;
  for (unsigned slice = 0; slice < slices; ++slice) {
    Ends ends;
    TRY(each_event_of(log, [&](const EventView& event, Position position) -> Result<void> {
      if (store::Heads::part_of(event.stream, slices) != slice) return {};
      return ends.take(log, event, position);
    }));
    ends.add_over(policies, now, over);
  }
  return over;
}

}  // namespace

Result<KeptTooLong> kept_too_long(const store::Log& log, std::span<const rules::RetentionPolicy> policies, std::span<const ExecutedErasure> erased, Micros now, std::uint64_t slice_events) {
  if (std::ranges::none_of(policies, &rules::RetentionPolicy::limits)) return KeptTooLong{};
  TRY_AS(over, streams_over(log, policies, now, slice_events));
  if (over.empty()) return KeptTooLong{};
  const Parts parts(log, erased);
  ById<Micros> subjects;  // of whom something stands in such a stream
  TRY(parts.each([&](const SubjectId& subject, const StreamId& stream) {
    if (const auto found = over.find(stream); found != over.end()) subjects[subject] = std::max(subjects[subject], found->second);
  }));
  TRY(parts.each([&](const SubjectId& subject, const StreamId& stream) {
    if (!over.contains(stream)) subjects.erase(subject);
  }));
  return KeptTooLong(subjects.begin(), subjects.end());
}

}  // namespace caseledger
