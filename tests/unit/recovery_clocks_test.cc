// Recovery by every clock that a case has, by hand.
#include <catch2/catch.hpp>

#include "projections/recovery.h"
#include "tests/support/told_cases.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;

namespace {

// Four children: one with every clock, one of whom only the last contact is known, one last seen on a day, and one who is still missing.
class Clocked : public Cases {
 public:
  Clocked() {
    missing(1, "@10h", {.clocks = clock("reported_le", "@9h") + clock("last_contact", "@2h")});
    ncic(1, "entry", "@11h");
    back(1, "@20h");
    missing(2, "@12h", {.clocks = clock("last_contact", "@5h"), .told_us = false});
    back(2, "@29h");
    missing(3, "@48h", {.clocks = clock("last_contact", "@24h", "day")});
    entered_ = ncic(3, "entry", "@50h");
    ncic(3, "entry", "@70h");  // made once more
    back(3, "@60h");
    missing(4, "@30d", {.type = "NFA"});
    ncic(4, "verify_update", "@31d");  // no entry
  }

  // As a clerk says later that the entry was made.
  void correct_entry(const std::string& at) {
    const std::string target = R"("stream":"#3","version":)" + std::to_string(entered_);
    const Version request = tell("case 3 CorrectionRequested", "@80d",
                                 R"({"target":{)" + target + R"(},"reason_code":"typo","replacement":{)" + target +
                                     R"(,"kind":"case","type":"CaseNcicEntryRecorded","occurred_at":"@60d","operator":"op-1","handling":"child_sensitive","body":{"entered_at":")" + at +
                                     R"(","category":"EMJ","update_kind":"entry"}}})");
    tell("case 3 CorrectionDecided", "@80d", R"({"request":{"stream":"#3","version":)" + std::to_string(request) + R"(},"decision":"approved"})");
  }

  std::vector<Figure> figures(const FigureQuery& query) const {
    std::map<StreamId, std::vector<Fact>> streams;
    for (const Fact& fact : facts()) streams[fact.event.stream].push_back(fact);
    Folds folds(recovery());
    for (const auto& [stream, of_stream] : streams) REQUIRE(folds.refold(stream, Standing(of_stream)));
    folds.settle();
    return folds.figures(query);
  }
  std::string figure(std::string_view id, const FigureQuery& query, std::string_view group) const {
    const auto all = figures(query);
    Figure found = named(all, id, group);
    found.interval.reset();
    return said_by(found);
  }
  // Of the clocks in their order.
  std::string by_clock(std::string_view id, FigureQuery query = by_then("@90d")) const {
    query.by = {"clock"};
    std::string out;
    for (Figure& each : figures(query)) {
      if (each.id != id) continue;
      each.interval.reset();
      out += (out.empty() ? "" : ", ") + said_by(each);
    }
    return out;
  }

 private:
  Version entered_ = 0;
};

std::string hours(std::int64_t n) { return std::to_string(n * hour); }

}  // namespace

TEST_CASE("an episode counts by each clock that it has, and began when that says") {
  const Clocked log;
  CHECK(log.by_clock("R1") == "last_contact: 3/3 = 1.000000, ncic_entry: 2/2 = 1.000000, reported_le: 1/1 = 1.000000, reported_us: 2/3 = 0.666667");
  CHECK(log.by_clock("R1.clock") == "last_contact: 3/4 = 0.750000, ncic_entry: 2/4 = 0.500000, reported_le: 1/4 = 0.250000, reported_us: 3/4 = 0.750000");
  CHECK(log.by_clock("R4.12h.mature") == "last_contact: 0/3 = 0.000000, ncic_entry: 2/2 = 1.000000, reported_le: 1/1 = 1.000000, reported_us: 2/3 = 0.666667");
  CHECK(log.by_clock("R4.24h.km") == "last_contact: 3/3 = 1.000000, ncic_entry: 2/2 = 1.000000, reported_le: 1/1 = 1.000000, reported_us: 2/3 = 0.666667");
  CHECK(log.by_clock("R6.alive.12h") == "last_contact: 0/3 = 0.000000, ncic_entry: 2/2 = 1.000000, reported_le: 1/1 = 1.000000, reported_us: 2/3 = 0.666667");
  // The day of which the last contact is known stands for its noon, twelve hours either way.
  const auto us = [&](std::string_view clock) { return log.figure("R5", by_then("@90d", {"clock"}), clock); };
  CHECK(us("last_contact") == "last_contact: 3/3 = " + hours(24) + " coarse_starts");  // 18, 24 and 24 hours
  CHECK(us("reported_us") == "reported_us: 2/3 = " + hours(12));                        // 10 and 12 hours, and one still missing
  CHECK(us("reported_le") == "reported_le: 1/1 = " + hours(11));
  CHECK(log.by_clock("R5.earliest_starts") == "last_contact: 3/3 = " + hours(24));      // 18, 24 and 36 hours
  CHECK(log.by_clock("R5.latest_starts") == "last_contact: 3/3 = " + hours(18));        // 12, 18 and 24 hours
}

