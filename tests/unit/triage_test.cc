// How long triage takes, and what waits, by hand.
#include "projections/catalogue.h"
#include "projections/triage.h"
#include "projections/worklist.h"
#include "tests/support/figures.h"
#include "tests/support/stories_triage.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using namespace schema;

namespace {

constexpr Micros t0 = new_year_2024;

std::string said(const Log& log, const FigureQuery& query, std::string_view id, std::string_view group = {}) {
  return said_by(named(figures_then(triage(), log, query), id, group));
}
std::string backlog(const Log& log, const FigureQuery& query, std::string_view id = "T2.backlog") { return said_by(named(figures(queues(), log, query), id)); }

std::string micros(Micros time) { return std::to_string(time); }

Triaged received(Log& log, unsigned number, Micros time) { return Triaged::report(log, stream(number), at(time)); }

// A report that waits in a queue from t0 on, and is out of it after so long; 0: it still waits.
Triaged waited(Log& log, unsigned number, Micros how_long, const std::string& queue = "triage") {
  Triaged item = received(log, number, t0);
  item.entered(queue, at(t0));
  if (how_long != 0) item.exited(at(t0 + how_long));
  return item;
}

}  // namespace

TEST_CASE("what still waits counts in the time that queues take", "[triage]") {
  Log log;
  waited(log, 1, 1 * hour);
  waited(log, 2, 2 * hour);
  waited(log, 3, 4 * hour);
  waited(log, 4, 0);
  // Of four that waited three are out: S(1 h) = 3/4, S(2 h) = 1/2, S(4 h) = 1/4, and the last has waited for ten.
  CHECK(said(log, as_of(t0 + 10 * hour), "T2.queue.p50") == "3/4 = " + micros(2 * hour));
  CHECK(said(log, as_of(t0 + 10 * hour), "T2.queue.p90") == "3/4 = - not_reached");
  // As known after three hours two are out, one of them at two hours: S(2 h) = 1/2.
  CHECK(said(log, as_of(t0 + 3 * hour), "T2.queue.p50") == "2/4 = " + micros(2 * hour));
  CHECK(said(log, as_of(t0 + 90 * minute), "T2.queue.p50") == "1/4 = - not_reached");
  CHECK(backlog(log, as_of(t0 + 10 * hour)) == "1/- = 1");
  CHECK(said(Log(), as_of(t0), "T2.queue.p50") == "0/0 = - no_data");
}

TEST_CASE("time in a queue splits by queue, priority, item and place", "[triage]") {
  Log log;
  waited(log, 1, hour, "triage");
  waited(log, 2, 3 * hour, "urgent");
  Triaged three = received(log, 3, t0);
  three.prioritised(Priority::P0, at(t0));
  three.determined("MX", at(t0));
  three.entered("urgent", at(t0));
  three.exited(at(t0 + 5 * hour));
  Case file(log, stream(4), {.type = CaseType::NFA}, at(t0));
  Triaged queued(log, StreamKind::case_, file.stream);
  queued.entered("desk", at(t0 + hour));
  queued.exited(at(t0 + 8 * hour));
  const auto split = [&](const std::string& by, std::string_view group) { return said(log, as_of(t0 + day, {by}), "T2.queue.p99", group); };
  CHECK(split("queue", "triage") == "triage: 1/1 = " + micros(hour));
  CHECK(split("queue", "urgent") == "urgent: 2/2 = " + micros(5 * hour));
  CHECK(split("queue", "desk") == "desk: 1/1 = " + micros(7 * hour));
  CHECK(split("priority", "P0") == "P0: 1/1 = " + micros(5 * hour));
  CHECK(split("priority", "unset") == "unset: 3/3 = " + micros(7 * hour));
  CHECK(split("item", "case") == "case: 1/1 = " + micros(7 * hour));
  CHECK(split("item_type", "NFA") == "NFA: 1/1 = " + micros(7 * hour));
  CHECK(split("item_type", "sighting") == "sighting: 3/3 = " + micros(5 * hour));
  CHECK(split("jurisdiction", "MX") == "MX: 1/1 = " + micros(5 * hour));
}

