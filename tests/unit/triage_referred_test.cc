// How long it takes until an item is delivered to somebody and accepted, by hand: two streams of which one tells the other.
#include "projections/standing.h"
#include "projections/triage.h"
#include "tests/support/figures.h"
#include "tests/support/stories_triage.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using namespace schema;

namespace {

constexpr Micros t0 = new_year_2024;

std::string said(const Log& log, std::string_view id, const FigureQuery& query = as_of(t0 + 30 * day), std::string_view group = {}) {
  return said_by(named(figures(triage(), log, query), id, group));
}
std::string delivered(const Log& log) { return said(log, "T2.delivered.p50"); }
std::string accepted(const Log& log) { return said(log, "T2.accepted.p50"); }
std::string micros(Micros time) { return std::to_string(time); }

Triaged received(Log& log, unsigned number) { return Triaged::report(log, stream(number), at(t0)); }
Referral referred(Log& log, unsigned number, const Triaged& item, Micros after) { return {log, stream(number), at(t0 + after), {.item = item.stream}}; }

}  // namespace

TEST_CASE("an item waits from its receipt until a referral of it is delivered, and accepted", "[triage]") {
  Log log;
  const Triaged report = received(log, 1);
  CHECK(delivered(log) == "0/1 = - not_reached");
  Referral referral = referred(log, 10, report, hour);
  CHECK(delivered(log) == "0/1 = - not_reached");
  referral.delivered(at(t0 + 2 * hour));
  CHECK(delivered(log) == "1/1 = " + micros(2 * hour));
  CHECK(accepted(log) == "0/1 = - not_reached");
  referral.responded(ReferralResponse::accepted, at(t0 + 5 * hour));
  CHECK(accepted(log) == "1/1 = " + micros(5 * hour));
}

TEST_CASE("of several referrals of an item the first delivery and the first acceptance count", "[triage]") {
  Log log;
  const Triaged report = received(log, 1);
  Referral late = referred(log, 10, report, hour), soon = referred(log, 11, report, 2 * hour);
  late.delivered(at(t0 + 9 * hour));
  CHECK(delivered(log) == "1/1 = " + micros(9 * hour));
  soon.delivered(at(t0 + 3 * hour));
  CHECK(delivered(log) == "1/1 = " + micros(3 * hour));
  soon.responded(ReferralResponse::declined, at(t0 + 4 * hour), "no_capacity");
  CHECK(accepted(log) == "0/1 = - not_reached");
  late.responded(ReferralResponse::accepted, at(t0 + 10 * hour));
  CHECK(accepted(log) == "1/1 = " + micros(10 * hour));
}

TEST_CASE("who waits for a delivery: what is to be referred, until it is; not what was designated otherwise, revoked or is over", "[triage]") {
  Log log;
  const Triaged sent = received(log, 1);
  referred(log, 10, sent, hour).delivered(at(t0 + hour));
  Triaged stuck = received(log, 2);  // designated a referral, and never referred
  stuck.designated(Designation::referral, DesignationBasis::rule, at(t0 + hour));
  CHECK(delivered(log) == "1/2 = " + micros(hour));
  CHECK(said(log, "T2.delivered.p90") == "1/2 = - not_reached");
  Triaged nothing = received(log, 3);  // nothing to refer: it leaves after two hours, when two others are left of three
  nothing.designated(Designation::informational, DesignationBasis::rule, at(t0 + 2 * hour));
  referred(log, 11, stuck, 3 * hour).delivered(at(t0 + 3 * hour));
  CHECK(said(log, "T2.delivered.p90") == "2/3 = " + micros(3 * hour));
  SECTION("what is informational and referred all the same waits for its delivery") {
    referred(log, 12, nothing, 4 * hour);
    CHECK(said(log, "T2.delivered.p90") == "2/3 = - not_reached");
  }
  SECTION("until the referral is revoked") {
    referred(log, 12, nothing, 4 * hour).revoked(at(t0 + 5 * hour));
    // It left when two had been delivered: S(3 h) = 1/3, and nobody is left.
    CHECK(said(log, "T2.delivered.p50") == "2/3 = " + micros(3 * hour));
    CHECK(said(log, "T2.delivered.p90") == "2/3 = - not_reached");
  }
  SECTION("and what is retracted waits no longer") {
    Triaged gone = received(log, 4);
    gone.designated(Designation::referral, DesignationBasis::rule, at(t0 + hour));
    gone.outcome(SubmissionOutcome::retracted, at(t0 + 2 * hour));
    CHECK(said(log, "T2.delivered.p90") == "2/4 = " + micros(3 * hour));
  }
}

TEST_CASE("the waits for a delivery split as those of triage do", "[triage]") {
  Log log;
  Triaged urgent = received(log, 1), other = received(log, 2);
  urgent.prioritised(Priority::P0, at(t0));
  referred(log, 10, urgent, hour).delivered(at(t0 + hour));
  referred(log, 11, other, hour).delivered(at(t0 + 2 * hour));
  CHECK(said(log, "T2.delivered.p50", as_of(t0 + day, {"priority"}), "P0") == "P0: 1/1 = " + micros(hour));
  CHECK(said(log, "T2.delivered.p50", as_of(t0 + day, {"priority"}), "unset") == "unset: 1/1 = " + micros(2 * hour));
}

TEST_CASE("a referral that is corrected or made void is told anew", "[triage]") {
  Log log;
  const Triaged one = received(log, 1), other = received(log, 2);
  const StreamId referral = stream(10);
  Referral(log, referral, at(t0 + hour), {.item = one.stream}).delivered(at(t0 + 2 * hour));
  Folds fold = fold_of(triage(), log.facts());
  const auto both = [&] {
    fold.settle();
    Cells sums;
    std::string all;
    REQUIRE(fold.each_stream(triage(), [&](const StreamId& of, const Cells& share) {
      sums.merge(share);
      if (of == one.stream || of == other.stream) all += said_by(named(triage().figures(share, as_of(t0 + 30 * day)), "T2.delivered.p50")) + "; ";
    }));
    CHECK(sums == fold.cells(triage()));
    return all;
  };
  CHECK(both() == "1/1 = " + micros(2 * hour) + "; 0/1 = - not_reached; ");

  Log corrected;  // what the referral's stream is once it is said to refer the other
  Referral(corrected, referral, at(t0 + hour), {.item = other.stream}).delivered(at(t0 + 3 * hour));
  REQUIRE(fold.refold(referral, Standing(corrected.facts())));
  CHECK(both() == "0/1 = - not_reached; 1/1 = " + micros(3 * hour) + "; ");

  REQUIRE(fold.refold(referral, Standing(std::span<const Fact>())));  // all of it is gone
  CHECK(both() == "0/1 = - not_reached; 0/1 = - not_reached; ");
  const Log without = [] {
    Log two;
    received(two, 1);
    received(two, 2);
    return two;
  }();
  CHECK(fold.cells(triage()) == fold_of(triage(), without.facts()).cells(triage()));
}

TEST_CASE("an item that is folded anew keeps what it was told", "[triage]") {
  Log log;
  const Triaged report = received(log, 1);
  referred(log, 10, report, hour).delivered(at(t0 + 2 * hour));
  Folds fold = fold_of(triage(), log.facts());
  REQUIRE(fold.refold(report.stream, Standing(log.facts().first(1))));
  fold.settle();
  CHECK(said_by(named(fold.figures(as_of(t0 + day)), "T2.delivered.p50")) == "1/1 = " + micros(2 * hour));
}
