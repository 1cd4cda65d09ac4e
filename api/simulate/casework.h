// What else is done for a case, each thing a stream of its own beside the case's: a group has what one case, partner or reader is about.
//
// Assumed throughout: how much of it there is, and when.
#pragma once

#include <map>

#include "api/simulate/phase.h"
#include "api/simulate/stream_events.h"

namespace caseledger::api::simulate {

// By the number of the case.
void write_intake(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out);
void write_tips(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out);
void write_analyses(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out);
void write_evidence(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out);
void write_subject(const YearPlan& year, std::uint32_t number, Phase phase, EventWriter& writer, Group& out);
void write_double(const YearPlan& year, std::uint32_t number, EventWriter& writer, Group& out);  // the same case, opened twice and merged

// By the number of the group.
std::uint64_t other_case_groups(const YearPlan& year);
std::map<schema::CaseType, std::uint64_t> count_other_cases(const YearPlan& year);
void write_other_case(const YearPlan& year, std::uint64_t number, Phase phase, EventWriter& writer, Group& out);
inline constexpr std::uint64_t partner_groups = 24;
void write_partner(const YearPlan& year, std::uint64_t number, EventWriter& writer, Group& out);
inline constexpr std::uint64_t resource_groups = 12;
void write_resources(const YearPlan& year, std::uint64_t number, EventWriter& writer, Group& out);
std::uint64_t coverage_groups();
void write_coverage(const YearPlan& year, std::uint64_t number, EventWriter& writer, Group& out);
std::uint64_t access_groups(const YearPlan& year, Phase phase);
void write_access(const YearPlan& year, std::uint64_t number, Phase phase, EventWriter& writer, Group& out);

// What the streams about one case share: the place and the purpose.
class CaseDesk {
 public:
  CaseDesk(const YearPlan& year, std::uint32_t number, Draw what, EventWriter& writer, Group& out);

  const CasePlan& plan() const { return plan_; }
  Chance& chance() { return chance_; }
  std::uint32_t number() const { return number_; }
  Micros after_report(Micros wait) const { return std::min(plan_.reported_at + wait, last_moment); }
  schema::Ref the_case() const { return ref_to(plan_.stream, 0); }
  std::string_view agency() const { return agency_; }

  // A new stream of that kind, whose first event is at about that time.
  Pen begin(StreamKind kind, Micros at, std::string_view operator_code);
  Pen go_on(StreamKind kind, const StreamId& stream, Version version, std::string_view operator_code);

 private:
  const CasePlan& plan_;
  std::uint32_t number_;
  Chance chance_;
  EventWriter& writer_;
  Group& out_;
  std::string place_, agency_;
};

}  // namespace caseledger::api::simulate
