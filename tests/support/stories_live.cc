// Lives at random: one act after another in one of a few streams, each kept only if it may follow. No two choices are made in one expression,
// as each compiler would make them in an order of its own.
#include "tests/support/stories.h"
#include "tests/support/stories_triage.h"

namespace stories {

using namespace schema;

namespace {

constexpr unsigned case_streams = 6, coverage_streams = 3, children_per_case = 3;

class Living {
 public:
  Living(Log& log, const Choose& choose) : log_(log), choose_(choose) {}

  void act() {
    now_ += Micros{choose_(40)} * hour;
    now_ += choose_(3);
    if (choose_(6) == 0) return take_snapshot();
    if (choose_(3) == 0) return live_in_triage(log_, choose_, now_);
    Case one(log_, stream(choose_(case_streams)), nullptr);
    if (log_.state(one.stream).version == 0) return open(one.stream);
    change(one);
  }

 private:
  template <class T, std::size_t N>
  T one_of(const T (&all)[N]) { return all[choose_(N)]; }

  // Mostly told at once and exactly, sometimes late or to the day, seldom imported.
  Said said() {
    Said said{.at = now_, .recorded_at = now_, .author = 1 + choose_(3), .imported = choose_(12) == 0};
    if (choose_(4) == 0) said.at -= Micros{choose_(30)} * day;
    if (choose_(5) == 0) said.precision = choose_(3) == 0 ? Precision::month : Precision::day;
    if (choose_(10) == 0) said.until = said.at + Micros{choose_(48)} * hour;
    if (choose_(3) == 0) said.offset_minutes = -300;
    return said;
  }

  SubjectId some_child(const StreamId& of) { return subject(load_be<std::uint32_t>(of.bytes.data() + 12) * 10 + choose_(children_per_case)); }

  void open(const StreamId& id) {
    static constexpr CaseType types[] = {CaseType::ERU, CaseType::FA, CaseType::NFA, CaseType::LIM, CaseType::CMYA, CaseType::EXPL};
    static constexpr const char* states[] = {"US-TX", "US-IN", "MX"};
    Opening opening{.type = one_of(types), .state = one_of(states)};
    const Said how = said();
    for (const ClockKind kind : {ClockKind::last_contact, ClockKind::reported_le, ClockKind::reported_us})
      if (choose_(2) == 0) {
        const Micros at = how.at - Micros{choose_(72)} * hour;
        opening.clocks.push_back({.kind = kind, .at = at, .precision = choose_(3) == 0 ? Precision::day : Precision::minute});
      }
    Case(log_, id, opening, how);
    if (choose_(3) > 0) Case(log_, id, nullptr).child(some_child(id), how);
  }

  void change(Case& one) {
    const unsigned act = choose_(14);
    if (act >= 8 && act <= 10) return close(one);
    if (act == 11) return reopen(one);
    const Said how = said();
    switch (act) {
      case 0: one.child(some_child(one.stream), how); break;
      case 1: one.child(subject(9'000 + choose_(5)), how, SubjectRole::companion); break;
      case 2: one.located(some_child(one.stream), how); break;
      case 3:
      case 4: one.recovered(some_child(one.stream), how); break;
      case 5: one.recovered(some_child(one.stream), how, ChildOutcome::deceased); break;
      case 6: one.suspended(how); break;
      case 7: one.relisted(how); break;
      case 12:
        if (choose_(4) == 0) one.merged(stream(choose_(case_streams)), how);
        break;
      default: one.assigned("op-7", "team-2", how); break;
    }
  }

  void close(Case& one) {
    Said how = said();
    if (const Version proposed = log_.state(one.stream).closing; proposed != 0 && choose_(3) > 0) {
      how.names = proposed;
      const auto proposal = log_.facts_of(one.stream)[proposed - 1];
      one.closing(proposal.event.body<CaseClosed>().reason(), how);
      return;
    }
    one.closing(static_cast<CloseReason>(1 + choose_(static_cast<unsigned>(CloseReason::MAX))), how);
  }

  // Names the close, or else the last event that ended the search.
  void reopen(Case& one) {
    Version prior = log_.state(one.stream).closed_by;
    for (const Fact& fact : log_.facts_of(one.stream))
      if (prior == 0 || log_.state(one.stream).phase != rules::Phase::closed)
        if (fact.event.type == Body::ChildRecovered || fact.event.type == Body::ChildLocated) prior = fact.event.version;
    if (prior == 0) return;
    const Said how = said();
    one.reopened(choose_(2) == 0 ? ReopenReason::lost_again : ReopenReason::erroneous_closure, prior, how);
  }

  void take_snapshot() {
    static constexpr const char* jurisdictions[] = {"US-IN", "US-MI", "US-OH"};
    Snapshot s{.jurisdiction = one_of(jurisdictions), .as_of = now_ - Micros{choose_(5)} * day, .cameras = choose_(30)};
    if (choose_(3) > 0) s.reads = choose_(100'000);
    if (choose_(3) > 0) s.hits = choose_(5'000);
    if (choose_(4) > 0) s.retention_days = static_cast<std::uint16_t>(7 + choose_(3) * 23);
    snapshot(log_, stream(100 + choose_(coverage_streams)), s, {.at = now_});
  }

  Log& log_;
  const Choose& choose_;
  Micros now_ = new_year_2024;
};

}  // namespace

void live(Log& log, const Choose& choose, unsigned steps) {
  log.be_strict();
  Living living(log, choose);
  for (unsigned i = 0; i < steps; ++i) living.act();
}

}  // namespace stories
