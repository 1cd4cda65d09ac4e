#include "api/simulate/national_year.h"

#include "api/simulate/casework.h"
#include "api/simulate/policies.h"

namespace caseledger::api {

using namespace simulate;

namespace {

YearPlan plan_year(std::uint64_t parts, std::uint64_t seed) {
  YearPlan year{.seed = seed, .parts = parts, .cases = plan_cases(parts, seed), .lpr = {}, .deployments = {}};
  year.lpr = plan_alerts(year.cases, parts, seed);
  year.deployments = plan_deployments(year.cases, parts, seed);
  return year;
}

// Of 2024 the totals are published; how they divide is taken from the year before.
ReportTables reports_of(std::uint64_t parts) {
  const PublishedYear& shares = published_years().back();
  ReportTables tables = tables_of(shares, {reports_2024, shares.reports * parts});
  tables.year = 2024;
  tables.incidents = std::max(tables.reports, round_half_up(tables.reports == 0 ? 0 : incidents_2024, parts));
  return tables;
}

}  // namespace

NationalYear::NationalYear(Scale scale, std::uint64_t seed)
    : plan_((ENSURE(scale.cases > 0 && scale.reports > 0), plan_year(scale.cases, seed))),
      reports_(reports_of(scale.reports), year_begins, year_ends, seed),
      desk_(reports_, plan_.cases, seed),
      totals_(count(plan_)) {}

std::uint64_t NationalYear::groups(Phase phase) const {
  switch (phase) {
    case Phase::policies: return rules_count;
    case Phase::resources: return resource_groups;
    case Phase::coverage: return coverage_groups();
    case Phase::partners: return partner_groups;
    case Phase::looked_at_by_analysts:
    case Phase::looked_at_by_desks: return access_groups(plan_, phase);
    case Phase::cases_opened:
    case Phase::intakes:
    case Phase::tips:
    case Phase::analyses:
    case Phase::evidence:
    case Phase::cases_reopened:
    case Phase::cases_doubled:
    case Phase::subjects_asked:
    case Phase::subjects_decided:
    case Phase::cases_worked:
    case Phase::cases_closed: return plan_.cases.size();
    case Phase::other_cases:
    case Phase::other_cases_closed: return other_case_groups(plan_);
    case Phase::hotlist_added:
    case Phase::hotlist_removed: return plan_.lpr.entries.size();
    case Phase::alerts_raised:
    case Phase::alerts_answered: return plan_.lpr.alerts.size();
    case Phase::deployments_requested:
    case Phase::deployments_decided:
    case Phase::deployments_worked: return plan_.deployments.size();
    case Phase::reports:
    case Phase::submissions:
    case Phase::reports_triaged:
    case Phase::reports_reviewed:
    case Phase::reports_left:
    case Phase::referrals: return reports_.count();
  }
  return 0;
}

std::vector<StreamId> NationalYear::policies() const {
  std::vector<StreamId> all;
  for (std::size_t rule = 0; rule < rules_count; ++rule) all.push_back(uuid_of(policy(static_cast<Rule>(rule), plan_.seed).stream()));
  return all;
}

void NationalYear::write_group(Phase phase, std::uint64_t number, EventWriter& writer, Group& out) const {
  const auto index = static_cast<std::uint32_t>(number);
  switch (phase) {
    case Phase::policies: return write_policy(static_cast<Rule>(number), plan_.seed, writer, out);
    case Phase::resources: return write_resources(plan_, number, writer, out);
    case Phase::coverage: return write_coverage(plan_, number, writer, out);
    case Phase::intakes: return write_intake(plan_, index, writer, out);
    case Phase::tips: return write_tips(plan_, index, writer, out);
    case Phase::analyses: return write_analyses(plan_, index, writer, out);
    case Phase::evidence: return write_evidence(plan_, index, writer, out);
    case Phase::cases_doubled: return write_double(plan_, index, writer, out);
    case Phase::other_cases:
    case Phase::other_cases_closed: return write_other_case(plan_, number, phase, writer, out);
    case Phase::partners: return write_partner(plan_, number, writer, out);
    case Phase::looked_at_by_analysts:
    case Phase::looked_at_by_desks: return write_access(plan_, number, phase, writer, out);
    case Phase::subjects_asked:
    case Phase::subjects_decided: return write_subject(plan_, index, phase, writer, out);
    case Phase::cases_opened:
    case Phase::cases_worked:
    case Phase::cases_reopened:
    case Phase::cases_closed: return write_case(plan_, index, phase, writer, out);
    case Phase::hotlist_added:
    case Phase::hotlist_removed: return write_hotlist_entry(plan_, index, phase, writer, out);
    case Phase::alerts_raised:
    case Phase::alerts_answered: return write_alert(plan_, index, phase, writer, out);
    case Phase::deployments_requested:
    case Phase::deployments_decided:
    case Phase::deployments_worked: return write_deployment(plan_, index, phase, writer, out);
    case Phase::reports:
    case Phase::submissions:
    case Phase::reports_triaged:
    case Phase::reports_reviewed:
    case Phase::reports_left: return desk_.write_report(number, phase, writer, out);
    case Phase::referrals: return desk_.write_referrals(number, writer, out);
  }
}

}  // namespace caseledger::api
