#include "ledger/rules/retention_policy.h"

#include <chrono>

#include "ledger/rules/authority.h"
#include "ledger/rules/canonical_json.h"
#include "ledger/rules/policy_json.h"

namespace caseledger::rules {

namespace json = boost::json;

namespace {
constexpr PolicyJson reads{"retention policy"};
constexpr int years_max = 200;
}  // namespace

struct RetentionReader {
  using Rule = RetentionPolicy::Rule;

  static Result<Rule> preservation(const json::value& value, const std::string& where) {
    TRY_AS(row, reads.object_of(value, where, {"basis", "before", "days", "jurisdiction", "months", "years"}));
    TRY_AS(rule, period(*row, where));
    TRY_AS(basis, reads.word_or_none(*row, "basis", where));
    rule.basis = std::move(basis);
    if (!row->contains("before")) return rule;
    TRY_AS(day, reads.word(*row, "before", where));
    const auto before = parse_rfc3339(day + "T00:00:00Z");
    if (!before) return reads.bad(where + ".before", "wanted a day such as 2024-05-07");
    rule.before = before->at;
    return rule;
  }

  static Result<Rule> retention(const json::value& value, const std::string& where) {
    TRY_AS(row, reads.object_of(value, where, {"days", "jurisdiction", "kind", "months", "years"}));
    TRY_AS(rule, period(*row, where));
    if (!row->contains("kind")) return rule;
    TRY_AS(text, reads.word(*row, "kind", where));
    TRY_AS(kind, reads.named(text, schema::EnumValuesStreamKind(), schema::EnumNameStreamKind, where + ".kind"));
    rule.kind = kind;
    return rule;
  }

  static Result<std::vector<Rule>> all(const json::object& object, std::string_view name, Result<Rule> (*read)(const json::value&, const std::string&)) {
    TRY_AS(rows, reads.rows_of(object, name));
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      TRY_AS(rule, read((*rows)[i], std::string(name) + '[' + std::to_string(i) + ']'));
      rules.push_back(std::move(rule));
    }
    return rules;
  }

  static Result<RetentionPolicy> policy(std::string_view parameters) {
    TRY_AS(value, parse_canonical_json(parameters));
    TRY_AS(object, reads.object_of(value, "parameters", {"preservation", "retention"}));
    RetentionPolicy policy;
    TRY_AS(preserved, all(*object, "preservation", preservation));
    TRY_AS(retained, all(*object, "retention", retention));
    policy.preservation_ = std::move(preserved);
    policy.retention_ = std::move(retained);
    return policy;
  }

 private:
  static Result<Rule> period(const json::object& row, const std::string& where) {
    if (row.contains("days") + row.contains("months") + row.contains("years") != 1) return reads.bad(where, "wanted one of days, months and years");
    Rule rule;
    if (row.contains("days")) {
      TRY_AS(days, reads.integer(row, "days", where, 1, years_max * 366));
      rule.days = static_cast<int>(days);
    } else if (row.contains("months")) {
      TRY_AS(months, reads.integer(row, "months", where, 1, years_max * 12));
      rule.months = static_cast<int>(months);
    } else {
      TRY_AS(years, reads.integer(row, "years", where, 1, years_max));
      rule.months = 12 * static_cast<int>(years);
    }
    TRY_AS(jurisdiction, reads.word_or_none(row, "jurisdiction", where));
    rule.jurisdiction = std::move(jurisdiction);
    return rule;
  }
};

Result<RetentionPolicy> RetentionPolicy::parse(std::string_view parameters) { return RetentionReader::policy(parameters); }

bool RetentionPolicy::Rule::fits(std::string_view place) const { return jurisdiction.empty() || covers({jurisdiction}, place); }

Micros RetentionPolicy::Rule::behind(Micros begun) const {
  using namespace std::chrono;
  const sys_time<microseconds> from{microseconds(begun)};
  const auto midnight = floor<std::chrono::days>(from);
  if (days > 0) return (from + std::chrono::days(days)).time_since_epoch().count();
  auto end = year_month_day(midnight) + std::chrono::months(months);
  if (!end.ok()) end = end.year() / end.month() / last;
  return (sys_days(end) + (from - midnight)).time_since_epoch().count();
}

std::optional<Micros> RetentionPolicy::preserved_until(std::string_view legal_basis, std::string_view jurisdiction, Micros begun) const {
  for (const Rule& rule : preservation_)
    if ((rule.basis.empty() || rule.basis == legal_basis) && rule.fits(jurisdiction) && (!rule.before || begun < *rule.before)) return rule.behind(begun);
  return std::nullopt;
}

std::optional<Micros> RetentionPolicy::retained_until(StreamKind kind, std::string_view jurisdiction, Micros last_event) const {
  for (const Rule& rule : retention_)
    if ((!rule.kind || *rule.kind == kind) && rule.fits(jurisdiction)) return rule.behind(last_event);
  return std::nullopt;
}

}  // namespace caseledger::rules
