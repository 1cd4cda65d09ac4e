#include "projections/fold.h"

#include <algorithm>

#include "projections/states.h"

namespace caseledger::projections {

namespace {

// What an event says, or that it says nothing.
Folds::Told said(const StreamId& stream, Version version, unsigned number, std::string what) {
  Buffer name;
  append(name, stream.bytes);
  append_le(name, version);
  Folds::Told told{.to = node("caseledger/event", name), .projection = static_cast<std::uint8_t>(number), .less = {}, .more = {}, .alone = true};
  if (!what.empty()) told.more = std::move(what);
  return told;
}

}  // namespace

Folds::Folds(std::span<const Projection* const> projections) : projections_(projections.begin(), projections.end()), cells_(projections.size()) {
  ENSURE(projections_.size() <= States::heard);
  for (const Projection* projection : projections_) tells_.push_back(projection->tells());
  for (std::size_t type = 0; type < body_numbers; ++type)
    for (std::size_t i = 0; i < projections_.size(); ++i)
      if (projections_[i]->wants(static_cast<schema::Body>(type))) wanting_[type].push_back(static_cast<std::uint8_t>(i));
}

Folds::Folds(const Projection& only) : Folds(std::span<const Projection* const>(std::array{&only})) {}

void Folds::rest_on(Shelf& shelf, std::size_t bytes) {
  shelf_ = &shelf;
  lately_bytes_max_ = bytes;
}

// ── stepping ──

Result<void> Folds::apply(const Fact& fact) {
  const auto& wanting = wanting_[static_cast<std::size_t>(fact.event.type)];
  if (wanting.empty()) return {};
  TRY_AS(place, fetch(fact.event.stream, fact.event.version == 1));
  next_.clear();
  States old(place.bytes());
  for (const unsigned number : wanting) {
    const Projection& projection = *projections_[number];
    for (; !old.done() && old.number() < number; old.next()) States::append(next_, old.number(), old.state());
    state_.assign(old.of(number));
    if (!state_.empty()) old.next();
    const Heard heard = heard_by(place, number);
    const Messages before = messages_of(number, state_, heard);
    projection.step(state_, fact);
    note_told(number, before, messages_of(number, state_, heard));
    std::string what = tells_[number] && projection.says_of(fact.event.kind) ? projection.says(fact) : "";
    if (!what.empty()) told_.push_back(said(fact.event.stream, fact.event.version, number, std::move(what)));
    States::append(next_, number, state_);
  }
  for (; !old.done(); old.next()) States::append(next_, old.number(), old.state());
  become_next(place, fact.event.stream);
  return send_told();
}

Result<void> Folds::refold(const StreamId& stream, const Standing& standing) {
  TRY_AS(place, fetch(stream, false));
  next_.clear();
  States old(place.bytes());
  for (unsigned number = 0; number < projections_.size(); ++number) {
    state_.clear();
    for (const Fact& fact : projections_[number]->as_recorded() ? standing.recorded() : standing.facts())
      if (std::ranges::binary_search(wanting_[static_cast<std::size_t>(fact.event.type)], number)) projections_[number]->step(state_, fact);
    const Heard heard = heard_by(place, number);
    note_told(number, messages_of(number, old.of(number), heard), messages_of(number, state_, heard));
    note_said(number, stream, standing);
    States::append(next_, number, state_);
  }
  for (; !old.done(); old.next())
    if (old.number() >= States::heard) States::append(next_, old.number(), old.state());
  become_next(place, stream);
  return send_told();
}

// The stream's place in memory, with its states if they rest somewhere. Folding anew, one that begins has none anywhere, unless it was told
// something before.
Result<Streams::Place> Folds::fetch(const StreamId& stream, bool begins) {
  const auto place = streams_.place(stream);
  if (!shelf_ || !place.is_fresh()) return place;
  if (anew_ && begins && early_.erase(stream) == 0) return place;
  TRY_AS(states, shelf_->states(stream));
  if (states.empty()) return place;
  if (!States::are(states, projections_.size())) return fail(Errc::verification_failed, "the states of a stream are damaged; rebuild the projections");
  if (anew_) contribute(stream, states, {}, -1);
  streams_.set(place, states);
  return place;
}

void Folds::become_next(Streams::Place place, const StreamId& stream) {
  const std::string_view now = place.bytes();
  if (!anew_ && next_ != now && !place.unsettled()) {
    unsettled_.push_back({stream, before_.size(), now.size()});
    before_ += now;
    streams_.mark(place, true, place.unwritten());
  }
  if (next_ != now) streams_.set(place, next_);
  // Where states rest, one that came to nothing has to be told from one that has not been looked for.
  if (next_.empty() && !place.unsettled() && (!shelf_ || place.is_fresh())) streams_.erase(stream);
}

// ── what streams tell each other ──

Heard Folds::heard_by(const Streams::Place& place, unsigned number) const {
  return Heard(tells_[number] ? States(place.bytes()).of(States::heard + number) : std::string_view{});
}

Folds::Messages Folds::messages_of(unsigned number, std::string_view state, const Heard& heard) const {
  Messages all;
  if (!tells_[number]) return all;
  projections_[number]->tell(state, heard, [&](Projection::Message message) { all.push_back(std::move(message)); });
  std::ranges::sort(all);
  return all;
}

void Folds::note_told(unsigned number, const Messages& before, const Messages& now) {
  const auto say = [&](const StreamId& to, const std::string* less, const std::string* more, std::int64_t times) {
    Told& told = told_.emplace_back(to, static_cast<std::uint8_t>(number));
    if (less) told.less = *less;
    if (more) told.more = *more;
    told.times = times;
  };
  for (auto was = before.begin(), is = now.begin(); was != before.end() || is != now.end();) {
    const bool gone = is == now.end() || (was != before.end() && was->to < is->to), fresh = was == before.end() || (is != now.end() && is->to < was->to);
    if (gone) say(was->to, &was->what, nullptr, was->times);
    else if (fresh) say(is->to, nullptr, &is->what, is->times);
    else if (was->what == is->what && was->times != is->times) say(is->to, nullptr, &is->what, is->times - was->times);
    else if (was->what != is->what && was->times == is->times) say(is->to, &was->what, &is->what, is->times);
    else if (was->what != is->what) say(was->to, &was->what, nullptr, was->times), say(is->to, nullptr, &is->what, is->times);
    was += !fresh;
    is += !gone;
  }
}

// What each event of a refolded stream says now. Of a stream of which nothing is left, not even its kind is known.
void Folds::note_said(unsigned number, const StreamId& stream, const Standing& standing) {
  const Projection& projection = *projections_[number];
  if (standing.recorded().empty() ? !tells_[number] : !projection.says_of(standing.recorded().front().event.kind)) return;
  const auto facts = projection.as_recorded() ? standing.recorded() : standing.facts();
  auto fact = facts.begin();
  for (Version version = 1; version <= standing.version(); ++version) {
    const bool stands = fact != facts.end() && fact->event.version == version;
    told_.push_back(said(stream, version, number, stands ? projection.says(*fact) : ""));
    fact += stands;
  }
}

Result<void> Folds::send_told() {
  while (!told_.empty()) {
    Told told = std::move(told_.back());
    told_.pop_back();
    if (!send_ || !send_(told)) TRY(take_in(told));
  }
  return {};
}

Result<void> Folds::hear(const Told& told) {
  TRY(take_in(told));
  return send_told();
}

Result<void> Folds::take_in(const Told& told) {
  TRY_AS(place, fetch(told.to, false));
  if (anew_ && shelf_ && place.bytes().empty() && !is_node(told.to)) early_.insert(told.to);
  States old(place.bytes());
  const std::string_view state = old.of(told.projection), heard = old.of(States::heard + told.projection);
  std::string now(told.alone ? "" : heard);
  if (told.more) now = Heard(now).with(*told.more, told.times);
  if (told.less) now = Heard(now).with(*told.less, -told.times);
  note_told(told.projection, messages_of(told.projection, state, Heard(heard)), messages_of(told.projection, state, Heard(now)));
  next_.clear();
  States::append_with(next_, place.bytes(), States::heard + told.projection, now);
  become_next(place, told.to);
  return {};
}

// ── settling ──

// What the states add with what was heard, without those that are the same in `except`.
void Folds::contribute(const StreamId& stream, std::string_view states, std::string_view except, std::int64_t sign) {
  States others(except), heard(states), others_heard(except);
  for (States each(states); !each.done() && each.number() < States::heard; each.next()) {
    const unsigned number = each.number();
    const std::string_view told = heard.of(States::heard + number);
    if (others.of(number) == each.state() && others_heard.of(States::heard + number) == told) continue;
    projections_[number]->contribute(each.state(), Share(stream, cells_[number], sign, Heard(told)));
  }
}

void Folds::settle() {
  if (anew_) {
    streams_.each([&](const StreamId& stream, std::string_view states) { contribute(stream, states, {}, 1); });
    anew_ = streams_.size() == 0;
    return;
  }
  for (const Unsettled& each : unsettled_) {
    const auto place = streams_.place(each.stream);
    const std::string_view before = std::string_view(before_).substr(each.begin, each.size), now = place.bytes();
    contribute(each.stream, now, before, 1);  // first: a cell that both have never falls to zero in between
    contribute(each.stream, before, now, -1);
    if (!place.unwritten() && !all_unwritten_) unwritten_.push_back(each.stream);
    streams_.mark(place, false, true);
    if (now.empty() && !shelf_) streams_.erase(each.stream);
  }
  unsettled_.clear();
  before_.clear();
}

Result<void> Folds::make_room() {
  if (!shelf_ || streams_.lately_bytes() < lately_bytes_max_) return {};
  ENSURE(unsettled_.empty() && unwritten_.empty());
  TRY(lay_down_older());
  return {};
}

Result<void> Folds::put_to_rest() {
  ENSURE(shelf_ && anew_ && unsettled_.empty());
  TRY(lay_down_older());
  TRY(lay_down_older());
  anew_ = false;
  return {};
}

// A state that goes to rest is in the sums from then on, one that follows the log is both in them and written before.
Result<void> Folds::lay_down_older() {
  if (anew_) {
    std::vector<std::pair<StreamId, std::string_view>> older;
    streams_.each_before([&](const StreamId& stream, std::string_view states) { older.emplace_back(stream, states); });
    std::ranges::sort(older);
    std::vector<Row> rows;
    rows.reserve(older.size());
    for (const auto& [stream, states] : older) {
      contribute(stream, states, {}, 1);
      rows.emplace_back(stream_key(stream), states);
    }
    TRY(shelf_->put(rows));
  }
  streams_.turn();
  return {};
}

void Folds::merge(Folds&& other) {
  ENSURE(unsettled_.empty() && other.unsettled_.empty() && (!other.anew_ || other.streams_.size() == 0) && all_unwritten_);
  if (streams_.size() == 0) anew_ = other.anew_;
  streams_.adopt(std::move(other.streams_));
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].merge(other.cells_[i]);
}

}  // namespace caseledger::projections
