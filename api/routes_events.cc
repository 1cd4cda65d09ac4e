// Events in log order, and streams: their state and their events.
#include <algorithm>
#include <boost/json/object.hpp>

#include "api/answers.h"
#include "api/as_of.h"
#include "api/event_filter.h"
#include "api/event_page.h"
#include "api/routes.h"
#include "api/story_changes.h"
#include "api/story_json.h"
#include "api/stream_events.h"

namespace caseledger::api {

namespace {

constexpr std::string_view octets = "application/octet-stream";

// Of those offered, the media type that the request likes best.
template <std::size_t N>
std::string_view media_type(const Request& request, const std::string_view (&offered)[N]) {
  const auto accept = request.headers.find("accept");
  return offered[accept == request.headers.end() ? 0 : accepted(accept->second, offered)];
}

constexpr std::string_view page_types[] = {EventPage::json, EventPage::ndjson};

Result<EventFilter> filter_of(const Query& query, std::size_t terms_max) {
  frames::Filter filter;
  for (const auto name : query.all("kind")) {
    const auto kind = kind_named(name);
    if (!kind) return fail(Errc::value_out_of_range, "there is no kind of stream " + quote(name));
    filter.kinds.push_back(static_cast<std::uint8_t>(*kind));
  }
  for (const auto type : query.all("type")) filter.types.emplace_back(type);
  for (const auto jurisdiction : query.all("jurisdiction")) filter.jurisdictions.emplace_back(jurisdiction);
  return parse_filter(filter, terms_max);
}

Result<Position> position_of(std::string_view text) {
  const auto position = from_decimal(text);
  if (!position) return fail(Errc::malformed, "a position is a decimal number; found " + quote(text));
  return Position{*position};
}

Result<AsOf> as_of_asked(const Ledger& ledger, const Query& query) {
  const AsOf head = as_of_head(ledger.head());
  const auto text = query.one("as_of");
  return text ? parse_as_of(ledger.log(), head, *text) : head;
}

Result<std::optional<Micros>> time_asked(const Query& query, std::string_view name) {
  const auto text = query.one(name);
  if (!text) return std::nullopt;
  TRY_AS(instant, parse_rfc3339(*text));
  return instant.at;
}

// The first position of those recorded at or after a time.
Result<Position> first_at(const Ledger& ledger, const Head& head, Micros time) {
  TRY_AS(before, as_of_time(ledger.log(), as_of_head(head), time - 1));
  return before.next;
}

}  // namespace

Result<Response> RouteTable::events(const Call& call) const {
  TRY_AS(from, call.query.number("from", 0, 0, ~std::uint64_t{0}));
  TRY_AS(limit, call.query.number("limit", config_.page_events, 1, config_.page_events_max));
  TRY_AS(filter, filter_of(call.query, config_.filter_terms_max));
  TRY_AS(since, time_asked(call.query, "since"));
  TRY_AS(until, time_asked(call.query, "until"));
  const Head head = ledger_.head();
  Position next{from}, end = head.next;
  if (since) {
    TRY_AS(first, first_at(ledger_, head, *since));
    next = std::max(next, first);
  }
  if (until) {
    TRY_AS(first, first_at(ledger_, head, *until));
    end = first;
  }
  EventPage page(media_type(call.request, page_types), limit, config_.page_bytes_max);
  std::uint64_t looked_at = 0;
  bool full = false;
  // Of places that were excised only who reads everything is told, and where nothing is asked of their events: what those said is gone.
  const auto excised = call.reader.reads_everything() && filter == EventFilter{} ? std::optional(ledger_.authority()) : std::nullopt;
  const auto tell_excised_before = [&](Position before) -> Result<void> {
    if (!excised) return {};
    for (auto at = excised->excisions().lower_bound(next); at != excised->excisions().end() && at->first < before && !full; ++at) {
      TRY_AS(place, excised_place(ledger_.log(), *excised, at->second));
      full = !page.add(excised_text(place));
      if (!full) next = at->first + 1;
    }
    return {};
  };
  Buffer scratch;
  TRY_AS(scan, ledger_.log().scan_from(next));
  for (; scan.valid() && next < end && !full; scan.next()) {
    TRY_AS(row, scan.batch());
    TRY_AS(entry, scan.entry());
    const auto tell_event = [&](const EventView& event, Position position) -> Result<void> {
      if (full || position < next) return {};
      TRY(tell_excised_before(position));
      full = full || page.full() || looked_at++ == config_.scanned_events_max || call.reader.looked_up() >= config_.looked_up_streams_max;
      if (!full && filter.matches(event)) {
        const projections::Fact fact{event, position, row.index, entry.recorded_at, entry.author};
        TRY_AS(may, call.reader.may_read(fact));
        full = may && !page.add(event_text(fact));
      }
      if (!full) next = position + 1;
      return {};
    };
    TRY(each_event(row, scratch, tell_event));
    TRY(tell_excised_before(row.first + row.count));
    if (!full) next = row.first + row.count;
  }
  // The scan begins after the head was read and holds everything before it.
  if (!full && next < end) {
    TRY(scan.status());
    return fail(Errc::verification_failed, "the log is damaged: position " + std::to_string(next.value) + " cannot be read");
  }
  return std::move(page).response(next.value, next >= end, call.request.path + '?' + call.query.with("from", std::to_string(next.value)));
}

// A published event that the reader may read. Of one that was excised only who reads everything is told.
Result<store::StoredEvent> RouteTable::readable_event(const Call& call, Position position) const {
  TRY_AS(stored, ledger_.log().event(position));
  if (call.reader.reads_everything()) return stored;
  TRY_AS(entry, ledger_.log().entry(stored.index));
  bool readable = false;
  if (stored.kind == ItemKind::event) {
    TRY_AS(may, call.reader.may_read({view_event(stored.bytes), position, stored.index, entry.recorded_at, entry.author}));
    readable = may;
  }
  if (!readable) return fail(Errc::not_permitted, "the event at position " + std::to_string(position.value) + " is not for this key to read");
  return stored;
}

Result<Response> RouteTable::event(const Call& call) const {
  TRY_AS(position, position_of(call.place));
  const Head head = ledger_.head();
  if (position >= head.next)
    return fail(Errc::not_found, "position " + std::to_string(position.value) + " is not recorded; the next one is " + std::to_string(head.next.value));
  TRY_AS(stored, readable_event(call, position));
  if (stored.kind != ItemKind::event) {
    const rules::Authority authority = ledger_.authority();
    const auto excision = authority.excisions().find(position);
    const std::string decided = excision == authority.excisions().end() ? "" : " by order of " + excision->second.authority + ", decided at position " + std::to_string(excision->second.decided.value);
    return fail(Errc::not_found, "the event at position " + std::to_string(position.value) + " was excised" + decided + "; its leaf hash is " + hex(stored.bytes));
  }
  TRY_AS(entry, ledger_.log().entry(stored.index));
  constexpr std::string_view types[] = {EventPage::json, octets};
  const bool exact_bytes = media_type(call.request, types) == octets;
  Response response = exact_bytes ? text_answer(std::string(text_of(stored.bytes)), std::string(octets))
                                  : text_answer(event_text({view_event(stored.bytes), position, stored.index, entry.recorded_at, entry.author}), std::string(EventPage::json));
  response.headers.emplace_back("Vary", "Accept");
  return response;
}

// Of the events of a stream before a position: is there one that the reader may read? Looks no further than a stream may be long to be told.
Result<bool> RouteTable::reads_some(const Call& call, const StreamId& stream, Position limit) const {
  if (call.reader.reads_everything()) return true;
  for (Version from = 1; from <= config_.stream_events_max;) {
    TRY_AS(page, versions_before(ledger_, stream, from, static_cast<Version>(config_.page_events), limit));
    for (const projections::Fact& fact : page.events.facts) {
      TRY_AS(may, call.reader.may_read(fact));
      if (may) return true;
    }
    if (page.complete) break;
    from = page.next;
  }
  return false;
}

// A stream's state comes of all its events. To whoever may read none of them it does not exist.
Result<void> RouteTable::check_readable(const Call& call, const StreamId& stream, std::span<const projections::Fact> facts) const {
  if (call.reader.reads_everything()) return {};
  std::size_t readable = 0;
  for (const projections::Fact& fact : facts) {
    TRY_AS(may, call.reader.may_read(fact));
    readable += may;
  }
  if (readable == 0) return std::unexpected(no_such_stream(stream));
  if (readable < facts.size()) return fail(Errc::not_permitted, "the state of " + to_string(stream) + " comes of all its events, and some are not for this key to read");
  return {};
}

// All events of a stream before a position, to whoever may read all of them.
Result<projections::RecordedFacts> RouteTable::readable_facts(const Call& call, const StreamId& stream, Position limit) const {
  auto found = events_before(ledger_, stream, limit, config_.stream_events_max);
  if (!found && found.error().code == Errc::too_large) {  // the sentence says how many
    TRY_AS(some, reads_some(call, stream, limit));
    if (!some) return std::unexpected(no_such_stream(stream));
  }
  if (found) TRY(check_readable(call, stream, found->facts));
  return found;
}

Result<Response> RouteTable::stream(const Call& call) const {
  TRY_AS(id, parse_uuid(call.place));
  TRY_AS(as_of, as_of_asked(ledger_, call.query));
  TRY_AS(as_at, time_asked(call.query, "as_at"));
  TRY_AS(events, readable_facts(call, id, as_of.next));
  TRY_AS(excised, excised_places(ledger_.log(), ledger_.authority(), id, as_of.next));
  projections::Story told = projections::tell(events.facts, as_at);
  if (told.timeline.empty() && excised.empty()) return fail(Errc::not_found, "nothing of the stream " + to_string(id) + " had occurred then");
  TRY_AS(point, as_of_json(ledger_, as_of));
  boost::json::object story = story_to_json(std::move(told), events.facts, excised);
  story.emplace("as_of", std::move(point));
  if (as_at) story.emplace("as_at", to_rfc3339(*as_at));
  return json_answer(std::move(story));
}

Result<Response> RouteTable::stream_changes(const Call& call) const {
  TRY_AS(id, parse_uuid(call.place));
  TRY_AS(as_of, as_of_asked(ledger_, call.query));
  const auto text = call.query.one("since");
  if (!text) return fail(Errc::malformed, "since is wanted: the point of the log after which changes are told, as as_of has it");
  TRY_AS(since, parse_as_of(ledger_.log(), as_of_head(ledger_.head()), *text));
  if (since.size > as_of.size)
    return fail(Errc::value_out_of_range, "since lies behind as_of: " + std::to_string(since.size) + " entries against " + std::to_string(as_of.size));
  TRY_AS(events, readable_facts(call, id, as_of.next));
  if (events.facts.empty()) return std::unexpected(no_such_stream(id));
  TRY_AS(from, as_of_json(ledger_, since));
  TRY_AS(to, as_of_json(ledger_, as_of));
  boost::json::object changes = changes_to_json(events.facts, since.next);
  changes.emplace("since", std::move(from));
  changes.emplace("as_of", std::move(to));
  return json_answer(std::move(changes));
}

// What the reader may read of a page, in the order of versions. Of places that were excised only who reads everything is told.
Result<std::vector<std::pair<Version, std::string>>> RouteTable::told_of(const Call& call, const StreamPage& page, std::span<const ExcisedPlace> excised, Version from) const {
  std::vector<std::pair<Version, std::string>> told;
  for (const projections::Fact& fact : page.events.facts) {
    TRY_AS(may, call.reader.may_read(fact));
    if (may) told.emplace_back(fact.event.version, event_text(fact));
  }
  for (const ExcisedPlace& place : excised)
    if (place.excision.version >= from && place.excision.version < page.next) told.emplace_back(place.excision.version, excised_text(place));
  std::ranges::sort(told);
  return told;
}

Result<Response> RouteTable::stream_events(const Call& call) const {
  TRY_AS(id, parse_uuid(call.place));
  TRY_AS(from, call.query.number("from", 1, 1, ~Version{0}));
  TRY_AS(limit, call.query.number("limit", config_.page_events, 1, config_.page_events_max));
  TRY_AS(as_of, as_of_asked(ledger_, call.query));
  std::vector<ExcisedPlace> excised;
  if (call.reader.reads_everything()) {
    TRY_AS(places, excised_places(ledger_.log(), ledger_.authority(), id, as_of.next));
    excised = std::move(places);
  }
  EventPage page(media_type(call.request, page_types), limit, config_.page_bytes_max);
  Version next = static_cast<Version>(from), looked_at = next;
  bool more = false, any = false;
  for (bool complete = false; !complete && !more;) {
    TRY_AS(versions, versions_before(ledger_, id, looked_at, static_cast<Version>(limit), as_of.next));
    TRY_AS(told, told_of(call, versions, excised, looked_at));
    for (const auto& [version, text] : told) {
      any = true;
      more = !page.add(text);
      if (more) break;
      next = version + 1;
    }
    complete = versions.complete;
    looked_at = versions.next;
    more = more || (!complete && (page.full() || looked_at - from > config_.stream_events_max));
  }
  // How many versions there are that this key may not read is not told.
  if (call.reader.reads_everything() && !more) next = looked_at;
  if (more && next == from) next = looked_at;
  if (!any) {
    TRY_AS(some, reads_some(call, id, as_of.next));
    if (!some) return std::unexpected(no_such_stream(id));
  }
  return std::move(page).response(next, !more, call.request.path + '?' + call.query.with("from", std::to_string(next)));
}

}  // namespace caseledger::api
