// The points tables that a year's reports and cases are scored by: published as policies, and applied here as ledger/rules/triage_policy.h
// applies them to what is recorded.
#pragma once

#include <array>
#include <span>
#include <string>

#include "triage_generated.h"

namespace caseledger::api::simulate {

struct FeatureValue {
  std::string_view name;
  std::int64_t value;
};

struct TriageFactor {
  std::string_view feature;
  bool equal;  // the value has to be equal, else at least as great
  std::int64_t value, points;
};
struct TriageBand {
  std::int64_t at_least;
  schema::Priority priority;
  std::uint32_t due_minutes;
};
struct TriageClause {
  std::string_view code;
  std::array<schema::ExpediteReason, 2> reasons;
};

struct TriageTable {
  std::span<const TriageFactor> factors;
  std::span<const TriageBand> bands;  // the last is for everything else: its threshold counts for nothing
  std::span<const TriageClause> clauses;

  struct Verdict {
    std::int64_t score_micros;
    schema::Priority priority;
    std::uint32_t due_minutes;
  };
  Verdict apply(std::span<const FeatureValue> features) const;
  std::string parameters() const;  // of the policy
};

const TriageTable& report_triage();
const TriageTable& case_triage();

// What a clause of both tables is for.
std::string_view clause_for(schema::ExpediteReason reason);  // "none": no clause puts an item first for it

}  // namespace caseledger::api::simulate
