#include "projections/standing.h"

#include <algorithm>

#include "ledger/history.h"

namespace caseledger::projections {

Result<RecordedFacts> facts_of(const store::Log& log, std::vector<store::StoredEvent> stored) {
  RecordedFacts recorded{std::move(stored), {}};
  std::erase_if(recorded.stored, [](const store::StoredEvent& each) { return each.kind != ItemKind::event; });
  recorded.facts.reserve(recorded.stored.size());
  std::optional<std::pair<EntryIndex, Entry>> entry;  // of the last event: often the next one's too
  for (const store::StoredEvent& each : recorded.stored) {
    if (!entry || entry->first != each.index) {
      TRY_AS(found, log.entry(each.index));
      entry.emplace(each.index, found);
    }
    recorded.facts.push_back({view_event(each.bytes), each.position, each.index, entry->second.recorded_at, entry->second.author});
  }
  return recorded;
}

Result<RecordedFacts> recorded_facts(const store::Log& log, Position last, Version version) {
  TRY_AS(stored, walk(log, last, version));
  return facts_of(log, std::move(stored));
}

namespace {

const Fact* fact_at(std::span<const Fact> facts, Version version) {
  const auto found = std::ranges::lower_bound(facts, version, {}, [](const Fact& fact) { return fact.event.version; });
  return found != facts.end() && found->event.version == version ? &*found : nullptr;
}

rules::Standing standing_of(std::span<const Fact> recorded) {
  if (recorded.empty()) return {{}, 0, {}};
  return {recorded.front().event.stream, recorded.back().event.version, [&](const StreamId&, Version version) -> std::optional<rules::Recorded> {
            const Fact* fact = fact_at(recorded, version);
            return fact ? std::optional(rules::Recorded{fact->event, fact->author}) : std::nullopt;
          }};
}

}  // namespace

Standing::Standing(std::span<const Fact> recorded, Version last)
    : standing_(standing_of(recorded)), version_(std::max(last, standing_.version())), recorded_(recorded.begin(), recorded.end()) {
  for (Fact& fact : recorded_) {
    if (const Fact* changed = fact_at(recorded, standing_.changed_by(fact.event.version))) fact.changes = changed->recorded_at;
    const auto stands = standing_.at(fact.event.version);
    if (!stands) continue;
    facts_.push_back(fact);
    facts_.back().event = stands->event;
  }
}

}  // namespace caseledger::projections
