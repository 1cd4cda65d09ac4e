#include "projections/analyses.h"

#include <map>

#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

struct Analysis {
  Micros requested = 0, due = 0, completed = 0;  // 0: not set, not yet
  std::uint32_t effort_min = 0;
  std::uint16_t leads = 0;
  AnalysisKind kind = AnalysisKind::unset;
  RequesterClass requester = RequesterClass::unset;
};

struct Row {
  explicit Row(Micros as_of) : turnaround(as_of) {}

  std::int64_t requested = 0, completed = 0, due = 0, in_time = 0, overdue = 0, leads = 0, effort = 0;
  Waits turnaround;
};

// What is due later than the as-of and not done yet is neither in time nor overdue.
void add(Row& row, const Analysis& analysis, std::int64_t n, Micros as_of) {
  const bool completed = analysis.completed != 0 && analysis.completed <= as_of;
  row.requested += n;
  row.turnaround.add(analysis.requested, analysis.completed, 0, n);
  if (analysis.due != 0 && (completed || analysis.due < as_of)) {
    row.due += n;
    row.in_time += completed && analysis.completed <= analysis.due ? n : 0;
    row.overdue += completed ? 0 : n;
  }
  if (!completed) return;
  row.completed += n;
  row.leads += n * analysis.leads;
  row.effort += n * analysis.effort_min;
}

void write(Sheet& sheet, const Row& row) {
  sheet.count("analyses", "Analyses requested in the period", "analyses", row.requested);
  sheet.count("analyses.completed", "Of them, completed", "analyses", row.completed);
  write_waits(sheet, "analyses.turnaround", "From the request of an analysis to its completion", row.turnaround, {50, 90});
  sheet.share("analyses.in_time", "Completed in time, of those that were due by a time and are done or overdue", row.in_time, row.due);
  sheet.count("analyses.overdue", "Not completed and overdue at the as-of", "analyses", row.overdue);
  sheet.count("analyses.leads", "Leads that the completed ones gave", "leads", row.leads);
  sheet.count("analyses.effort", "Minutes of work that the completed ones state", "minutes", row.effort);
}

class Analyses final : public Projection {
 public:
  std::string_view id() const override { return "analyses"; }
  bool wants(Body type) const override { return type == Body::AnalysisRequested || type == Body::AnalysisCompleted; }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    if (state.empty() && event.type != Body::AnalysisRequested) return;
    auto analysis = unpacked<Analysis>(state);
    on<AnalysisRequested>(event, [&](const auto& body) {
      if (analysis.requested != 0) return;
      analysis = {.requested = moment_of(event).at, .due = body.due_at().value_or(0), .kind = body.kind(), .requester = body.requested_by_class()};
    });
    on<AnalysisCompleted>(event, [&](const auto& body) {
      if (analysis.completed == 0) analysis.completed = moment_of(event).at;
      analysis.leads = body.leads_generated();
      analysis.effort_min = body.effort_min().value_or(0);
    });
    state = packed(analysis);
  }

  void contribute(std::string_view state, const Share& add) const override { add(state, 1); }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    std::map<Group, Row> rows;
    const auto row_of = [&](const Analysis& a) -> Row& {
      const std::string requester = name_or_number(a.requester, EnumNameRequesterClass);
      return rows.try_emplace(group_of(query, {{"analysis", EnumNameAnalysisKind(a.kind)}, {"requester_class", requester}}), query.as_of).first->second;
    };
    if (group_of(query, {{"analysis", ""}, {"requester_class", ""}}).empty()) row_of({});
    for (const auto& [key, n] : cells.counts())
      if (const auto analysis = unpacked<Analysis>(key); window.holds(analysis.requested)) add(row_of(analysis), analysis, n, query.as_of);
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    return figures;
  }
};

}  // namespace

const Projection& analyses() {
  static const Analyses projection;
  return projection;
}

}  // namespace caseledger::projections