TEST_CASE("an item waits in one queue at a time", "[triage]") {
  Log log;
  Triaged one = received(log, 1, t0);
  one.entered("triage", at(t0));
  one.entered("triage", at(t0 + hour));      // waits already
  one.entered("urgent", at(t0 + 2 * hour));  // moves on
  one.exited(at(t0 + 5 * hour));
  one.exited(at(t0 + 6 * hour));             // is out already
  CHECK(said(log, as_of(t0 + day, {"queue"}), "T2.queue.p50", "triage") == "triage: 1/1 = " + micros(2 * hour));
  CHECK(said(log, as_of(t0 + day, {"queue"}), "T2.queue.p50", "urgent") == "urgent: 1/1 = " + micros(3 * hour));
  CHECK(backlog(log, as_of(t0 + day)) == "0/- = 0");
}

TEST_CASE("a report taken back, a case closed or merged wait no longer, and a reopened case waits again", "[triage]") {
  Log log;
  Triaged report = waited(log, 1, 0);
  report.outcome(SubmissionOutcome::retracted, at(t0 + 3 * hour));
  Case closed(log, stream(2), {}, at(t0)), merged(log, stream(3), {}, at(t0)), open(log, stream(4), {}, at(t0));
  for (const Case* file : {&closed, &merged, &open}) Triaged(log, StreamKind::case_, file->stream).entered("desk", at(t0));
  const Version close = closed.closed(CloseReason::unfounded, at(t0 + 4 * hour));
  merged.merged(open.stream, at(t0 + 5 * hour));
  open.closing(CloseReason::unfounded, at(t0 + 6 * hour));  // proposed, and not confirmed
  const auto now = as_of(t0 + 10 * hour);
  CHECK(backlog(log, now) == "1/- = 1");
  CHECK(said(log, now, "T2.queue.p50") == "0/4 = - not_reached");
  closed.reopened(ReopenReason::erroneous_closure, close, at(t0 + 9 * hour));
  CHECK(backlog(log, now) == "2/- = 2");
  CHECK(backlog(log, now, "T2.backlog.oldest") == "-/2 = " + micros(10 * hour));
}

TEST_CASE("a case that was closed and goes on by an imported event waits again, as the rules have it", "[triage]") {
  Log log;
  Case file(log, stream(1), {}, at(t0));
  file.child(subject(1), at(t0));
  Triaged(log, StreamKind::case_, file.stream).entered("desk", at(t0));
  file.closed(CloseReason::unfounded, at(t0 + hour));
  CHECK(backlog(log, as_of(t0 + day)) == "0/- = 0");
  file.recovered(subject(1), imported_at(t0 + 2 * hour));
  REQUIRE(log.state(file.stream).phase == rules::Phase::recovered);
  CHECK(backlog(log, as_of(t0 + day)) == "1/- = 1");
}

TEST_CASE("the first score, designation and review are timed from receipt, waiting reports included", "[triage]") {
  Log log;
  Triaged one = received(log, 1, t0);
  one.scored(at(t0 + minute));
  one.scored(at(t0 + 9 * hour));
  one.designated(Designation::informational, DesignationBasis::model, at(t0 + hour));
  one.reviewed(Designation::referral, at(t0 + 2 * hour), "system-1", ContentViewed::na, false);  // no person
  one.reviewed(Designation::referral, at(t0 + 5 * hour));
  received(log, 2, t0 + hour);  // nothing has been done about it
  received(log, 3, t0 + day);
  const auto now = as_of(t0 + 23 * hour);
  CHECK(said(log, now, "T2.scored.p50") == "1/2 = " + micros(minute));
  CHECK(said(log, now, "T2.designated.p50") == "1/2 = " + micros(hour));
  CHECK(said(log, now, "T2.reviewed.p50") == "1/2 = " + micros(5 * hour));
  CHECK(said(log, now, "T2.reviewed.p90") == "1/2 = - not_reached");
  CHECK(said(log, now, "T2.mix.informational").starts_with("1/1 = "));
  // Only those received on the days that begin in the period.
  CHECK(said(log, in_period(t0 + day, t0 + 2 * day, t0 + 2 * day), "T2.scored.p50") == "0/1 = - not_reached");
  CHECK(said(log, in_period(t0 + 1, t0 + 2 * day, t0 + 2 * day), "T2.scored.p50") == "0/1 = - not_reached whole_days");
  CHECK(said(log, in_period(t0, t0 + day, t0 + 2 * day), "T2.scored.p50") == "1/2 = " + micros(minute));
}

