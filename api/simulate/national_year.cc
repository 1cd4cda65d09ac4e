#include "api/simulate/national_year.h"

#include <utility>

namespace caseledger::api {

using namespace simulate;

namespace {

YearPlan plan_year(std::uint64_t parts, std::uint64_t seed) {
  YearPlan year{.seed = seed, .deployment_policy = {}, .cases = plan_cases(parts, seed), .lpr = {}, .deployments = {}};
  Chance chance(seed, Draw::policy, 0);
  year.deployment_policy = ref_to(chance.uuid(year_begins), 1);
  year.lpr = plan_alerts(year.cases, parts, seed);
  year.deployments = plan_deployments(year.cases, parts, seed);
  return year;
}

}  // namespace

Author author_of(Phase phase) {
  switch (phase) {
    case Phase::policy:
    case Phase::deployments_decided:
    case Phase::cases_closed: return Author::supervisor;
    case Phase::alerts_raised: return Author::automated_source;
    case Phase::alerts_answered: return Author::analyst;
    case Phase::cases_opened:
    case Phase::hotlist_added:
    case Phase::deployments_requested:
    case Phase::deployments_worked:
    case Phase::cases_worked:
    case Phase::hotlist_removed:
    case Phase::reports: return Author::case_system;
  }
  return Author::case_system;
}

std::string_view name(Phase phase) {
  static constexpr std::string_view names[phases] = {
      "policy", "cases opened", "hot lists filled", "alerts raised", "alerts answered", "deployments requested", "deployments decided",
      "deployments worked", "cases worked", "cases closed", "hot lists cleared", "CyberTipline reports"};
  return names[static_cast<std::size_t>(phase)];
}

NationalYear::NationalYear(Scale scale, std::uint64_t seed)
    : plan_((ENSURE(scale.cases > 0 && scale.reports > 0), plan_year(scale.cases, seed))), reports_(scale.reports, seed), totals_(count(plan_, reports_)) {}

std::uint64_t NationalYear::groups(Phase phase) const {
  switch (phase) {
    case Phase::policy: return 1;
    case Phase::cases_opened:
    case Phase::cases_worked:
    case Phase::cases_closed: return plan_.cases.size();
    case Phase::hotlist_added:
    case Phase::hotlist_removed: return plan_.lpr.entries.size();
    case Phase::alerts_raised:
    case Phase::alerts_answered: return plan_.lpr.alerts.size();
    case Phase::deployments_requested:
    case Phase::deployments_decided:
    case Phase::deployments_worked: return plan_.deployments.size();
    case Phase::reports: return reports_.count();
  }
  return 0;
}

void PhaseEvents::write_group(std::uint64_t number) {
  const YearPlan& plan = year_->plan_;
  const auto index = static_cast<std::uint32_t>(number);
  switch (phase_) {
    case Phase::policy: return write_policy(plan, writer_, group_);
    case Phase::cases_opened:
    case Phase::cases_worked:
    case Phase::cases_closed: return write_case(plan, index, phase_, writer_, group_);
    case Phase::hotlist_added:
    case Phase::hotlist_removed: return write_hotlist_entry(plan, index, phase_, writer_, group_);
    case Phase::alerts_raised:
    case Phase::alerts_answered: return write_alert(plan, index, phase_, writer_, group_);
    case Phase::deployments_requested:
    case Phase::deployments_decided:
    case Phase::deployments_worked: return write_deployment(plan, index, phase_, writer_, group_);
    case Phase::reports: return year_->reports_.write(number, writer_, group_.add());
  }
}

bool PhaseEvents::next(SimulatedEvent& out) {
  while (given_ == group_.events().size()) {
    if (at_ == end_) return false;
    given_ = 0;
    group_.clear();
    write_group(at_++);
    ENSURE(group_.events().size() <= group_events_max);
  }
  std::swap(out, group_.events()[given_]);
  out.author = author_of(phase_);
  out.begins_stream_group = given_++ == 0;
  return true;
}

}  // namespace caseledger::api
