#include "projections/privacy.h"

#include <algorithm>
#include <array>

#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"
#include "projections/waits.h"
#include "projections/window.h"

namespace caseledger::projections {

namespace {

using namespace schema;

constexpr char erasure_cell = 'e', hold_cell = 'h', kept_cell = 'p';

// Times are of the events; 0: not yet, or not set.
struct Erasure {
  Micros requested = 0, due = 0, decided = 0, executed = 0;
  ErasureBasis basis = ErasureBasis::unset;
  ErasureOutcome outcome = ErasureOutcome::unset;
};

// A legal hold, or data that has to be preserved: from then on, until a time, or until someone says that it is over.
struct Held {
  Micros begun = 0, until = 0, over = 0;
};

struct Request {
  Version version = 0, decision = 0;
  Erasure cell;
};

struct Begun {
  Version version = 0;  // of the event that began it
  Held cell;
};

struct OfSubject {
  std::vector<Request> requests;
  std::vector<Begun> holds, kept;
};

void decide(OfSubject& subject, const EventView& event, const ErasureDecided& body) {
  const auto request = std::ranges::find(subject.requests, body.request()->version(), &Request::version);
  if (request == subject.requests.end() || uuid_of(body.request()->stream()) != event.stream) return;
  request->decision = event.version;
  request->cell.decided = moment_of(event).at;
  request->cell.outcome = body.outcome();
}

void execute(OfSubject& subject, const EventView& event, const ErasureExecuted& body) {
  const auto request = std::ranges::find(subject.requests, body.decision()->version(), &Request::decision);
  if (request == subject.requests.end() || request->decision == 0) return;
  request->cell.executed = moment_of(event).at;
}

void end(std::vector<Begun>& all, const Ref* of, Micros at) {
  const auto found = of ? std::ranges::find(all, of->version(), &Begun::version) : all.end();
  if (found != all.end() && found->cell.over == 0) found->cell.over = at;
}

void change(OfSubject& subject, const EventView& event) {
  const Micros at = moment_of(event).at;
  on<ErasureRequested>(event, [&](const auto& body) {
    subject.requests.push_back({.version = event.version, .decision = 0, .cell = {.requested = at, .due = body.due_at().value_or(0), .basis = body.basis()}});
  });
  on<ErasureDecided>(event, [&](const auto& body) { decide(subject, event, body); });
  on<ErasureExecuted>(event, [&](const auto& body) { execute(subject, event, body); });
  on<LegalHoldChanged>(event, [&](const auto& body) {
    if (body.action() == HoldAction::placed) subject.holds.push_back({.version = event.version, .cell = {.begun = at, .until = body.until().value_or(0)}});
    else end(subject.holds, body.placed(), at);
  });
  on<PreservationStarted>(event, [&](const auto& body) { subject.kept.push_back({.version = event.version, .cell = {.begun = at, .until = body.until()}}); });
  on<PreservationExpired>(event, [&](const auto& body) { end(subject.kept, body.started(), at); });
}

struct Row {
  explicit Row(Micros as_of) : to_decide(as_of), to_execute(as_of) {}

  std::int64_t requested = 0, executed = 0, unexecuted = 0, overdue = 0;
  std::array<std::int64_t, std::size_t(ErasureOutcome::MAX) + 1> outcomes{};
  Waits to_decide, to_execute;
};

bool erases(ErasureOutcome outcome) { return outcome == ErasureOutcome::granted || outcome == ErasureOutcome::partial; }

void add(Row& row, const Erasure& erasure, std::int64_t n, Micros as_of) {
  const auto came = [&](Micros at) { return at != 0 && at <= as_of; };
  const auto outcome = came(erasure.decided) ? erasure.outcome : ErasureOutcome::unset;
  const bool executed = came(erasure.executed);
  row.requested += n;
  row.outcomes[std::size_t(outcome)] += n;
  row.to_decide.add(erasure.requested, erasure.decided, 0, n);
  row.overdue += outcome == ErasureOutcome::unset && erasure.due != 0 && erasure.due < as_of ? n : 0;
  if (!erases(outcome)) return;
  row.to_execute.add(erasure.decided, erasure.executed, 0, n);
  (executed ? row.executed : row.unexecuted) += n;
}

void write(Sheet& sheet, const Row& row) {
  const auto of = [&](ErasureOutcome outcome) { return row.outcomes[std::size_t(outcome)]; };
  const std::int64_t decided = row.requested - of(ErasureOutcome::unset);
  sheet.count("T16.erasures", "Erasures requested in the period", "erasures", row.requested);
  sheet.share("T16.erasures.granted", "Of those decided, granted", of(ErasureOutcome::granted), decided);
  sheet.share("T16.erasures.partial", "Of those decided, granted in part", of(ErasureOutcome::partial), decided);
  sheet.share("T16.erasures.refused", "Of those decided, refused", of(ErasureOutcome::refused), decided);
  sheet.count("T16.erasures.undecided", "Of them, not decided", "erasures", of(ErasureOutcome::unset));
  sheet.count("T16.erasures.overdue", "Of them, not decided when they should have been", "erasures", row.overdue);
  sheet.count("T16.erasures.executed", "Of those granted, carried out", "erasures", row.executed);
  sheet.count("T16.erasures.unexecuted", "Of those granted, not carried out", "erasures", row.unexecuted);
  write_waits(sheet, "T16.erasures.decision", "From the request for erasure to the decision", row.to_decide, {50, 90});
  write_waits(sheet, "T16.erasures.execution", "From the decision to erase to the erasure", row.to_execute, {50, 90});
}

struct HeldRow {
  std::int64_t begun = 0, over = 0, in_force = 0, outdated = 0;

