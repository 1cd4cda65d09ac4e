// What happens to each missing-child case of the year, decided before any event is written.
//
// One missing child per case. How many cases there are, how many children are recovered by the year's end, and the counts
// by type and by state are exact; who, when and how is chance. Published (NCMEC): 29,568 cases and 27,033 recovered in 2024, 91 % endangered
// runaways, nonfamily abductions about 1 %, AMBER Alerts of 2015 by case type, deployments of 2020; populations of the states as
// weights. Assumed: everything else, above all the times to recovery.
#pragma once

#include "api/simulate/apportion.h"
#include "api/simulate/published.h"
#include "case_generated.h"
#include "recovery_generated.h"

namespace caseledger::api::simulate {

using schema::CaseType;
using schema::ChildOutcome;

// 2024, UTC.
inline constexpr Micros year_begins = 1'704'067'200 * second_us, year_ends = 1'735'689'600 * second_us;
// Nothing of the year is dated later than this, its last second.
inline constexpr Micros last_moment = year_ends - second_us;

enum class Amber : std::uint8_t { none, declined, activated };

struct CasePlan {
  StreamId stream = {};
  SubjectId child = {};
  SubjectId companion = {};  // the abductor, or who the child is with; nil when nobody is known
  Micros reported_at = 0;
  Micros born_at = 0;
  CaseType type = CaseType::unset;
  std::uint8_t state = 0;  // index into states()
  std::uint8_t age = 0;
  bool girl = false;
  std::uint8_t race = 0;  // index into race_codes()
  bool state_care = false;
  bool trafficking = false;
  std::uint16_t episode = 1;
  std::uint32_t first_case = 0;    // the case of the child's first episode: this one, or earlier
  std::uint32_t earlier_case = 0;  // the episode before, when this is not the first

  bool recovered = false;
  Micros recovered_at = 0;  // when recovered
  ChildOutcome outcome = ChildOutcome::unset;
  Micros located_at = 0, suspended_at = 0;          // 0: never
  Micros close_proposed_at = 0, close_approved_at = 0;
  Amber amber = Amber::none;
  bool poster = false;

  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t hotlist = none;     // entry for the vehicle
  std::uint32_t alert = none;       // that led to the recovery
  std::uint32_t deployment = none;
  bool deployment_led = false;      // to the recovery

  Micros end() const { return recovered ? recovered_at : last_moment; }
  Micros first_news() const { return located_at != 0 ? located_at : end(); }  // until then nobody knows where the child is
  bool missing_for(Micros duration) const { return end() - reported_at >= duration; }
};

std::span<const std::string_view> race_codes();

// 1:parts of the year's cases, in order of their report.
std::vector<CasePlan> plan_cases(std::uint64_t parts, std::uint64_t seed);

// `count` of the given things, or all when there are fewer, picked at random, in their order.
std::vector<std::uint32_t> pick(std::vector<std::uint32_t> from, std::uint64_t count, Chance chance);

}  // namespace caseledger::api::simulate
