// What the cases of a year come to, counted from its plan: what anyone who has appended it may check a ledger against.
#pragma once

#include <map>
#include <string>

#include "api/simulate/year_plan.h"

namespace caseledger::api {

struct CaseCount {
  std::uint64_t cases = 0;
  std::uint64_t recovered = 0;  // by the year's end, alive or dead

  friend bool operator==(const CaseCount&, const CaseCount&) = default;
};

struct Totals {
  friend bool operator==(const Totals&, const Totals&) = default;

  // Missing children. One child per case, so a case is an episode.
  CaseCount cases;
  std::map<schema::CaseType, CaseCount> by_type;
  std::map<std::string, CaseCount> by_state;  // "US-CA"
  CaseCount in_state_care;
  std::uint64_t in_state_care_and_trafficked = 0;
  std::uint64_t children = 0;                 // distinct: some are missing more than once
  std::uint64_t deceased = 0;                 // among the recovered
  std::uint64_t closed = 0;                   // among the recovered
  std::uint64_t located = 0, long_term = 0;   // among those still missing; the others are active
  std::uint64_t amber_alerts = 0;
  std::uint64_t recoveries_by_alert = 0;      // with an alert of a reader among their attributions
  std::uint64_t recoveries_by_deployment = 0;

  std::map<schema::CaseType, std::uint64_t> other_cases;  // without a missing child, which no figure above counts

  std::uint64_t hotlist_entries = 0;
  std::uint64_t alerts = 0;
  std::map<schema::AlertOutcome, std::uint64_t> alerts_by_outcome;  // unset: never adjudicated
  std::uint64_t acted_unverified = 0;                               // before anyone adjudicated them

  std::uint64_t deployments_requested = 0, deployments_on_site = 0, deployments_virtual = 0, deployments_declined = 0;
};

}  // namespace caseledger::api

namespace caseledger::api::simulate {

Totals count(const YearPlan& year);

}  // namespace caseledger::api::simulate
