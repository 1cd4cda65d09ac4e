#include "ledger/rules/standing.h"

#include <algorithm>

namespace caseledger::rules {

using namespace schema;

bool amends(const EventView& event) {
  if (event.type == Body::CorrectionDecided) return event.body<CorrectionDecided>().decision() == Decision::approved;
  if (event.type == Body::RetractionDecided) return event.body<RetractionDecided>().decision() == Decision::approved;
  return false;
}

Standing::Standing(const StreamId& stream, Version version, const FindRecorded& find) {
  for (Version v = 1; v <= version; ++v) {
    if (const auto found = find(stream, v)) {
      add(*found);
    } else {
      events_.emplace_back();
      standing_.emplace_back();
      fates_.push_back(Fate::stands);
    }
  }
}

void Standing::add(const Recorded& recorded) {
  events_.push_back(recorded);
  standing_.push_back(recorded);
  fates_.push_back(Fate::stands);
  if (!amends(recorded.event)) return;
  amended_ = true;
  amend(recorded.event);
}

// Total: a decision that names no request, or a request that names no target, changes nothing.
void Standing::amend(const EventView& decision) {
  const bool corrects = decision.type == Body::CorrectionDecided;
  const Ref& named = corrects ? *decision.body<CorrectionDecided>().request() : *decision.body<RetractionDecided>().request();
  if (uuid_of(named.stream()) != decision.stream || named.version() == 0 || named.version() >= decision.version) return;
  const auto& request = events_[named.version() - 1];
  if (!request || request->event.type != (corrects ? Body::CorrectionRequested : Body::RetractionRequested)) return;
  const auto& asked = request->event;
  const Ref& target = corrects ? *asked.body<CorrectionRequested>().target() : *asked.body<RetractionRequested>().target();
  if (uuid_of(target.stream()) != decision.stream || target.version() == 0 || target.version() >= named.version()) return;
  changes_.emplace_back(decision.version, target.version());
  auto& standing = standing_[target.version() - 1];
  auto& fate = fates_[target.version() - 1];
  if (!corrects) {
    standing.reset();
    fate = Fate::retracted;
    return;
  }
  const auto& bytes = *asked.body<CorrectionRequested>().replacement();
  replacements_.emplace_back(bytes.begin(), bytes.end());
  const auto& recorded = events_[target.version() - 1];
  standing = Recorded{view_event(replacements_.back()), recorded ? recorded->author : request->author};
  fate = Fate::corrected;
}

Version Standing::changed_by(Version decision) const {
  const auto found = std::ranges::lower_bound(changes_, decision, {}, &std::pair<Version, Version>::first);
  return found != changes_.end() && found->first == decision ? found->second : 0;
}

std::optional<Recorded> Standing::at(Version version) const {
  return version == 0 || version > standing_.size() ? std::nullopt : standing_[version - 1];
}

StreamState Standing::step(StreamState state, Version version, Position last) const {
  if (const auto& event = standing_[version - 1]) return apply(state, event->event, last);
  if (state.version > 0) state.version = version, state.last = last;  // void, and counted
  return state;
}

StreamState Standing::state(Version up_to, Position last) const {
  StreamState state;
  for (Version v = 1; v <= up_to; ++v) state = step(state, v, last);
  return state;
}

StreamState refold(const StreamId& stream, StreamKind kind, Version version, Position last, const FindRecorded& find) {
  const Standing standing(stream, version, find);
  StreamState state = pass(standing.state(version, last), kind, version, last);
  if (standing.amended()) state.flags |= amended;
  return state;
}

StreamState advance(const StreamState& state, const EventView& event, Position position, const FindRecorded& find) {
  if (!amends(event)) return apply(state, event, position);
  Standing standing(event.stream, event.version - 1, find);
  standing.add({event, {}});
  StreamState folded = standing.state(event.version, position);
  folded.flags |= amended;
  return folded;
}

}  // namespace caseledger::rules
