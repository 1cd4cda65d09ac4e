#include "ledger/rules/suppression_policy.h"

#include <algorithm>
#include <boost/json.hpp>

#include "ledger/rules/canonical_json.h"
#include "ledger/rules/policy_json.h"

namespace caseledger::rules {

namespace json = boost::json;

namespace {

constexpr std::int64_t k_max = 1000;

constexpr PolicyJson reads{"suppression policy"};

Result<bool> truth(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value || !value->is_bool()) return reads.bad(std::string(name), "wanted true or false");
  return value->get_bool();
}

Result<std::vector<std::string>> words(const json::object& object, std::string_view name, const std::string& where) {
  TRY_AS(rows, reads.rows_of(object, name));
  std::vector<std::string> all;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    TRY_AS(word, reads.word((*rows)[i], where + std::string(name) + '[' + std::to_string(i) + ']'));
    if (std::ranges::find(all, word) != all.end()) return reads.bad(where + std::string(name) + '[' + std::to_string(i) + ']', "is there already");
    all.push_back(std::move(word));
  }
  return all;
}

Result<SuppressionPolicy::Ladder> ladder(const json::value& value, const std::string& where) {
  TRY_AS(row, reads.object_of(value, where, {"dimension", "levels"}));
  TRY_AS(dimension, reads.word(*row, "dimension", where));
  TRY_AS(levels, words(*row, "levels", where + '.'));
  if (levels.empty()) return reads.bad(where + ".levels", "wanted at least one");
  return SuppressionPolicy::Ladder{std::move(dimension), std::move(levels)};
}

}  // namespace

Result<SuppressionPolicy> SuppressionPolicy::parse(std::string_view parameters) {
  TRY_AS(value, parse_canonical_json(parameters));
  TRY_AS(all, reads.object_of(value, "parameters", {"coarsen_percent", "differences", "exempt", "hierarchy", "k", "protection", "subject", "zero_allowed"}));
  SuppressionPolicy policy;
  TRY_AS(k, reads.integer(*all, "k", "", 3, k_max));
  TRY_AS(protection, reads.integer(*all, "protection", "", 2, k - 1));
  TRY_AS(coarsen_percent, reads.integer(*all, "coarsen_percent", "", 0, 100));
  TRY_AS(zero_allowed, truth(*all, "zero_allowed"));
  TRY_AS(differences, truth(*all, "differences"));
  TRY_AS(subject, words(*all, "subject", ""));
  TRY_AS(exempt, words(*all, "exempt", ""));
  TRY_AS(hierarchy, reads.rows_of(*all, "hierarchy"));
  for (std::size_t i = 0; i < hierarchy->size(); ++i) {
    const std::string where = "hierarchy[" + std::to_string(i) + ']';
    TRY_AS(each, ladder((*hierarchy)[i], where));
    if (std::ranges::find(policy.hierarchy, each.dimension, &Ladder::dimension) != policy.hierarchy.end()) return reads.bad(where, "the dimension has a hierarchy already");
    policy.hierarchy.push_back(std::move(each));
  }
  policy.k = k;
  policy.protection = protection;
  policy.coarsen_percent = coarsen_percent;
  policy.zero_allowed = zero_allowed;
  policy.differences = differences;
  policy.subject = std::move(subject);
  policy.exempt = std::move(exempt);
  return policy;
}

namespace {
bool named(const std::vector<std::string>& figures, std::string_view figure) {
  return std::ranges::any_of(figures, [&](const std::string& each) { return figure == each || (figure.starts_with(each) && figure[each.size()] == '.'); });
}
}  // namespace

bool SuppressionPolicy::applies_to(std::string_view figure) const { return named(subject, figure); }
bool SuppressionPolicy::exempts(std::string_view figure) const { return named(exempt, figure); }

std::string_view SuppressionPolicy::built_in() {
  return R"({"coarsen_percent":50,"differences":true,"exempt":["R11"],)"
         R"("hierarchy":[{"dimension":"jurisdiction","levels":["county","state","region"]}],"k":11,"protection":5,)"
         R"("subject":["M1","M2","M3","M4","M5","R1","R2","R3","R4","R5","R6","R8","R9","R10","R11","T11.victims","T13","T16.erasures","T6.cases","cases"],"zero_allowed":true})";
}

}  // namespace caseledger::rules
