#include "api/simulate/triage_table.h"

#include <algorithm>

namespace caseledger::api::simulate {

using namespace schema;

namespace {

constexpr std::int64_t point = 1'000'000;

// Assumed. Values are those of IncidentType and CaseType.
constexpr TriageFactor report_factors[] = {
    {"esp_escalated", false, 1, 60}, {"incident_type", true, 4, 45}, {"incident_type", true, 2, 40}, {"incident_type", true, 7, 30},
    {"incident_type", true, 3, 20},  {"sextortion", false, 1, 30},   {"in_the_us", false, 1, 15},    {"location_known", false, 1, 5},
    {"files", false, 1, 5},          {"files", false, 20, 10},       {"bundled", false, 10, -10},
};
constexpr TriageBand report_bands[] = {
    {75, Priority::P0, 60}, {50, Priority::P1, 720}, {35, Priority::P2, 4'320}, {20, Priority::P3, 20'160}, {0, Priority::P4, 129'600},
};
constexpr TriageFactor case_factors[] = {
    {"case_type", true, 2, 60}, {"case_type", true, 3, 45}, {"case_type", true, 1, 25}, {"age_band", true, 0, 40},
    {"episode", false, 2, 10}, {"hours_missing", false, 24, 10},
};
constexpr TriageBand case_bands[] = {
    {60, Priority::P0, 30}, {40, Priority::P1, 120}, {20, Priority::P2, 720}, {10, Priority::P3, 1'440}, {0, Priority::P4, 4'320},
};
constexpr TriageClause clauses[] = {
    {"authority", {ExpediteReason::leo_request, ExpediteReason::court}},
    {"imminent", {ExpediteReason::imminent_danger, ExpediteReason::abduction}},
    {"young", {ExpediteReason::age_lt_12, ExpediteReason::age_lt_12}},
};

constexpr TriageTable report_table{report_factors, report_bands, clauses}, case_table{case_factors, case_bands, clauses};

template <class Rows, class Row>
std::string list(const Rows& rows, Row row) {
  std::string text;
  for (const auto& each : rows) text.append(text.empty() ? "[" : ",").append(row(each));
  return text + "]";
}

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

const TriageTable& report_triage() { return report_table; }
const TriageTable& case_triage() { return case_table; }

std::string_view clause_for(ExpediteReason reason) {
  for (const TriageClause& clause : clauses)
    if (std::ranges::find(clause.reasons, reason) != clause.reasons.end()) return clause.code;
  return "none";
}

TriageTable::Verdict TriageTable::apply(std::span<const FeatureValue> features) const {
  std::int64_t points = 0;
  for (const TriageFactor& factor : factors)
    for (const FeatureValue& feature : features)
      if (feature.name == factor.feature && (factor.equal ? feature.value == factor.value : feature.value >= factor.value)) points += factor.points;
  const auto band = std::ranges::find_if(bands.first(bands.size() - 1), [&](const TriageBand& each) { return points >= each.at_least; });
  return {points * point, band->priority, band->due_minutes};
}

// Canonical: members in order, no spaces.
std::string TriageTable::parameters() const {
  const auto band = [this](const TriageBand& each) {
    const std::string threshold = &each == &bands.back() ? "" : "\"at_least_micros\":" + std::to_string(each.at_least * point) + ',';
    return '{' + threshold + "\"due_minutes\":" + std::to_string(each.due_minutes) + ",\"priority\":" + quoted(EnumNamePriority(each.priority)) + '}';
  };
  const auto clause = [](const TriageClause& each) {
    const auto reasons = std::span(each.reasons).first(each.reasons[0] == each.reasons[1] ? 1 : 2);
    return "{\"code\":" + quoted(each.code) + ",\"reasons\":" + list(reasons, [](ExpediteReason reason) { return quoted(EnumNameExpediteReason(reason)); }) + '}';
  };
  const auto factor = [](const TriageFactor& each) {
    return "{\"compare\":" + quoted(each.equal ? "eq" : "ge") + ",\"feature\":" + quoted(each.feature) + ",\"points_micros\":" + std::to_string(each.points * point) +
           ",\"value\":" + std::to_string(each.value) + '}';
  };
  return "{\"bands\":" + list(bands, band) + ",\"clauses\":" + list(clauses, clause) + ",\"factors\":" + list(factors, factor) + '}';
}

}  // namespace caseledger::api::simulate
