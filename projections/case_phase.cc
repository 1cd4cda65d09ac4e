#include "projections/case_phase.h"

#include <algorithm>

namespace caseledger::projections {

bool moves_case(schema::Body type) {
  using enum schema::Body;
  static constexpr schema::Body moving[] = {CaseOpened,   CaseSubjectAdded, CaseSuspendedLongTerm, CaseClosed,      CaseReopened,
                                            CaseMerged, ChildLocated,     ChildRecovered,        LongtermReviewed};
  return std::ranges::find(moving, type) != std::end(moving);
}

bool is_of_missing_child(schema::CaseType type) {
  using enum schema::CaseType;
  switch (type) {
    case FA:
    case NFA:
    case LIM:
    case ERU:
    case CMYA: return true;
    case unset:
    case EXPL:
    case ATTEMPT:
    case UNID: return false;
  }
  return false;
}

rules::StreamState state_of(const CasePhase& phase) {
  rules::StreamState state;
  state.kind = StreamKind::case_;
  state.phase = phase.phase;
  state.version = phase.version;
  state.children = phase.children;
  state.recovered = phase.recovered;
  state.deceased = phase.deceased;
  state.located = phase.located;
  state.closing = phase.closing;
  state.closed_by = phase.closed_by;
  return state;
}

CasePhase after(const CasePhase& phase, const EventView& event, Position position) {
  const auto state = rules::apply(state_of(phase), event, position);
  return {.version = state.version,
          .closing = state.closing,
          .closed_by = state.closed_by,
          .phase = state.phase,
          .children = state.children,
          .recovered = state.recovered,
          .deceased = state.deceased,
          .located = state.located};
}

}  // namespace caseledger::projections
