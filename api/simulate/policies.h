// The policies that a year's decisions are made by: each a stream of one version, and what it says as data.
#pragma once

#include "api/simulate/case_plan.h"
#include "api/simulate/pen.h"

namespace caseledger::api::simulate {

enum class Rule : std::uint8_t {
  report_triage, case_triage, expedite, deployment, retention, suppression, metric_definition, model_card, forensic_partnership
};
inline constexpr std::size_t rules_count = 9;
inline constexpr std::string_view rule_version = "1.0.0";

schema::Ref policy(Rule rule, std::uint64_t seed);
void write_policy(Rule rule, std::uint64_t seed, EventWriter& writer, Group& out);

// Preservation, 18 U.S.C. 2258A(h): 90 days for what is received before 2024-05-07, one year since (REPORT Act).
Micros preserved_until(Micros from);

}  // namespace caseledger::api::simulate