TEST_CASE("due times: ended in time, ended late, overdue, and not due yet", "[triage]") {
  Log log;
  const auto due_waiting = [&](unsigned number, Micros due, Micros how_long) {
    Triaged item = received(log, number, t0);
    item.prioritised(Priority::P1, at(t0), t0 + due);
    item.entered("triage", at(t0));
    if (how_long != 0) item.exited(at(t0 + how_long));
    return item;
  };
  due_waiting(1, 2 * hour, hour);
  due_waiting(2, 2 * hour, 3 * hour);
  due_waiting(3, 4 * hour, 0);
  due_waiting(4, 40 * hour, 0);
  waited(log, 5, 0);  // without a due time
  due_waiting(6, 4 * hour, 0).outcome(SubmissionOutcome::expired, at(t0 + 3 * hour));
  CHECK(said(log, as_of(t0 + 10 * hour), "T2.in_due").starts_with("1/3 = "));
  CHECK(said(log, as_of(t0 + 4 * hour), "T2.in_due").starts_with("1/2 = "));  // the third is due now, and not past it
  CHECK(backlog(log, as_of(t0 + 10 * hour), "T2.backlog.overdue").starts_with("1/3 = "));
}

TEST_CASE("shares and waits of what is put first, and how unevenly it falls", "[triage]") {
  Log log;
  for (unsigned i = 1; i <= 6; ++i) {
    Triaged item = received(log, i, t0);
    if (i <= 4) item.determined("US-TX", at(t0));
    else item.determined("MX", at(t0));
    item.entered("triage", at(t0));
    if (i == 1 || i == 2 || i == 5) item.expedited(ExpediteReason::abduction, RequesterClass::le, true, at(t0));
    if (i == 3) item.expedited(ExpediteReason::media, RequesterClass::media, false, at(t0));
    item.exited(at(t0 + Micros{i} * hour));
  }
  received(log, 7, t0);  // not in triage
  const auto now = as_of(t0 + day), split = as_of(t0 + day, {"jurisdiction"});
  CHECK(said(log, now, "T4.expedited").starts_with("3/6 = 0.500000"));
  CHECK(said(log, now, "T4.wait.expedited.p50") == "3/3 = " + micros(2 * hour));
  CHECK(said(log, now, "T4.wait.others.p50") == "3/3 = " + micros(4 * hour));
  CHECK(said(log, now, "T4.disparity") == "3/6 = - no_data");
  // MX 1 of 2 against US-TX 2 of 4: ratio 1, and ln bounds ±1.96·√(1 − 1/2 + 1/2 − 1/4) = ±1.697379.
  CHECK(said(log, split, "T4.disparity", "MX") == "MX: 1/2 = 1.000000 (0.183163..5.459617)");
}

TEST_CASE("age and race of the missing child split what is put first", "[triage]") {
  Log log;
  Case file(log, stream(1), {}, at(t0));
  file.child(subject(1), at(t0), SubjectRole::missing_child, 13);
  file.child(subject(2), at(t0), SubjectRole::missing_child, 7);
  file.child(subject(3), at(t0), SubjectRole::companion, 3);
  Triaged(log, StreamKind::case_, file.stream).expedited(ExpediteReason::age_lt_12, RequesterClass::le, true, at(t0));
  waited(log, 2, hour);
  CHECK(said(log, as_of(t0 + day, {"age_band"}), "T4.expedited", "6-11").starts_with("6-11: 1/1 = "));
}

TEST_CASE("an item that another stream speaks of is one of its own", "[triage]") {
  Log log;
  const StreamId other = stream(50);
  Triaged one = received(log, 1, t0);
  one.entered("triage", at(t0), &other);
  one.prioritised(Priority::P2, at(t0), 0, PriorityBasis::rule, &other);
  CHECK(backlog(log, as_of(t0 + hour)) == "1/- = 1");
  one.exited(at(t0 + hour));  // itself does not wait
  CHECK(backlog(log, as_of(t0 + hour)) == "1/- = 1");
  CHECK(said(log, as_of(t0 + hour, {"item"}), "T2.queue.p50", "elsewhere") == "elsewhere: 0/1 = - not_reached");
  one.exited(at(t0 + 2 * hour), QueueDisposition::closed, &other);
  CHECK(backlog(log, as_of(t0 + 2 * hour)) == "0/- = 0");
}

TEST_CASE("jurisdictions that change are counted per item", "[triage]") {
  Log log;
  Triaged one = received(log, 1, t0), two = received(log, 2, t0);
  for (const char* place : {"US-TX", "US-TX", "MX", "US-TX"}) one.determined(place, at(t0));
  two.determined("US-IN", at(t0));
  CHECK(said(log, as_of(t0 + day), "T8.jurisdiction_changes") == "2/2 = 1.000000");
}
