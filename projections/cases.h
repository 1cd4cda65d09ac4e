// Cases as they stand: how many are in which phase, and the story of one stream.
#pragma once

#include "ledger/rules/standing.h"
#include "projections/projection.h"

namespace caseledger::projections {

// The figure `cases`: how many, by phase, case type at intake and the state the child is missing from.
const Projection& cases();

// ── the story of one stream: what its events come to, and its timeline. Nothing sealed is in it. ──

struct KnownTime {
  Micros at = 0;
  schema::Precision precision = schema::Precision::us;
  std::optional<Micros> until;

  friend bool operator==(const KnownTime&, const KnownTime&) = default;
};

struct CaseStory {
  schema::CaseType type_at_intake = schema::CaseType::unset, type = schema::CaseType::unset;  // the second as reclassified
  std::optional<schema::NcicCategory> ncic_category;
  std::string mpc;
  std::vector<std::pair<schema::ClockKind, KnownTime>> clocks;
  std::string missing_from_state, missing_from_county;
  unsigned episode_no = 0;
  std::string assigned_to, team;

  struct Subject {
    SubjectId id;
    schema::SubjectRole role = schema::SubjectRole::unset;
    std::optional<unsigned> age_years;
    std::string sex;
    std::optional<KnownTime> located, recovered;  // of a missing child, if it is not missing again since
    Version located_by = 0, recovered_by = 0;
    std::optional<schema::ChildOutcome> outcome;
  };
  std::vector<Subject> subjects;

  struct Notice {  // of each kind, its last step
    schema::NoticeKind kind;
    schema::NoticeAction action;
    Micros at;
    std::optional<schema::NoticeRange> range;
  };
  std::vector<Notice> notices;

  std::optional<Micros> next_review_at;  // while it is long-term
  struct Close {
    Version version;
    schema::CloseReason reason;
  };
  std::optional<Close> closing;  // proposed, and waiting for a second pair of eyes
  std::optional<Close> closed;

  std::vector<std::pair<StreamId, schema::CaseRelation>> links;
  std::optional<StreamId> merged_into;
};

struct Story {
  StreamId stream;
  StreamKind kind = StreamKind::unset;
  rules::Phase phase = rules::Phase::none;
  Version version = 0;
  std::optional<CaseStory> of_case;

  struct Line {
    Version version;
    Position position;
    EntryIndex entry;
    std::string_view type;  // "CaseOpened"; good for ever
    KnownTime occurred;
    int offset_minutes;
    Micros recorded_at;
    std::string operator_name, jurisdiction;
    bool automated, imported;
    rules::Standing::Fate fate = rules::Standing::Fate::stands;
    std::optional<Micros> since_reported;  // from the reported_us clock, for what came after it
  };
  std::vector<Line> timeline;
};

// What the recorded events of one stream tell, given all of them in order up to where the story is to end; of those, what had occurred by
// a time. The state is that of what stands, the timeline tells all. Total: without events, an empty story.
Story tell(std::span<const Fact> recorded, std::optional<Micros> occurred_by = std::nullopt);

}  // namespace caseledger::projections
