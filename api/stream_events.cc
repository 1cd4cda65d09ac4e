#include "api/stream_events.h"

#include <algorithm>

namespace caseledger::api {

Error no_such_stream(const StreamId& stream) { return {Errc::not_found, "the stream " + to_string(stream) + " has no event there"}; }

namespace {

constexpr auto wait_step = std::chrono::milliseconds(5);
constexpr int wait_steps_max = 200;

// Whether the event that a head names is the one that was recorded at its place: it is not where a refused batch had come before it.
Result<bool> stands(const Ledger& ledger, const StreamId& stream, const rules::StreamState& state) {
  TRY_AS(event, ledger.log().event(state.last));
  if (event.kind != ItemKind::event) return true;
  const EventView view = view_event(event.bytes);
  return view.stream == stream && view.version == state.version;
}

}  // namespace

Result<rules::StreamState> published_state(const Ledger& ledger, const StreamId& stream) {
  rules::StreamState state = ledger.heads().get(stream);
  for (int step = 0; step < wait_steps_max; ++step) {
    if (state.version == 0) return std::unexpected(no_such_stream(stream));
    const Head head = ledger.head();
    if (state.last < head.next) {
      TRY_AS(sound, stands(ledger, stream, state));
      if (sound) return state;
      state = ledger.heads().get(stream);
      continue;
    }
    // Kept while the commit that holds it is under way: a busy stream's next state would be as fresh again.
    if (const auto again = ledger.heads().get(stream); again.last < head.next) state = again;
    else ledger.wait_beyond(head.size, wait_step);
  }
  if (const auto failure = ledger.failure()) return std::unexpected(*failure);
  return fail(Errc::overloaded, "the commit that holds the last event of " + to_string(stream) + " takes too long");
}

Result<projections::RecordedFacts> events_before(const Ledger& ledger, const StreamId& stream, Position limit, Version events_max) {
  TRY_AS(state, published_state(ledger, stream));
  if (state.version > events_max)
    return fail(Errc::too_large, describe(state.kind, stream) + " has " + std::to_string(state.version) + " events; up to " + std::to_string(events_max) +
                                     " are folded for an answer. Its events can be read page by page");
  TRY_AS(stored, walk(ledger.log(), state.last, state.version, limit));
  if (stored.empty()) return std::unexpected(no_such_stream(stream));
  return projections::facts_of(ledger.log(), std::move(stored));
}

Result<StreamPage> versions_before(const Ledger& ledger, const StreamId& stream, Version from, Version count, Position limit) {
  ENSURE(from >= 1 && count >= 1);
  TRY_AS(state, published_state(ledger, stream));
  if (from > state.version) return StreamPage{{}, from, true};
  const Version to = state.version - from < count ? state.version : from + count - 1;
  Version version = state.version;
  Position at = state.last;
  if (version - to > store::skip_every) {
    TRY_AS(skip, ledger.folds().skip_at_least(stream, to));
    if (skip && skip->version < version) version = skip->version, at = skip->position;
  }
  std::vector<store::StoredEvent> found;
  auto cursor = ledger.log().batches();
  for (; version >= from; --version) {
    TRY_AS(event, ledger.log().event(cursor, at));
    at = event.previous;
    if (version <= to && event.position < limit) found.push_back(std::move(event));
  }
  if (from == 1 && found.empty()) return std::unexpected(no_such_stream(stream));
  std::ranges::reverse(found);
  StreamPage page;
  page.next = from + static_cast<Version>(found.size());
  page.complete = page.next > state.version || page.next <= to;
  TRY_AS(events, projections::facts_of(ledger.log(), std::move(found)));
  page.events = std::move(events);
  return page;
}

namespace {

// The proposal in force that had it excised.
void tell_decision(ExcisedPlace& place, const rules::Authority& authority) {
  for (const auto& [version, proposal] : authority.proposals()) {
    const auto* excised = view_event(proposal.event).body<schema::ProposalMade>().action_as_EventExcised();
    if (!excised || !proposal.in_force || excised->position() != place.excision.position.value) continue;
    place.proposal = version;
    for (const PublicKey& key : proposal.approvals) {
      const auto* enrolment = authority.find(key);
      place.approved_by.push_back(enrolment ? enrolment->vkey.text() : hex(key));
    }
  }
}

}  // namespace

Result<ExcisedPlace> excised_place(const store::Log& log, const rules::Authority& authority, const rules::Excision& excision) {
  TRY_AS(there, log.event(excision.position));
  TRY_AS(held, log.entry(there.index));
  TRY_AS(decision, log.event(excision.decided));
  TRY_AS(decided, log.entry(decision.index));
  ExcisedPlace place{excision, there.index, held.recorded_at, decided.recorded_at, held.author, 0, {}};
  tell_decision(place, authority);
  return place;
}

Result<std::vector<ExcisedPlace>> excised_places(const store::Log& log, const rules::Authority& authority, const StreamId& stream, Position limit) {
  std::vector<ExcisedPlace> places;
  for (const auto& [position, excision] : authority.excisions()) {
    if (excision.stream != stream || position >= limit) continue;
    TRY_AS(place, excised_place(log, authority, excision));
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace caseledger::api
