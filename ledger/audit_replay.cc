#include "ledger/audit_replay.h"

#include <algorithm>

#include "ledger/editions.h"
#include "ledger/rules/claims.h"
#include "ledger/rules/policy_check.h"
#include "ledger/store/folds.h"
#include "ledger/store/log.h"

namespace caseledger::audit {

void Backlinks::add(Position position, std::optional<Position> previous) {
  if (distance_.size() <= position.value) distance_.resize(position.value + 1);
  if (!previous) return;
  const std::uint64_t distance = position - *previous;
  distance_[position.value] = distance < far ? static_cast<std::uint32_t>(distance) : far;
  if (distance >= far) far_[position.value] = distance;
}

std::optional<Position> Backlinks::previous(Position position) const {
  if (position.value >= distance_.size() || distance_[position.value] == 0) return std::nullopt;
  const std::uint32_t distance = distance_[position.value];
  return Position{position.value - (distance < far ? distance : far_.at(position.value))};
}

Replay::Replay(std::string origin, Micros clock_tolerance, Source& source, Findings& findings, AuditCounts& counts, const rules::Excisions& presumed)
    : clock_tolerance_(clock_tolerance),
      source_(source),
      findings_(findings),
      counts_(counts),
      authority_(std::move(origin)),
      presumed_(presumed),
      stream_of_([this](const StreamId& id) { return heads_.get(id); }),
      find_([this](const StreamId& id, Version version) { return find(id, version); }),
      find_linked_([this](const SubjectId& document) { const auto found = linked_.find(document); return found == linked_.end() ? std::vector<StreamId>() : found->second; }) {}

// ── entry by entry ──

void Replay::take(Exhibit& exhibit) {
  findings_.add(exhibit.findings);
  ++counts_.entries;
  counts_.signatures += exhibit.signatures;
  counts_.sealed_parts += exhibit.sealed_parts;
  counts_.opened_parts += exhibit.opened_parts;
  counts_.erased_parts += exhibit.erased_parts;
  const Position first = place(exhibit);
  at_hand_ = &exhibit;
  first_at_hand_ = first;
  const std::uint64_t count = exhibit.parsed ? exhibit.parsed->count : exhibit.events.size();
  next_ = first + count;
  if (exhibit.events.empty()) {
    lost_events_ += std::max<std::uint64_t>(1, count);
    return;
  }
  if (!exhibit.sound) lost_events_ += count;  // any of them may have been another

  const auto author = exhibit.sound ? authority_.author(exhibit.parsed->author) : Result<const rules::Enrolment*>(nullptr);
  if (!author && !excused(author.error().code))
    findings_.add(error("rules." + std::string(name(author.error().code)), source_.entry_place(exhibit.index), author.error().sentence));
  std::optional<rules::Context> context;
  if (exhibit.sound)
    context.emplace(rules::Context{authority_, author ? *author : nullptr, exhibit.parsed->author, exhibit.parsed->recorded_at, clock_tolerance_, stream_of_, find_, exhibit.index, &presumed_, &find_linked_});
  for (const SeenEvent& seen : exhibit.events)
    if (seen.view) heads_.expect(seen.view->stream);
  for (std::size_t i = 0; i < exhibit.events.size(); ++i) take_event(exhibit, i, first + i, context ? &*context : nullptr);
}

// Where its batch belongs: behind the one before. What the entry claims is held to it, and its time to the time before.
Position Replay::place(const Exhibit& exhibit) {
  if (!exhibit.parsed) {
    ++uncounted_entries_;
    return next_;
  }
  const Entry& entry = *exhibit.parsed;
  const auto wrong = [&](const char* code, std::string sentence) { findings_.add(error(code, source_.entry_place(exhibit.index), std::move(sentence))); };
  // Behind an entry that cannot be read, the next one says how many events that one had.
  if (entry.first_position > next_ && entry.first_position - next_ <= uncounted_entries_ * events_per_batch_max) next_ = entry.first_position;
  uncounted_entries_ = 0;
  const std::uint64_t offset = entry.first_position - next_;
  if (offset != 0 && offset != offset_)
    wrong("entry.chain", "its first position is given as " + number(entry.first_position.value) + ", the entries before it end at " + number(next_.value));
  offset_ = offset;
  if (entry.recorded_at < recorded_at_)
    wrong("entry.time", "recorded at " + to_rfc3339(entry.recorded_at) + ", before the entry ahead of it, " + to_rfc3339(recorded_at_));
  recorded_at_ = entry.recorded_at;
  return next_;
}

// ── event by event ──

void Replay::take_event(const Exhibit& exhibit, std::size_t which, Position position, const rules::Context* context) {
  const SeenEvent& seen = exhibit.events[which];
  if (seen.kind == ItemKind::leaf) leaves_.emplace_back(position, exhibit.index);
  if (seen.kind == ItemKind::leaf && take_excised(exhibit, which, position)) return;
  if (!seen.view) {
    backlinks_.add(position, std::nullopt);
    counts_.withheld_events += seen.kind == ItemKind::leaf;
    lost_events_ += exhibit.sound;
    return;
  }
  const EventView& event = *seen.view;
  lent_.clear();
  ++counts_.events;
  counts_.event_bytes += event.bytes.size();
  const auto at = heads_.place(event.stream);
  const rules::StreamState state = heads_.at(at);
  counts_.streams += state.version == 0;
  if (exhibit.links) check_link(exhibit, which, place_of(exhibit, which, position), state);
  if (presumed_.contains(position))
    findings_.add(error("event.not_excised", place_of(exhibit, which, position), "its excision is decided, and its bytes are still there"));

  const bool gap = !follows(state, event);
  bool admitted = false;
  if (context && !gap) admitted = judge(state, exhibit, which, position, *context);
  else ++counts_.unjudged_events;
  // The authority changes only by what it admits; an event that is not judged is asked about alone.
  if (event.kind == StreamKind::governance && exhibit.parsed && (admitted || authority_.admits(exhibit.parsed->author, event)))
    authority_.apply(exhibit.parsed->author, event, position);
  backlinks_.add(position, state.version == 0 ? std::nullopt : std::optional(state.last));
  heads_.set(at, rules::advance(state, event, position, find_));
  if (event.version % store::skip_every == 0) skips_[{event.stream, event.version}] = position;
  if (event.type == schema::Body::ReportReleased) {
    const auto& body = event.body<schema::ReportReleased>();
    released_.push_back({position, edition_path(edition_place(body)), hash_of(*body.sha256())});
  }
  if (event.type == schema::Body::DocumentLinked) linked_[uuid_of(*event.body<schema::DocumentLinked>().document_subject_id())].push_back(event.stream);
}

Place Replay::place_of(const Exhibit& exhibit, std::size_t which, Position position) const {
  Place place = source_.batch_place(exhibit.index);
  place.position = position;
  place.stream = exhibit.events[which].view->stream;
  place.version = exhibit.events[which].view->version;
  return place;
}

// An event whose excision a later one decides is void from the start; its version counts.
bool Replay::take_excised(const Exhibit& exhibit, std::size_t which, Position position) {
  const auto found = presumed_.find(position);
  if (found == presumed_.end()) return false;
  const rules::Excision& excision = found->second;
  const auto at = heads_.place(excision.stream);
  const rules::StreamState state = heads_.at(at);
  Place place = source_.batch_place(exhibit.index);
  place.position = position;
  place.stream = excision.stream;
  place.version = excision.version;
  if (exhibit.links) check_link(exhibit, which, place, state);
  if (excision.version != state.version + 1 || (state.version != 0 && state.kind != excision.kind))
    findings_.add(error("event.excised", place, "the excision names another event than stands there: its stream is at version " + number(state.version)));
  const bool sealed = std::ranges::any_of(exhibit.sealed, [&](const auto& row) { return row.position == position; });
  if (sealed) findings_.add(error("sealed.extra", place, "there is a sealed part of an event that was excised"));
  ++counts_.excised_events;
  counts_.streams += state.version == 0;
  backlinks_.add(position, state.version == 0 ? std::nullopt : std::optional(state.last));
  heads_.set(at, rules::pass(state, excision.kind, excision.version, position));
  if (excision.version % store::skip_every == 0) skips_[{excision.stream, excision.version}] = position;
  return true;
}

void Replay::finish() {
  const auto& decided = authority_.excisions();
  for (const auto& [position, index] : leaves_) {
    if (decided.contains(position) || (source_.may_withhold() && !presumed_.contains(position))) continue;
    Place place = source_.batch_place(index);
    place.position = position;
    findings_.add(error("event.missing", std::move(place), "only its leaf hash is there, and no excision that was decided names it"));
  }
}

void Replay::check_link(const Exhibit& exhibit, std::size_t which, const Place& place, const rules::StreamState& state) {
  const Position link{load_le<std::uint64_t>(exhibit.links->data() + 8 * which)};
  const Position wanted = state.version == 0 ? store::no_link : state.last;
  if (link == wanted) return;
  const auto say = [](Position p) { return p == store::no_link ? std::string("none") : number(p.value); };
  findings_.add(error("link.wrong", place,
      "the event before it in its stream stands at position " + say(wanted) + ", the link says " + say(link)));
}

// Whether what stands before the event in its stream is known. A gap is excused once for each event whose content is not.
bool Replay::follows(const rules::StreamState& state, const EventView& event) {
  if (lost_events_ == 0) return true;
  if (gaps_.contains(event.stream)) return false;
  if (event.version <= state.version + 1) return true;
  const std::uint64_t lacking = event.version - state.version - 1;
  if (missing_versions_ + lacking > lost_events_) return true;  // more than can be excused: the rules will say so
  missing_versions_ += lacking;
  gaps_.insert(event.stream);
  return false;
}

// What may be due to an enrolment, or another stream's event, whose content is not known.
bool Replay::excused(Errc code) const {
  if (lost_events_ == 0) return false;
  return code == Errc::unknown_author || code == Errc::not_permitted || code == Errc::unresolved_reference || authority_.governors().empty();
}

// Until its excision was decided, an event was there for what followed it to rest on.
bool Replay::lacks_excised(const StreamId& stream, Position position) const {
  return std::ranges::any_of(presumed_, [&](const auto& each) { return each.second.stream == stream && each.first < position && position < each.second.decided; });
}

bool Replay::judge(const rules::StreamState& state, const Exhibit& exhibit, std::size_t which, Position position, const rules::Context& context) {
  const SeenEvent& seen = exhibit.events[which];
  const EventView& event = *seen.view;
  const auto refs = std::span(exhibit.refs).subspan(seen.refs_begin, seen.refs_end - seen.refs_begin);
  const auto admitted = rules::admit(state, event, refs, context);
  if (!admitted && (excused(admitted.error().code) || lacks_excised(event.stream, position))) {
    ++counts_.unjudged_events;
  } else if (!admitted) {
    findings_.add(error("rules." + std::string(name(admitted.error().code)), place_of(exhibit, which, position), admitted.error().sentence));
  } else if (event.fields->imported()) {
    const auto fits = rules::admit_transition(state, event, context);
    counts_.imported_anomalies += !fits && fits.error().code == Errc::illegal_transition;
  } else if (auto breach = rules::policy_breach(event, context, policies_)) {
    ++counts_.policy_breaches;
    findings_.add(warning(std::move(breach->code), place_of(exhibit, which, position), std::move(breach->sentence)));
  }
  if (!admitted) return false;
  if (auto claims = rules::check_claims(event, context); !claims)
    findings_.add(warning("claims." + std::string(name(claims.error().code)), place_of(exhibit, which, position), std::move(claims.error().sentence)));
  return true;
}

// ── looking back ──

std::optional<rules::Recorded> Replay::find(const StreamId& stream, Version version) {
  const rules::StreamState state = heads_.get(stream);
  if (version == 0 || version > state.version) return std::nullopt;
  Position position = state.last;
  Version at = state.version;
  // The nearest known place at or behind it: some streams have a hundred thousand events.
  if (const auto skip = skips_.find({stream, (version + store::skip_every - 1) / store::skip_every * store::skip_every}); skip != skips_.end()) {
    at = skip->first.version;
    position = skip->second;
  }
  for (; at > version; --at) {
    const auto previous = backlinks_.previous(position);
    if (!previous) return std::nullopt;
    position = *previous;
  }
  if (position >= first_at_hand_) {
    const auto& view = at_hand_->events[position - first_at_hand_].view;
    return view && view->stream == stream && view->version == version && at_hand_->parsed ? std::optional(rules::Recorded{*view, at_hand_->parsed->author, position}) : std::nullopt;
  }
  auto again = source_.event(position);
  std::vector<FoundRef> ignored;
  if (!again || !check_event_bytes(again->event, ignored)) return std::nullopt;
  lent_.push_back(std::move(again->event));
  const EventView event = view_event(lent_.back());
  if (event.stream != stream || event.version != version) return std::nullopt;
  return rules::Recorded{event, again->author, position};
}

}  // namespace caseledger::audit
