#include "ledger/rules/triage_policy.h"

#include <algorithm>

#include "ledger/rules/canonical_json.h"
#include "ledger/rules/policy_json.h"

namespace caseledger::rules {

namespace json = boost::json;
using namespace schema;

namespace {

constexpr std::int64_t points_max = 1'000'000'000'000;      // micros, of one factor: 200 of them cannot overflow

constexpr PolicyJson reads{"triage policy"};

}  // namespace

struct PolicyReader {
  TriagePolicy policy;

  Result<void> factor(const json::value& value, const std::string& where) {
    TRY_AS(row, reads.object_of(value, where, {"compare", "feature", "points_micros", "value"}));
    TRY_AS(feature, reads.word(*row, "feature", where));
    TRY_AS(compare, reads.word(*row, "compare", where));
    constexpr std::string_view compares[] = {"lt", "le", "eq", "ge", "gt"};
    const auto at = std::ranges::find(compares, compare);
    if (at == std::end(compares)) return reads.bad(where + ".compare", "wanted lt, le, eq, ge or gt");
    TRY_AS(against, reads.integer(*row, "value", where, -points_max, points_max));
    TRY_AS(points, reads.integer(*row, "points_micros", where, -points_max, points_max));
    policy.factors_.push_back({std::move(feature), static_cast<TriagePolicy::Compare>(at - std::begin(compares)), against, points});
    return {};
  }

  Result<void> band(const json::value& value, const std::string& where, bool last) {
    TRY_AS(row, reads.object_of(value, where, {"at_least_micros", "due_minutes", "priority"}));
    TRY_AS(priority_text, reads.word(*row, "priority", where));
    TRY_AS(priority, reads.named(priority_text, EnumValuesPriority(), EnumNamePriority, where + ".priority"));
    TriagePolicy::Band band{{}, priority, {}};
    if (row->contains("due_minutes")) {
      TRY_AS(due, reads.integer(*row, "due_minutes", where, 1, 10 * 366 * 24 * 60));
      band.due_minutes = static_cast<std::uint32_t>(due);
    }
    if (last != !row->contains("at_least_micros")) return reads.bad(where, "every band but the last has a threshold, at_least_micros");
    if (!last) {
      TRY_AS(threshold, reads.integer(*row, "at_least_micros", where, -points_max * 200, points_max * 200));
      if (!policy.bands_.empty() && *policy.bands_.back().at_least_micros <= threshold) return reads.bad(where, "the thresholds have to fall from band to band");
      band.at_least_micros = threshold;
    }
    policy.bands_.push_back(band);
    return {};
  }

  Result<void> clause(const json::value& value, const std::string& where) {
    TRY_AS(row, reads.object_of(value, where, {"code", "reasons", "requesters"}));
    TRY_AS(code, reads.word(*row, "code", where));
    TRY_AS(reasons, reads.all_named(*row, "reasons", EnumValuesExpediteReason(), EnumNameExpediteReason, where));
    TriagePolicy::Clause clause{std::move(code), std::move(reasons), {}};
    if (row->contains("requesters")) {
      TRY_AS(requesters, reads.all_named(*row, "requesters", EnumValuesRequesterClass(), EnumNameRequesterClass, where));
      clause.requesters = std::move(requesters);
    }
    policy.clauses_.push_back(std::move(clause));
    return {};
  }
};

Result<TriagePolicy> TriagePolicy::parse(std::string_view parameters) {
  TRY_AS(value, parse_canonical_json(parameters));
  TRY_AS(all, reads.object_of(value, "parameters", {"bands", "clauses", "factors"}));
  TRY_AS(factors, reads.rows_of(*all, "factors"));
  TRY_AS(bands, reads.rows_of(*all, "bands"));
  TRY_AS(clauses, reads.rows_of(*all, "clauses"));
  if (bands->empty()) return reads.bad("bands", "wanted at least one");
  PolicyReader reader;
  for (std::size_t i = 0; i < factors->size(); ++i) TRY(reader.factor((*factors)[i], "factors[" + std::to_string(i) + ']'));
  for (std::size_t i = 0; i < bands->size(); ++i) TRY(reader.band((*bands)[i], "bands[" + std::to_string(i) + ']', i + 1 == bands->size()));
  for (std::size_t i = 0; i < clauses->size(); ++i) TRY(reader.clause((*clauses)[i], "clauses[" + std::to_string(i) + ']'));
  return std::move(reader.policy);
}

bool TriagePolicy::Factor::holds(std::int64_t found) const {
  switch (compare) {
    case Compare::lt: return found < value;
    case Compare::le: return found <= value;
    case Compare::eq: return found == value;
    case Compare::ge: return found >= value;
    case Compare::gt: return found > value;
  }
  return false;
}

TriagePolicy::Verdict TriagePolicy::score(const Features& features) const {
  Verdict verdict;
  for (const Factor& factor : factors_)
    for (const Feature* feature : features)
      if (text_of(feature->name()) == factor.feature && factor.holds(feature->value())) verdict.score_micros += factor.points_micros;
  const auto band = std::ranges::find_if(bands_, [&](const Band& each) { return !each.at_least_micros || verdict.score_micros >= *each.at_least_micros; });
  verdict.priority = band->priority;
  verdict.due_minutes = band->due_minutes;
  return verdict;
}

bool TriagePolicy::expedites(std::string_view code, ExpediteReason reason, RequesterClass requester) const {
  const auto clause = std::ranges::find(clauses_, code, &Clause::code);
  if (clause == clauses_.end() || std::ranges::find(clause->reasons, reason) == clause->reasons.end()) return false;
  return clause->requesters.empty() || std::ranges::find(clause->requesters, requester) != clause->requesters.end();
}

}  // namespace caseledger::rules
