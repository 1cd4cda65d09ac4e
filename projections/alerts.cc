#include "projections/alerts.h"

#include <algorithm>

#include "projections/alert_cells.h"
#include "projections/on.h"

namespace caseledger::projections {

namespace {

using namespace schema;

// A state begins with the letter of its cells, a case's with its own.
constexpr char case_state = 'c';

struct OfChild {
  SubjectId child;
  Version recovered_by = 0;
  OwedRecovery owed;
};

struct OfCase {
  std::vector<OfChild> recoveries;
  Version ended_by = 0;  // the last close, if it was for every child's being back or dead
};

struct Judging {
  Alert alert;
  Micros confirmed = 0;  // when the earliest true match on record was found; 0: there is none
};

bool is(std::string_view state, char letter) { return state.starts_with(letter); }

void raise(std::string& state, const EventView& event, const AlertRaised& body) {
  if (!state.empty()) return;
  Alert alert{.stream = event.stream,
              .observed = body.observed_at(),
              .raised = body.raised_at(),
              .received = body.received_at(),
              .kind = body.detector_kind(),
              .vendor = std::string(text_of(body.vendor())),
              .jurisdiction = std::string(text_of(body.jurisdiction()))};
  if (body.hotlist_entry_id()) alert.entry = uuid_of(body.hotlist_entry_id()->stream());
  if (const auto match = body.match()) alert.match = *match;
  state = cell_key(alert_cell, Judging{.alert = std::move(alert)});
}

// The last word counts; how long it took is the time to the first.
void adjudicate(Judging& judging, const AlertAdjudicated& body) {
  Alert& alert = judging.alert;
  alert.outcome = body.outcome();
  alert.judged = body.at();
  if (alert.adjudicated == 0) alert.adjudicated = body.at();
  if (alert.outcome == AlertOutcome::true_match && (judging.confirmed == 0 || body.at() < judging.confirmed)) judging.confirmed = body.at();
}

// Verified is what a true match was recorded for before it, and not later by the clock.
void act(Judging& judging, const AlertActioned& body) {
  Alert& alert = judging.alert;
  if (body.action() == AlertAction::none) return;
  if (alert.acted == 0) alert.acted = body.at();
  const bool verified = judging.confirmed != 0 && judging.confirmed <= body.at();
  if ((body.action() == AlertAction::stop || body.action() == AlertAction::arrest) && !verified) alert.acted_unverified = true;
  const std::uint32_t detained = body.persons_detained().value_or(0);
  alert.detained += detained;
  if (body.force_used().value_or(false)) ++alert.forced;
  if (body.result() != ActionResult::wrong_person) return;
  ++alert.wrong_contacts;
  alert.detained_wrongly += detained;
}

// Newest is what was taken last; one that does not state its reads takes nothing back.
void read(std::string& state, const CoverageSnapshotTaken& body) {
  if (!body.reads_30d() || (!state.empty() && !is(state, reads_cell))) return;
  if (!state.empty() && unpacked<Reads>(std::string_view(state).substr(1)).as_of > body.as_of()) return;
  state = cell_key(reads_cell, Reads{.as_of = body.as_of(),
                                     .in_30d = *body.reads_30d(),
                                     .vendor = std::string(text_of(body.vendor())),
                                     .jurisdiction = std::string(text_of(body.jurisdiction()))});
}

void recover(OfCase& file, const ChildRecovered& body, Version version) {
  const SubjectId child = uuid_of(*body.subject_id());
  std::erase_if(file.recoveries, [&](const OfChild& each) { return each.child == child; });
  if (!body.attribution()) return;
  for (const Attribution* each : *body.attribution())
    if (each->direct() && each->source() == AttributionSource::alert) {
      const StreamId alert = each->event_id() ? uuid_of(each->event_id()->stream()) : StreamId{};
      file.recoveries.push_back({.child = child, .recovered_by = version, .owed = {.alert = alert, .at = body.at()}});
      return;  // one recovery, whatever number of alerts led to it
    }
}

// As the rules have it (LostAgain).
void reopen(OfCase& file, const CaseReopened& body) {
  const Version named = body.prior_close_event_id()->version();
  std::erase_if(file.recoveries, [&](const OfChild& each) { return named == file.ended_by || each.recovered_by == named; });
}

class Alerts final : public Projection {
 public:
  std::string_view id() const override { return "alerts"; }
  unsigned version() const override { return 2; }
  bool wants(Body type) const override {
    using enum Body;
    return is_among(type, {AlertRaised, AlertAdjudicated, AlertActioned, HotlistEntryChanged, CoverageSnapshotTaken, ChildRecovered, CaseClosed, CaseReopened, CaseMerged});
  }

  void step(std::string& state, const Fact& fact) const override {
    const EventView& event = fact.event;
    on<AlertRaised>(event, [&](const auto& body) { raise(state, event, body); });
    on<HotlistEntryChanged>(event, [&](const auto& body) {
      if (state.empty() || is(state, entry_cell)) state = cell_key(entry_cell, ListedAs{.entry = event.stream, .list = body.list()});
    });
    on<CoverageSnapshotTaken>(event, [&](const auto& body) { read(state, body); });
    if (is(state, alert_cell)) judge(state, event);
    if (state.empty() || is(state, case_state)) follow_case(state, event);
  }

  void contribute(std::string_view state, const Share& add) const override {
    if (is(state, alert_cell)) {
      add(cell_key(alert_cell, unpacked<Judging>(state.substr(1)).alert), 1);
    } else if (is(state, case_state)) {
      for (const OfChild& each : unpacked<OfCase>(state.substr(1)).recoveries) add(cell_key(recovery_cell, each.owed), 1);
    } else {
      add(state, 1);
    }
  }

  std::vector<Figure> figures(const Cells& cells, const FigureQuery& query) const override { return alert_figures(cells, query); }

 private:
  static void judge(std::string& state, const EventView& event) {
    auto judging = unpacked<Judging>(std::string_view(state).substr(1));
    on<AlertAdjudicated>(event, [&](const auto& body) { adjudicate(judging, body); });
    on<AlertActioned>(event, [&](const auto& body) { act(judging, body); });
    state = cell_key(alert_cell, judging);
  }

  static void follow_case(std::string& state, const EventView& event) {
    auto file = unpacked<OfCase>(std::string_view(state).substr(state.empty() ? 0 : 1));
    on<ChildRecovered>(event, [&](const auto& body) { recover(file, body, event.version); });
    on<CaseClosed>(event, [&](const auto& body) {
      file.ended_by = body.reason() == CloseReason::recovered || body.reason() == CloseReason::located_deceased ? event.version : 0;
    });
    on<CaseReopened>(event, [&](const auto& body) { reopen(file, body); });
    on<CaseMerged>(event, [&](const auto&) { file.recoveries.clear(); });
    state = file.recoveries.empty() ? std::string{} : cell_key(case_state, file);
  }
};

}  // namespace

const Projection& alerts() {
  static const Alerts projection;
  return projection;
}

}  // namespace caseledger::projections
