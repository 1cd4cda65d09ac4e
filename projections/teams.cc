#include "projections/teams.h"

#include "projections/days.h"
#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/workload.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr WorkloadNames names{.id = "T14.team",
                              .dimension = "team",
                              .posts = "Full-time posts given to teams, averaged over the period",
                              .share_of_posts = "Of the posts given to teams, those given to this one",
                              .work = "assignments",
                              .all_work = "Assignments of cases to teams in the period",
                              .share_of_work = "Of the assignments of cases to teams, those to this one",
                              .no_work = "no case on record was assigned to a team of this name"};

// A case given to a team.
struct AssignedCell {
  static constexpr char sort = 'c';
  Day assigned = 0;
  std::string team;
};

struct GivenCell {
  static constexpr char sort = 'p';
  Allocation allocation;
};

struct OfCase {
  StreamKind kind = StreamKind::case_;
  std::vector<AssignedCell> assigned;
};

struct OfPartner {
  StreamKind kind = StreamKind::partner;
  std::vector<Allocation> to_teams;
};

template <class Of, class Take>
void change(std::string& state, Take take) {
  if (!state.empty() && !is_of(state, Of{}.kind)) return;
  auto of = unpacked<Of>(state);
  take(of);
  pack(state, of);
}

class Teams final : public Projection {
 public:
  std::string_view id() const override { return "teams"; }
  bool wants(Body type) const override { return is_among(type, {Body::CaseAssigned, Body::ResourceAllocated}); }

  void step(std::string& state, const Fact& fact) const override {
    on<CaseAssigned>(fact.event, [&](const auto& body) {
      const std::string team(text_of(body.team()));
      if (!team.empty()) change<OfCase>(state, [&](OfCase& of) { of.assigned.push_back({day_of(moment_of(fact.event).at), team}); });
    });
    on<ResourceAllocated>(fact.event, [&](const auto& body) {
      if (body.unit() == ResourceUnit::team) change<OfPartner>(state, [&](OfPartner& of) { take(of.to_teams, body); });
    });
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (is_of(state, StreamKind::case_))
      for (const AssignedCell& each : unpacked<OfCase>(state).assigned) add(cell_key(each), 1);
    else
      for (const Allocation& each : unpacked<OfPartner>(state).to_teams) add(cell_key(GivenCell{each}), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    Workload teams(names, query);
    for (const auto& [key, n] : cells.counts()) {
      if (const auto assigned = cell_of<AssignedCell>(key); assigned && counts_day(query, assigned->assigned)) teams.add_work(assigned->team, n);
      if (const auto given = cell_of<GivenCell>(key)) teams.add_posts(given->allocation, n);
    }
    return teams.figures();
  }
};

}  // namespace

const Projection& teams() {
  static const Teams projection;
  return projection;
}

}  // namespace caseledger::projections
