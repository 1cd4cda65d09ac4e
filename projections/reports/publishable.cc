#include "projections/reports/publishable.h"

#include <deque>

#include "projections/reports/take_out.h"

namespace caseledger::reports {

Result<SuppressionRules> suppression_rules(const Adopted& adopted, Micros at) {
  const auto* published = adopted.suppression(at);
  const std::string parameters = published ? published->parameters : std::string(rules::SuppressionPolicy::built_in());
  TRY_AS(policy, rules::SuppressionPolicy::parse(parameters));
  return SuppressionRules{{published ? to_string(published->stream) : "built-in", published ? published->version : "2", sha256(bytes_of(parameters))}, std::move(policy)};
}

EditionsBefore editions_before(const EditionFile* previous, const FindEdition& find) {
  EditionsBefore before;
  if (!previous) return before;
  before.editions.push_back(previous->edition);
  while (const auto digest = before.editions.back().previous) {
    auto found = find(*digest);
    if (!found) {
      before.complete = false;
      break;
    }
    before.editions.push_back(std::move(found->edition));
  }
  return before;
}

Result<SuppressionReport> make_publishable(Edition& edition, const projections::Folds& folds, const Template& of, const Terms& terms, const SuppressionRules& rules,
                                           std::span<const Edition> earlier) {
  const Edition counted = edition;
  std::deque<Edition> wholes;
  std::vector<EarlierEdition> reckoned;
  std::vector<Period> periods;
  for (const Edition& told : earlier) periods.push_back(told.template_id == edition.template_id ? told.period : Period{});
  const auto bearing = bearing_on(edition.period, periods);
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    if (!bearing[i]) continue;
    const Edition& told = earlier[i];
    const Edition* whole = &counted;
    if (told.period != edition.period) {
      Terms then = terms;
      then.period = told.period;
      then.previous = nullptr;
      TRY_AS(again, make_edition(folds, of, then));
      whole = &wholes.emplace_back(std::move(again));
    }
    reckoned.push_back({&told, whole});
  }
  edition.suppression = rules.named;
  TRY_AS(report, suppress(edition, rules.policy, reckoned));
  tell_withheld(edition);
  return report;
}

Result<void> may_be_released(const Edition& edition, const SuppressionReport& suppression) {
  const std::string found = "the edition is not releasable: ";
  for (const Check& check : edition.checks)
    if (!check.holds) return fail(Errc::illegal_transition, found + check.id + ": " + check.sentence);
  if (!suppression.shortfalls.empty()) return fail(Errc::illegal_transition, found + suppression.shortfalls.front());
  return {};
}

}  // namespace caseledger::reports
