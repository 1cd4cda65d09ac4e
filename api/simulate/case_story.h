// The events of one case in their order: the place in the story, counted from 1, is the event's version.
#pragma once

#include "api/simulate/phase.h"
#include "api/simulate/year_plan.h"

namespace caseledger::api::simulate {

enum class CaseStep : std::uint8_t {
  opened, child_added, companion_added, determined, queued, scored, prioritised, looked_at, left_queue, assigned, ncic_entered,
  amber_requested, amber_approved, amber_declined, amber_activated, poster_activated, family_contacted, noted,
  linked, reclassified, agency_numbered, deconflicted, process_served, process_returned, service_offered, service_answered,
  ncic_verified, suspended, reviewed, aged, relisted, located, amber_cancelled, ncic_located, recovered, correction_asked, reunified,
  outcome_recorded, mistaken_recovery, retraction_asked, close_proposed,
  correction_decided, retraction_decided, close_approved,
  reopened
};

struct Step {
  CaseStep what;
  Micros at;
};

constexpr Phase phase_of(CaseStep step) {
  if (step <= CaseStep::noted) return Phase::cases_opened;
  if (step <= CaseStep::close_proposed) return Phase::cases_worked;
  return step == CaseStep::reopened ? Phase::cases_reopened : Phase::cases_closed;
}

// When the child was last seen and law enforcement was told, before the case reached us; when the NCIC record was made, and verified if the child
// was missing for so long.
struct Clocks {
  Micros last_contact, reported_le, ncic_entered, ncic_verified;
};

class CaseStory {
 public:
  CaseStory(const CasePlan& plan, std::uint32_t number, std::uint64_t seed);

  std::span<const Step> steps() const { return {steps_.data(), count_}; }
  Version version_of(CaseStep what) const;  // 0: does not happen

 private:
  void add(CaseStep what, Micros at) { steps_.at(count_++) = {what, at}; }
  void first_hours(const CasePlan& plan, Chance& chance);
  void queue(const CasePlan& plan, Chance& chance);
  void long_way(const CasePlan& plan, const Clocks& clocks, Chance& chance);
  void found(const CasePlan& plan, Chance& chance);
  void still_missing(const CasePlan& plan, Chance& chance);
  void decided(const CasePlan& plan);

  std::array<Step, 44> steps_;
  std::size_t count_ = 0;
};

Clocks clocks_of(const CasePlan& plan, std::uint32_t number, std::uint64_t seed);

}  // namespace caseledger::api::simulate