TEST_CASE("by clock, the period is that in which an episode began by it, and nothing is told that follows no episode from its start") {
  const Clocked log;
  const FigureQuery early = in_period(when("@0h"), when("@6h"), when("@90d"));
  CHECK(log.by_clock("R1", early) == "last_contact: 2/2 = 1.000000, ncic_entry: 0/0 = - no_data, reported_le: 0/0 = - no_data, reported_us: 0/0 = - no_data");
  CHECK(log.by_clock("R1.clock", early) == "last_contact: 1/1 = 1.000000, ncic_entry: 0/1 = 0.000000, reported_le: 0/1 = 0.000000, reported_us: 0/1 = 0.000000");
  CHECK(log.by_clock("R3", in_period(when("@15h"), when("@40h"), when("@90d"))) ==
        "last_contact: 2/3 = 0.666667, ncic_entry: 1/1 = 1.000000, reported_le: 1/1 = 1.000000, reported_us: 1/1 = 1.000000");
  CHECK(log.by_clock("R1.clock", by_then("@49h")) == "last_contact: 3/3 = 1.000000, ncic_entry: 1/3 = 0.333333, reported_le: 1/3 = 0.333333, reported_us: 2/3 = 0.666667");
  for (const Figure& each : log.figures(by_then("@90d", {"clock"}))) {
    INFO(each.id);
    CHECK((each.id[1] >= '1' && each.id[1] <= '6' && (each.id.size() == 2 || each.id[2] == '.')));
    CHECK(each.note.ends_with("what clocks count is never added up"));
  }
}

TEST_CASE("where no clock is chosen, an episode begins when we were told, or else law enforcement, or else at the last contact") {
  const Clocked log;
  CHECK(log.figure("R1", by_then("@90d"), {}) == "3/4 = 0.750000");
  CHECK(log.figure("R5", by_then("@90d"), {}) == "3/4 = " + hours(12));  // 10, 24 and 12 hours
  for (const Figure& each : log.figures(by_then("@90d"))) CHECK(each.id != "R1.clock");
}

TEST_CASE("clocks are split by other dimensions too") {
  const Clocked log;
  const FigureQuery query = by_then("@90d", {"clock", "case_type"});
  CHECK(log.figure("R1", query, "ERU") == "ERU: last_contact: 3/3 = 1.000000");
  CHECK(log.figure("R1", query, "NFA") == "NFA: last_contact: 0/0 = - no_data");
  CHECK(log.figure("R1.clock", query, "NFA") == "NFA: last_contact: 0/1 = 0.000000");
}

TEST_CASE("the first NCIC entry is the clock, as it was corrected") {
  Clocked log;
  CHECK(log.figure("R5", by_then("@90d", {"clock"}), "ncic_entry") == "ncic_entry: 2/2 = " + hours(9));  // 9 and 10 hours
  log.correct_entry("@52h");
  CHECK(log.figure("R5", by_then("@90d", {"clock"}), "ncic_entry") == "ncic_entry: 2/2 = " + hours(8));  // 9 and 8 hours
}
