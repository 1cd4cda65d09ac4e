#include "projections/recovery.h"

#include <algorithm>

#include "projections/case_phase.h"
#include "projections/episodes.h"
#include "projections/moment.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// A case's state: the head, its children, and how it has moved the open stock so far.
struct Head {
  Micros start = 0, start_slack = 0;
  Micros closed_at = 0;
  CasePhase phase;
  std::uint32_t children = 0;
  std::uint32_t moves = 0;
  CaseType type = CaseType::unset;
  CloseReason closed_for = CloseReason::unset;
  std::array<char, 8> state{};  // at most six characters, then zeros
  std::uint8_t spare[2] = {};
};
static_assert(std::has_unique_object_representations_v<Head>);

struct Child {
  SubjectId id;
  Micros end = 0;
  Ending ending = Ending::missing;
  std::uint8_t spare[7] = {};
};
static_assert(std::has_unique_object_representations_v<Child>);

struct PastMove {
  Micros recorded_at = 0;
  std::int32_t count = 0;
  Move move = Move::opened;
  std::uint8_t spare[3] = {};
};
static_assert(std::has_unique_object_representations_v<PastMove>);

struct Case {
  Head head;
  std::vector<Child> children;
  std::vector<PastMove> moves;

  std::string_view state() const { return {head.state.data(), std::ranges::find(head.state, '\0')}; }
};

template <class Item>
void take(std::string_view& bytes, std::vector<Item>& items, std::size_t count) {
  items.resize(count);
  if (count > 0) std::memcpy(items.data(), bytes.data(), count * sizeof(Item));
  bytes.remove_prefix(count * sizeof(Item));
}

template <class Item>
void put(std::string& bytes, const std::vector<Item>& items) {
  bytes.append(reinterpret_cast<const char*>(items.data()), items.size() * sizeof(Item));
}

Case unpack(std::string_view bytes) {
  Case out;
  out.head = state_of<Head>(bytes);
  bytes.remove_prefix(sizeof(Head));
  take(bytes, out.children, out.head.children);
  take(bytes, out.moves, out.head.moves);
  return out;
}

void pack(std::string& bytes, Case& file) {
  file.head.children = static_cast<std::uint32_t>(file.children.size());
  file.head.moves = static_cast<std::uint32_t>(file.moves.size());
  store_state(bytes, file.head);
  put(bytes, file.children);
  put(bytes, file.moves);
}

bool counts(CaseType type) {
  switch (type) {
    case CaseType::FA:
    case CaseType::NFA:
    case CaseType::LIM:
    case CaseType::ERU:
    case CaseType::CMYA: return true;
    case CaseType::unset:
    case CaseType::EXPL:
    case CaseType::ATTEMPT:
    case CaseType::UNID: return false;
  }
  return false;
}

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
  const Head& head = file.head;
  Episode out{.type = head.type, .state = file.state(), .start = head.start, .start_slack = head.start_slack};
  if (head.phase.phase == rules::Phase::merged) return std::nullopt;
  const bool closed = head.phase.phase == rules::Phase::closed;
  const auto left = closed ? left_by(head.closed_for) : Ending::missing;
  if (!left) return std::nullopt;
  if (child.ending != Ending::missing) {
    out.ending = child.ending;
    out.end = child.end;
  } else if (closed) {
    out.ending = *left;
    out.end = head.closed_at;
  } else if (head.phase.phase == rules::Phase::long_term) {
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
  if (found != file.children.end()) return *found;
  return file.children.emplace_back(Child{.id = id});
}

// What started the clock: when we were told, or else law enforcement, or else the last contact, or else the event's own time.
Moment start_of(const EventView& event) {
  const auto& clocks = *event.body<CaseOpened>().clocks();
  for (const ClockKind kind : {ClockKind::reported_us, ClockKind::reported_le, ClockKind::last_contact})
    for (const Clock* clock : clocks)
      if (clock->clock() == kind) return moment_of(*clock, event);
  return moment_of(event);
}

void begin(Case& file, const EventView& event) {
  const auto& opened = event.body<CaseOpened>();
  const Moment start = start_of(event);
  file.head.start = start.at;
  file.head.start_slack = start.slack;
  file.head.type = opened.case_type();
  const auto state = text_of(opened.missing_from()->state());
  std::copy_n(state.data(), std::min(state.size(), file.head.state.size()), file.head.state.data());
}

void change(Case& file, const EventView& event) {
  if (event.type == Body::CaseSubjectAdded && event.body<CaseSubjectAdded>().role() == SubjectRole::missing_child) {
    child_named(file, *event.body<CaseSubjectAdded>().subject_id());
  } else if (event.type == Body::ChildRecovered) {
    const auto& body = event.body<ChildRecovered>();
    Child& child = child_named(file, *body.subject_id());
    child.ending = body.outcome() == ChildOutcome::deceased ? Ending::deceased : Ending::recovered;
    child.end = moment_of(body, event).at;
  } else if (event.type == Body::CaseReopened) {
    for (Child& child : file.children) child = Child{.id = child.id};
  } else if (event.type == Body::CaseClosed && file.head.phase.closed_by == event.version) {
    file.head.closed_for = event.body<CaseClosed>().reason();
    file.head.closed_at = moment_of(event).at;
  }
}

Move move_of(const Case& file, bool more, Body type) {
  if (more) return type == Body::CaseReopened || type == Body::LongtermReviewed ? Move::reopened : Move::opened;
  if (file.head.phase.phase == rules::Phase::merged) return Move::merged;
  if (file.head.phase.phase != rules::Phase::closed) return Move::recovered;
  const auto left = left_by(file.head.closed_for);
  if (!left) return Move::voided;
  return *left == Ending::transferred ? Move::transferred : *left == Ending::withdrawn ? Move::withdrawn : Move::closed_unresolved;
}

class Recovery final : public Projection {
 public:
  std::string_view id() const override { return "recovery"; }
  bool wants(Body type) const override { return moves_case(type); }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    const bool begins = state.empty() && event.version == 1 && event.type == Body::CaseOpened;
    if (begins ? !counts(event.body<CaseOpened>().case_type()) : state.empty()) return;

    Case file = begins ? Case{} : unpack(state);
    if (begins) begin(file, event);
    const int before = begins ? 0 : open_episodes(file);
    file.head.phase = after(file.head.phase, event, fact.position);
    change(file, event);
    if (const int more = open_episodes(file) - before; more != 0)
      file.moves.push_back({.recorded_at = fact.recorded_at, .count = std::abs(more), .move = move_of(file, more > 0, event.type)});
    pack(state, file);
  }

  void contribute(std::string_view state, const std::function<void(std::string_view, std::int64_t)>& add) const override {
    const Case file = unpack(state);
    each_episode(file, [&](const Episode& one) { add(key_of(one), 1); });
    for (const PastMove& moved : file.moves)
      add(key_of(StockMove{.type = file.head.type, .state = file.state(), .move = moved.move, .recorded_at = moved.recorded_at}), moved.count);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return recovery_figures(cells, query); }
};

}  // namespace

const Projection& recovery() {
  static const Recovery projection;
  return projection;
}

}  // namespace caseledger::projections