  void add(const Held& held, std::int64_t n, const Window& window, Micros as_of) {
    if (held.begun > as_of) return;
    const bool ended = held.over != 0 && held.over <= as_of;
    begun += window.holds(held.begun) ? n : 0;
    over += ended && window.holds(held.over) ? n : 0;
    if (ended) return;
    (held.until != 0 && held.until <= as_of ? outdated : in_force) += n;
  }
};

void write_held(Sheet& sheet, const std::string& id, const std::string& what, const std::string& unit, const HeldRow& row) {
  sheet.count(id, what + " in force at the as-of", unit, row.in_force);
  sheet.count(id + ".begun", what + " begun in the period", unit, row.begun);
  sheet.count(id + ".ended", what + " ended in the period", unit, row.over);
  sheet.count(id + ".outdated", what + " beyond their time that nobody ended", unit, row.outdated);
}

class Privacy final : public Projection {
 public:
  std::string_view id() const override { return "privacy"; }
  bool wants(Body type) const override {
    using enum Body;
    return is_among(type, {ErasureRequested, ErasureDecided, ErasureExecuted, LegalHoldChanged, PreservationStarted, PreservationExpired});
  }

  void step(std::string& state, const Fact& fact) const override {
    auto subject = unpacked<OfSubject>(state);
    change(subject, fact.event);
    state = packed(subject);
  }

  void contribute(std::string_view state, const Share& add) const override {
    const auto subject = unpacked<OfSubject>(state);
    for (const auto& each : subject.requests) add(cell_key(erasure_cell, each.cell), 1);
    for (const auto& each : subject.holds) add(cell_key(hold_cell, each.cell), 1);
    for (const auto& each : subject.kept) add(cell_key(kept_cell, each.cell), 1);
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override {
    const Window window = window_of(query);
    std::map<Group, Row> rows;
    const auto row_of = [&](ErasureBasis basis) -> Row& {
      return rows.try_emplace(group_of(query, {{"basis", EnumNameErasureBasis(basis)}}), query.as_of).first->second;
    };
    if (group_of(query, {{"basis", ""}}).empty()) row_of({});
    HeldRow holds, kept;
    for (const auto& [key, n] : cells.counts()) {
      const auto rest = std::string_view(key).substr(1);
      if (key[0] == erasure_cell) {
        if (const auto erasure = unpacked<Erasure>(rest); window.holds(erasure.requested)) add(row_of(erasure.basis), erasure, n, query.as_of);
      } else {
        (key[0] == hold_cell ? holds : kept).add(unpacked<Held>(rest), n, window, query.as_of);
      }
    }
    std::vector<Figure> figures;
    for (const auto& [group, row] : rows) {
      Sheet sheet(group, figures);
      write(sheet, row);
    }
    const Group whole;
    Sheet sheet(whole, figures);
    write_held(sheet, "T16.holds", "Legal holds", "holds", holds);
    write_held(sheet, "T16.preservations", "Preservations", "preservations", kept);
    return figures;
  }
};

}  // namespace

const Projection& privacy() {
  static const Privacy projection;
  return projection;
}

}  // namespace caseledger::projections
