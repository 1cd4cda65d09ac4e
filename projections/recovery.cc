#include "projections/recovery.h"

#include <algorithm>

#include "projections/case_phase.h"
#include "projections/episodes.h"
#include "projections/on.h"

namespace caseledger::projections {

namespace {

using namespace schema;

struct Child {
  SubjectId id;
  Micros end = 0;
  Version ended_by = 0;
  Ending ending = Ending::missing;
  std::uint8_t age = age_unknown;
  std::string sex = {}, race = {};
  std::vector<Credit> credits = {};
};

// How the case has moved the open stock so far.
struct PastMove {
  Micros recorded_at = 0;
  std::int32_t count = 0;
  Move move = Move::opened;
};

struct Case {
  Moment start{0, 0};  // where no clock is chosen
  Clocks clocks;
  Micros closed_at = 0;
  CasePhase phase;
  CaseType type = CaseType::unset, type_current = CaseType::unset;
  CloseReason closed_for = CloseReason::unset;
  bool state_care = false, trafficking = false;
  std::string state;
  std::vector<Child> children;
  std::vector<PastMove> moves;
};

// How a close without a recovery leaves a child's episode; nothing where there was none to begin with.
std::optional<Ending> left_by(CloseReason reason) {
  switch (reason) {
    case CloseReason::unfounded:
    case CloseReason::hoax:
    case CloseReason::duplicate: return std::nullopt;
    case CloseReason::transferred: return Ending::transferred;
    case CloseReason::withdrawn: return Ending::withdrawn;
    case CloseReason::unset:
    case CloseReason::recovered:
    case CloseReason::located_deceased:
    case CloseReason::located_not_returned:
    case CloseReason::aged_out_policy:
    case CloseReason::investigation_complete:
    case CloseReason::identified: return Ending::closed_unresolved;
  }
  return Ending::closed_unresolved;
}

// The episode of one child as the case stands: a recovery on record outweighs how the case was closed.
std::optional<Episode> episode(const Case& file, const Child& child) {
  if (file.phase.phase == rules::Phase::merged) return std::nullopt;
  const bool closed = file.phase.phase == rules::Phase::closed;
  const auto left = closed ? left_by(file.closed_for) : Ending::missing;
  if (!left) return std::nullopt;
  Episode out{.type = file.type,
              .type_current = file.type_current,
              .state = file.state,
              .start = file.start,
              .clocks = file.clocks,
              .state_care = file.state_care,
              .trafficking = file.trafficking,
              .age = child.age,
              .sex = child.sex,
              .race = child.race,
              .child = child.id};
  if (child.ending != Ending::missing) {
    out.ending = child.ending;
    out.end = child.end;
    out.credits = child.credits;
  } else if (closed) {
    out.ending = *left;
    out.end = file.closed_at;
  } else if (file.phase.phase == rules::Phase::long_term) {
    out.ending = Ending::missing_long_term;
  }
  return out;
}

// Each episode of the case; a case whose missing child has not been added yet is one.
template <class Visit>
void each_episode(const Case& file, Visit visit) {
  if (file.children.empty()) {
    if (const auto only = episode(file, {})) visit(*only);
  }
  for (const Child& child : file.children)
    if (const auto one = episode(file, child)) visit(*one);
}

int open_episodes(const Case& file) {
  int open = 0;
  each_episode(file, [&](const Episode& one) { open += is_open(one.ending); });
  return open;
}

Child& child_named(Case& file, const schema::Uuid& subject) {
  const SubjectId id = uuid_of(subject);
  const auto found = std::ranges::find(file.children, id, &Child::id);
  return found != file.children.end() ? *found : file.children.emplace_back(Child{.id = id});
}

void begin(Case& file, const EventView& event) {
  const auto& opened = event.body<CaseOpened>();
  file.clocks = clocks_of(event);
  file.start = default_start(file.clocks, event);
  file.type = file.type_current = opened.case_type();
  file.state = text_of(opened.missing_from()->state());
  file.state_care = opened.state_care();
  file.trafficking = opened.trafficking_indicator() == Tri::yes;
}

void add(Case& file, const CaseSubjectAdded& added) {
  if (added.role() != SubjectRole::missing_child) return;
  Child& child = child_named(file, *added.subject_id());
  if (const auto age = added.age_years()) child.age = *age;
  if (added.sex()) child.sex = text_of(added.sex());
  const auto* races = added.race_ethnicity();
  if (races && races->size() > 0) child.race = races->size() > 1 ? std::string("multiple") : races->Get(0)->str();
}

void recover(Case& file, const EventView& event) {
  const auto& body = event.body<ChildRecovered>();
  Child& child = child_named(file, *body.subject_id());
  child.ending = body.outcome() == ChildOutcome::deceased ? Ending::deceased : Ending::recovered;
  child.end = moment_of(body, event).at;
  child.ended_by = event.version;
  child.credits.clear();
  if (!body.attribution()) return;
  for (const Attribution* each : *body.attribution())
    child.credits.push_back({.weight_millionths = each->weight_millionths(), .source = each->source(), .direct = each->direct()});
}

void reopen(Case& file, const rules::LostAgain& lost) {
  const bool everyone = std::ranges::all_of(file.children, [](const Child& child) { return child.ending != Ending::missing; });
  for (Child& child : file.children) {
    if (!lost.is_lost(everyone, child.ended_by)) continue;
    child.ended_by = 0;
    child.ending = Ending::missing;
    child.end = 0;
    child.credits.clear();
  }
}

void reclassify(Case& file, const CaseReclassified& body) {
  if (body.field() != ReclassifiedField::case_type) return;
  for (const CaseType type : EnumValuesCaseType())
    if (type != CaseType::unset && EnumNameCaseType(type) == text_of(body.to())) file.type_current = type;
}

void change(Case& file, const EventView& event, const rules::StreamState& before) {
  on<CaseSubjectAdded>(event, [&](const auto& body) { add(file, body); });
  on<CaseNcicEntryRecorded>(event, [&](const auto& body) { follow_ncic(file.clocks, body); });
  on<CaseReclassified>(event, [&](const auto& body) { reclassify(file, body); });
  on<ChildRecovered>(event, [&](const auto&) { recover(file, event); });
  on<CaseReopened>(event, [&](const auto& body) { reopen(file, rules::lost_again(before, body)); });
  on<CaseClosed>(event, [&](const auto& body) {
    if (file.phase.closed_by != event.version) return;
    file.closed_for = body.reason();
    file.closed_at = moment_of(event).at;
  });
}

Move move_of(const Case& file, bool more, Body type) {
  if (more) return type == Body::CaseReopened || type == Body::LongtermReviewed ? Move::reopened : Move::opened;
  if (file.phase.phase == rules::Phase::merged) return Move::merged;
  if (file.phase.phase != rules::Phase::closed) return Move::recovered;
  const auto left = left_by(file.closed_for);
  if (!left) return Move::voided;
  return *left == Ending::transferred ? Move::transferred : *left == Ending::withdrawn ? Move::withdrawn : Move::closed_unresolved;
}

class Recovery final : public Projection {
 public:
  std::string_view id() const override { return "recovery"; }
  unsigned version() const override { return 3; }
  bool wants(Body type) const override { return moves_case(type) || type == Body::CaseReclassified || type == Body::CaseNcicEntryRecorded; }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const bool begins = state.empty() && event.version == 1 && event.type == Body::CaseOpened;
    if (begins ? !is_of_missing_child(event.body<CaseOpened>().case_type()) : state.empty()) return;

    auto file = unpacked<Case>(state);
    if (begins) begin(file, event);
    const int before = begins ? 0 : open_episodes(file);
    const auto state_before = state_of(file.phase);
    if (moves_case(event.type)) file.phase = after(file.phase, event, fact.position);
    change(file, event, state_before);
    if (const int more = open_episodes(file) - before; more != 0)
      file.moves.push_back({.recorded_at = fact.recorded_at, .count = std::abs(more), .move = move_of(file, more > 0, event.type)});
    state = packed(file);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const auto file = unpacked<Case>(state);
    each_episode(file, [&](const Episode& one) { add(key_of(one), 1); });
    for (const PastMove& moved : file.moves)
      add(key_of(StockMove{.type = file.type, .state = file.state, .move = moved.move, .recorded_at = moved.recorded_at}), moved.count);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return recovery_figures(cells, query); }
};

}  // namespace

const Projection& recovery() {
  static const Recovery projection;
  return projection;
}

}  // namespace caseledger::projections
