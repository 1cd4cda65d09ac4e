// Case lives for tests: a log in memory that takes any event, a case that says in one word what happens to it, and lives made at random.
//
// Versions, positions and entries count up by themselves; an entry holds one event. What is made at random is legal: the rules admit it, or
// it is imported. Everything made passes check_event_bytes.
#pragma once

#include <deque>
#include <functional>
#include <unordered_map>

#include "ledger/rules/rules.h"
#include "projections/projection.h"

namespace stories {

using namespace caseledger;
using projections::Fact;

inline constexpr Micros second = 1'000'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
inline constexpr Micros new_year_2024 = 1'704'067'200 * second;

SubjectId subject(unsigned number);
StreamId stream(unsigned number);
PublicKey key_of(unsigned author);

// As events hold them.
schema::Uuid raw(const Uuid& id);
schema::Ref ref(const StreamId& stream, Version version);

// How something is said: the envelope.
struct Said {
  Micros at = new_year_2024;
  schema::Precision precision = schema::Precision::us;
  std::optional<Micros> until = {};
  int offset_minutes = 0;
  Micros recorded_at = 0;  // at the earliest; 0: as it happens
  unsigned author = 1;     // whose key, and which operator
  bool imported = false;
  Version names = 0;       // an earlier event of the stream, as a cause
};

class Log {
 public:
  using Build = std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>;

  template <class Table, class Make>
  Version append(StreamKind kind, const StreamId& stream, const Said& said, Make make) {
    return append(kind, stream, said, schema::BodyTraits<Table>::enum_value, [&](auto& builder) { return make(builder).Union(); });
  }
  Version append(StreamKind kind, const StreamId& stream, const Said& said, schema::Body type, const Build& build);

  // From here on: only what the rules admit or what is imported; version 0 for what is not.
  void be_strict() { strict_ = true; }

  std::span<const Fact> facts() const { return facts_; }
  std::vector<Fact> facts_of(const StreamId& stream) const;
  rules::StreamState state(const StreamId& stream) const;
  Micros clock() const { return facts_.empty() ? 0 : facts_.back().recorded_at; }

 private:
  bool admitted(const Fact& fact) const;

  bool strict_ = false;
  std::deque<Buffer> events_;
  std::vector<Fact> facts_;
  std::unordered_map<StreamId, rules::StreamState> states_;
};

struct KnownClock {
  schema::ClockKind kind = schema::ClockKind::reported_us;
  Micros at = new_year_2024;
  schema::Precision precision = schema::Precision::us;
  std::optional<Micros> until = {};
};

struct Opening {
  schema::CaseType type = schema::CaseType::ERU;
  std::string state = "US-TX";
  std::vector<KnownClock> clocks = {};  // none: reported_us when it is said
};

class Case {
 public:
  const StreamId stream;

  Case(Log& log, const StreamId& id, const Opening& opening = {}, const Said& said = {});
  Case(Log& log, const StreamId& id, std::nullptr_t) : stream(id), log_(log) {}  // one that is open already

  Version child(const SubjectId& id, const Said& said = {}, schema::SubjectRole role = schema::SubjectRole::missing_child,
                std::optional<std::uint8_t> age = {});
  Version located(const SubjectId& child, const Said& said);
  Version recovered(const SubjectId& child, const Said& said, schema::ChildOutcome outcome = schema::ChildOutcome::safe);
  Version suspended(const Said& said);
  Version relisted(const Said& said);
  Version reclassified(schema::ReclassifiedField field, const std::string& from, const std::string& to, const Said& said);
  Version assigned(const std::string& to, const std::string& team, const Said& said);
  Version notice(schema::NoticeKind kind, schema::NoticeAction action, const Said& said);
  Version linked(const StreamId& other, schema::CaseRelation relation, const Said& said);
  Version merged(const StreamId& into, const Said& said);
  Version reopened(schema::ReopenReason reason, Version prior, const Said& said);

  Version closing(schema::CloseReason reason, const Said& said);  // one event: a proposal, or with said.names a confirmation
  Version closed(schema::CloseReason reason, Said said);          // two, by two authors at one time

 private:
  template <class Table, class Make>
  Version say(const Said& said, Make make) { return log_.append<Table>(StreamKind::case_, stream, said, make); }

  Log& log_;
};

struct Snapshot {
  std::string jurisdiction = "US-IN";
  Micros as_of = new_year_2024;
  std::uint32_t cameras = 1;
  std::optional<std::uint64_t> reads = {}, hits = {};
  std::optional<std::uint16_t> retention_days = {};
};
Version snapshot(Log& log, const StreamId& stream, const Snapshot& snapshot, const Said& said = {});

// A number below n, from a generator of the caller's choice.
using Choose = std::function<unsigned(unsigned n)>;

// Up to `steps` events in some case, coverage, report, referral and partner streams, recorded in a mixed order, often late, some with coarse times.
void live(Log& log, const Choose& choose, unsigned steps);

// Up to `steps` decisions of governors and looks of those they enrol. What they decide may take effect or not.
void live_in_office(Log& log, const Choose& choose, unsigned steps);

}  // namespace stories
