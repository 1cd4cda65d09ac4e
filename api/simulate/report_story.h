// What becomes of one report: the events of its stream in their order, the place counted from 1 being the version.
//
// Assumed throughout: how often what happens, and how long it takes. What has not happened by the year's last second is not in the story:
// reports wait at the year's end as they do in life.
#pragma once

#include "api/simulate/phase.h"
#include "api/simulate/reports.h"
#include "api/simulate/triage_table.h"

namespace caseledger::api::simulate {

enum class ReportStep : std::uint8_t {
  received,
  opened, finished, expired, rejected,
  determined, duplicate, queued, scored, prioritised, designated,
  reviewed, overridden, redesignated, expedited, reviewed_again,
  supplemented, joined, retracted, exited
};

constexpr Phase phase_of(ReportStep step) {
  if (step == ReportStep::received) return Phase::reports;
  if (step <= ReportStep::rejected) return Phase::submissions;
  if (step <= ReportStep::designated) return Phase::reports_triaged;
  return step <= ReportStep::reviewed_again ? Phase::reports_reviewed : Phase::reports_left;
}

class ReportStory {
 public:
  struct Event {
    ReportStep what;
    Micros at;
  };

  // referred_as: how its first recipient gets it; unset where it has none.
  ReportStory(const Report& report, schema::Designation referred_as, std::uint64_t seed);

  std::span<const Event> events() const { return {events_.data(), count_}; }
  Version version_of(ReportStep what) const;  // 0: does not happen
  bool goes_out() const { return goes_out_; }  // to its recipients, once it has left the queue
  Micros left_at() const { return left_at_; }

  // What the machine made of it, and what people did.
  std::array<FeatureValue, 8> features() const;
  TriageTable::Verdict verdict;
  schema::Designation by_machine, settled;
  schema::Priority overridden_to = schema::Priority::unset;
  schema::ExpediteReason expedite_reason = schema::ExpediteReason::unset;
  Micros review_began = 0, second_review_began = 0;

 private:
  void add(ReportStep what, Micros at);
  bool submitted(Chance& chance);  // false: nothing comes of it
  void settle(schema::Designation referred_as, Chance& chance);
  void triaged(Chance& chance);
  void reviewed(Chance& chance);
  void left(Chance& chance);

  const Report& report_;
  std::array<Event, 20> events_;
  std::size_t count_ = 0;
  Micros now_;  // the time of the last event
  bool looked_at_ = false, corrected_ = false, goes_out_ = false;
  Micros left_at_ = 0;
};

}  // namespace caseledger::api::simulate
