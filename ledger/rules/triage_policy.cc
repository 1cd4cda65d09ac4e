#include "ledger/rules/triage_policy.h"

#include <algorithm>
#include <boost/json.hpp>

#include "ledger/rules/canonical_json.h"

namespace caseledger::rules {

namespace json = boost::json;
using namespace schema;

namespace {

constexpr std::size_t rows_max = 200;                       // factors, bands or clauses
constexpr std::int64_t points_max = 1'000'000'000'000;      // micros, of one factor: 200 of them cannot overflow

std::unexpected<Error> bad(const std::string& where, std::string_view why) { return fail(Errc::value_out_of_range, "triage policy: " + where + ": " + std::string(why)); }

// The members of an object, every one of which has to be known.
Result<const json::object*> object_of(const json::value& value, const std::string& where, std::initializer_list<std::string_view> known) {
  if (!value.is_object()) return bad(where, "wanted an object");
  for (const auto& member : value.get_object())
    if (std::ranges::find(known, std::string_view(member.key())) == known.end()) return bad(where, "there is no \"" + std::string(member.key()) + '"');
  return &value.get_object();
}

Result<const json::array*> rows_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_array()) return bad(std::string(name), "wanted an array");
  if (value->get_array().size() > rows_max) return bad(std::string(name), "at most " + std::to_string(rows_max) + " rows");
  return &value->get_array();
}

Result<std::int64_t> integer(const json::object& object, std::string_view name, const std::string& where, std::int64_t least, std::int64_t most) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_int64() || value->get_int64() < least || value->get_int64() > most)
    return bad(where + '.' + std::string(name), "wanted an integer from " + std::to_string(least) + " to " + std::to_string(most));
  return value->get_int64();
}

Result<std::string> word(const json::object& object, std::string_view name, const std::string& where) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_string() || value->get_string().empty() || value->get_string().size() > 64) return bad(where + '.' + std::string(name), "wanted a code of 1 to 64 characters");
  return std::string(value->get_string());
}

template <class Enum, std::size_t N>
Result<Enum> named(const std::string& text, const Enum (&values)[N], const char* (*name_of)(Enum), const std::string& where) {
  for (const Enum value : values)
    if (value != Enum::unset && name_of(value) == text) return value;
  return bad(where, "there is no \"" + text + '"');
}

}  // namespace

struct PolicyReader {
  TriagePolicy policy;

  Result<void> factor(const json::value& value, const std::string& where) {
    TRY_AS(row, object_of(value, where, {"compare", "feature", "points_micros", "value"}));
    TRY_AS(feature, word(*row, "feature", where));
    TRY_AS(compare, word(*row, "compare", where));
    constexpr std::string_view compares[] = {"lt", "le", "eq", "ge", "gt"};
    const auto at = std::ranges::find(compares, compare);
    if (at == std::end(compares)) return bad(where + ".compare", "wanted lt, le, eq, ge or gt");
    TRY_AS(against, integer(*row, "value", where, -points_max, points_max));
    TRY_AS(points, integer(*row, "points_micros", where, -points_max, points_max));
    policy.factors_.push_back({std::move(feature), static_cast<TriagePolicy::Compare>(at - std::begin(compares)), against, points});
    return {};
  }

  Result<void> band(const json::value& value, const std::string& where, bool last) {
    TRY_AS(row, object_of(value, where, {"at_least_micros", "due_minutes", "priority"}));
    TRY_AS(priority_text, word(*row, "priority", where));
    TRY_AS(priority, named(priority_text, EnumValuesPriority(), EnumNamePriority, where + ".priority"));
    TriagePolicy::Band band{{}, priority, {}};
    if (row->contains("due_minutes")) {
      TRY_AS(due, integer(*row, "due_minutes", where, 1, 10 * 366 * 24 * 60));
      band.due_minutes = static_cast<std::uint32_t>(due);
    }
    if (last != !row->contains("at_least_micros")) return bad(where, "every band but the last has a threshold, at_least_micros");
    if (!last) {
      TRY_AS(threshold, integer(*row, "at_least_micros", where, -points_max * 200, points_max * 200));
      if (!policy.bands_.empty() && *policy.bands_.back().at_least_micros <= threshold) return bad(where, "the thresholds have to fall from band to band");
      band.at_least_micros = threshold;
    }
    policy.bands_.push_back(band);
    return {};
  }

  Result<void> clause(const json::value& value, const std::string& where) {
    TRY_AS(row, object_of(value, where, {"code", "reasons"}));
    TRY_AS(code, word(*row, "code", where));
    TriagePolicy::Clause clause{std::move(code), {}};
    const auto* reasons = row->if_contains("reasons");
    if (!reasons || !reasons->is_array() || reasons->get_array().empty()) return bad(where + ".reasons", "wanted at least one reason");
    for (const auto& each : reasons->get_array()) {
      if (!each.is_string()) return bad(where + ".reasons", "wanted codes");
      TRY_AS(reason, named(std::string(each.get_string()), EnumValuesExpediteReason(), EnumNameExpediteReason, where + ".reasons"));
      clause.reasons.push_back(reason);
    }
    policy.clauses_.push_back(std::move(clause));
    return {};
  }
};

Result<TriagePolicy> TriagePolicy::parse(std::string_view parameters) {
  TRY_AS(value, parse_canonical_json(parameters));
  TRY_AS(all, object_of(value, "parameters", {"bands", "clauses", "factors"}));
  TRY_AS(factors, rows_of(*all, "factors"));
  TRY_AS(bands, rows_of(*all, "bands"));
  TRY_AS(clauses, rows_of(*all, "clauses"));
  if (bands->empty()) return bad("bands", "wanted at least one");
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

bool TriagePolicy::expedites(std::string_view clause, ExpediteReason reason) const {
  const auto found = std::ranges::find(clauses_, clause, &Clause::code);
  return found != clauses_.end() && std::ranges::find(found->reasons, reason) != found->reasons.end();
}

}  // namespace caseledger::rules
