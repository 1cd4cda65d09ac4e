#include "api/simulate/simulated_year.h"

#include <algorithm>
#include <utility>

namespace caseledger::api {

Author author_of(Phase phase) {
  switch (phase) {
    case Phase::policies:
    case Phase::resources:
    case Phase::deployments_decided:
    case Phase::cases_closed:
    case Phase::other_cases_closed: return Author::supervisor;
    case Phase::coverage:
    case Phase::alerts_raised:
    case Phase::reports_triaged: return Author::automated_source;
    case Phase::alerts_answered:
    case Phase::analyses:
    case Phase::evidence:
    case Phase::looked_at_by_analysts:
    case Phase::reports_reviewed: return Author::analyst;
    case Phase::subjects_decided: return Author::privacy_officer;
    case Phase::cases_opened:
    case Phase::intakes:
    case Phase::tips:
    case Phase::cases_reopened:
    case Phase::cases_doubled:
    case Phase::other_cases:
    case Phase::partners:
    case Phase::looked_at_by_desks:
    case Phase::subjects_asked:
    case Phase::hotlist_added:
    case Phase::deployments_requested:
    case Phase::deployments_worked:
    case Phase::cases_worked:
    case Phase::hotlist_removed:
    case Phase::reports:
    case Phase::submissions:
    case Phase::reports_left:
    case Phase::referrals: return Author::case_system;
  }
  return Author::case_system;
}

std::string_view name(Phase phase) {
  static constexpr std::string_view names[phases] = {
      "policies", "resources", "coverage", "cases opened", "intakes", "hot lists filled", "alerts raised", "alerts answered", "deployments requested",
      "deployments decided", "deployments worked", "tips", "analyses", "evidence", "cases worked", "cases closed", "cases reopened", "cases doubled",
      "other cases", "other cases closed", "hot lists cleared", "partners", "CyberTipline reports", "submissions", "reports triaged", "reports reviewed",
      "reports left", "referrals", "looks by analysts", "looks by desks", "subjects asked", "subjects decided"};
  return names[static_cast<std::size_t>(phase)];
}

std::string_view name(Author author) {
  static constexpr std::string_view names[authors] = {"case_system", "automated_source", "analyst", "supervisor", "privacy_officer"};
  return names[static_cast<std::size_t>(author)];
}

std::uint64_t SimulatedYear::all_groups() const {
  std::uint64_t all = 0;
  for (std::size_t phase = 0; phase < phases; ++phase) all += groups(static_cast<Phase>(phase));
  return all;
}

std::vector<Leg> SimulatedYear::legs() const {
  std::vector<Leg> legs;
  const auto add = [&](Phase phase, std::uint64_t first, std::uint64_t end) {
    if (first < end) legs.push_back({phase, first, end});
  };
  for (std::size_t p = 0; p < phases; ++p) {
    const auto phase = static_cast<Phase>(p);
    if (!of_reports(phase)) {
      add(phase, 0, groups(phase));
    } else if (phase == Phase::reports) {
      for (std::uint64_t first = 0; first < groups(phase); first += leg_reports)
        for (auto each = phase; of_reports(each); each = static_cast<Phase>(static_cast<std::size_t>(each) + 1))
          add(each, first, std::min(first + leg_reports, groups(each)));
    }
  }
  return legs;
}

bool PhaseEvents::next(SimulatedEvent& out) {
  while (given_ == group_.events().size()) {
    if (at_ == end_) return false;
    given_ = 0;
    group_.clear();
    year_->write_group(phase_, at_++, writer_, group_);
    ENSURE(group_.events().size() <= group_events_max);
  }
  std::swap(out, group_.events()[given_]);
  out.author = author_of(phase_);
  out.begins_group = given_++ == 0;
  return true;
}

}  // namespace caseledger::api
