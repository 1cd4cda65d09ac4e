// The facts of one stream: as recorded, and as they stand after its corrections and retractions.
#pragma once

#include "ledger/rules/standing.h"
#include "ledger/store/log.h"
#include "projections/projection.h"

namespace caseledger::projections {

// Events copied out of the log, and the facts that point into them. Those whose bytes are gone are left out.
struct RecordedFacts {
  std::vector<store::StoredEvent> stored;
  std::vector<Fact> facts;
};

Result<RecordedFacts> facts_of(const store::Log& log, std::vector<store::StoredEvent> stored);

// The whole stream whose event of that version stands at `last`. Errors: io, verification_failed.
Result<RecordedFacts> recorded_facts(const store::Log& log, Position last, Version version);

// What stands of recorded facts, all of one stream and in order; they have to stay.
class Standing {
 public:
  // last: the stream's version, where its last events are left out of what is recorded.
  explicit Standing(std::span<const Fact> recorded, Version last = 0);

  Version version() const { return version_; }
  std::span<const Fact> facts() const { return facts_; }
  std::span<const Fact> recorded() const { return recorded_; }  // each decision knows what it changes
  rules::Standing::Fate fate(const Fact& recorded) const { return standing_.fate(recorded.event.version); }

 private:
  rules::Standing standing_;
  Version version_;
  std::vector<Fact> recorded_, facts_;
};

}  // namespace caseledger::projections
