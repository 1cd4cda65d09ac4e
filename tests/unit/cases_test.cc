// Cases by phase, and the story of one stream.
#include <catch2/catch.hpp>

#include "projections/cases.h"
#include "projections/moment.h"
#include "tests/support/figures.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace stories;
using enum schema::CloseReason;
using schema::CaseType;
using schema::ClockKind;
using schema::Precision;

namespace {

constexpr Micros t0 = new_year_2024;

std::vector<std::string> counts(const Log& log, std::vector<std::string> by) {
  std::vector<std::string> out;
  for (const Figure& f : figures(cases(), log, as_of(log.clock(), std::move(by)))) {
    std::string line = f.id;
    for (const auto& [dimension, value] : f.group) line += ' ' + value;
    out.push_back(line + ' ' + f.value.value_or("-"));
  }
  return out;
}

using Lines = std::vector<std::string>;

// A case through everything, up to its second, confirmed close.
Log long_story() {
  Log log;
  const KnownClock le{ClockKind::reported_le, t0 - hour}, us{ClockKind::reported_us, t0, Precision::minute};
  Case one(log, stream(1), {.type = CaseType::ERU, .clocks = {le, us}}, at(t0));
  one.child(subject(1), at(t0), schema::SubjectRole::missing_child, 14);
  one.child(subject(2), at(t0), schema::SubjectRole::companion, 19);
  one.assigned("op-9", "east", at(t0 + minute));
  one.notice(schema::NoticeKind::amber, schema::NoticeAction::requested, at(t0 + hour));
  one.notice(schema::NoticeKind::amber, schema::NoticeAction::activated, at(t0 + 2 * hour));
  one.notice(schema::NoticeKind::poster, schema::NoticeAction::activated, at(t0 + 3 * hour));
  one.reclassified(schema::ReclassifiedField::case_type, "ERU", "NFA", at(t0 + day));
  one.reclassified(schema::ReclassifiedField::ncic_category, "EMJ", "EMI", at(t0 + day));
  one.linked(stream(7), schema::CaseRelation::same_offender, at(t0 + day));
  one.suspended(at(t0 + 30 * day));
  one.relisted(at(t0 + 60 * day));
  one.located(subject(1), at(t0 + 61 * day));
  one.recovered(subject(1), at(t0 + 62 * day), schema::ChildOutcome::injured);
  one.closed(recovered, at(t0 + 63 * day));
  return log;
}

}  // namespace

TEST_CASE("cases are counted by phase, type at intake and state") {
  Log log;
  Case one(log, stream(1), {.type = CaseType::ERU, .state = "US-TX"});
  Case two(log, stream(2), {.type = CaseType::ERU, .state = "US-IN"});
  Case three(log, stream(3), {.type = CaseType::EXPL, .state = "US-TX"});
  snapshot(log, stream(9), {});
  CHECK(counts(log, {}) == Lines{"cases 3"});
  two.child(subject(2));
  two.recovered(subject(2), at(t0 + day));
  three.closed(investigation_complete, at(t0 + day));
  one.reclassified(schema::ReclassifiedField::case_type, "ERU", "FA", at(t0 + day));
  CHECK(counts(log, {"phase"}) == Lines{"cases active 1", "cases closed 1", "cases recovered 1"});
  CHECK(counts(log, {"case_type", "phase"}) == Lines{"cases active ERU 1", "cases closed EXPL 1", "cases recovered ERU 1"});
  CHECK(counts(log, {"jurisdiction"}) == Lines{"cases US-IN 1", "cases US-TX 2"});
  Case(log, stream(1), {.type = CaseType::FA, .state = "US-OH"}, imported_at(t0 + day));  // no case is opened twice
  CHECK(counts(log, {"case_type", "jurisdiction"}) == Lines{"cases ERU US-IN 1", "cases ERU US-TX 1", "cases EXPL US-TX 1"});
  CHECK(counts(Log{}, {}) == Lines{"cases 0"});
  CHECK(counts(Log{}, {"phase"}).empty());
}

TEST_CASE("the story of a case says what its events come to") {
  const Log log = long_story();
  const Story story = tell(log.facts());
  CHECK(story.stream == stream(1));
  CHECK(story.kind == StreamKind::case_);
  CHECK(story.phase == rules::Phase::closed);
  CHECK(story.version == 16);
  REQUIRE(story.of_case);
  const CaseStory& c = *story.of_case;
  CHECK(c.type_at_intake == CaseType::ERU);
  CHECK(c.type == CaseType::NFA);
  CHECK(c.ncic_category == schema::NcicCategory::EMI);
  REQUIRE(c.clocks.size() == 2);
  CHECK(c.clocks[0] == std::pair(ClockKind::reported_le, KnownTime{t0 - hour, Precision::us, {}}));
  CHECK(c.clocks[1] == std::pair(ClockKind::reported_us, KnownTime{t0, Precision::minute, {}}));
  CHECK(c.missing_from_state == "US-TX");
  CHECK(c.missing_from_county == "48201");
  CHECK(c.episode_no == 1);
  CHECK(c.assigned_to == "op-9");
  CHECK(c.team == "east");
  REQUIRE(c.subjects.size() == 2);
  CHECK(c.subjects[0].role == schema::SubjectRole::missing_child);
  CHECK(c.subjects[0].age_years == 14);
  CHECK(c.subjects[0].sex == "F");
  CHECK(c.subjects[0].located->at == t0 + 61 * day);
  CHECK(c.subjects[0].recovered->at == t0 + 62 * day);
  CHECK(c.subjects[0].outcome == schema::ChildOutcome::injured);
  CHECK_FALSE(c.subjects[1].recovered);
  REQUIRE(c.notices.size() == 2);
  CHECK(c.notices[0].action == schema::NoticeAction::activated);
  CHECK(c.notices[0].at == t0 + 2 * hour);
  CHECK_FALSE(c.next_review_at);
  CHECK_FALSE(c.closing);
  CHECK(c.closed->version == 16);
  CHECK(c.closed->reason == recovered);
  CHECK(c.links == decltype(c.links){{stream(7), schema::CaseRelation::same_offender}});
  CHECK_FALSE(c.merged_into);
}

TEST_CASE("the story ends where its events do") {
  const Log log = long_story();
  const auto until = [&](std::size_t version) { return tell(log.facts().first(version)); };
  CHECK(tell({}).timeline.empty());
  CHECK(until(1).phase == rules::Phase::active);
  CHECK(until(11).phase == rules::Phase::long_term);
  CHECK(until(11).of_case->next_review_at == t0 + 120 * day);
  CHECK_FALSE(until(12).of_case->next_review_at);
  CHECK(until(14).phase == rules::Phase::recovered);
  CHECK(until(15).of_case->closing->version == 15);
  CHECK(until(15).of_case->closing->reason == recovered);
  CHECK_FALSE(until(15).of_case->closed);
}

TEST_CASE("a reopened or merged case tells of it") {
  Log log = long_story();
  Case one(log, stream(1), nullptr);
  one.reopened(schema::ReopenReason::erroneous_closure, 16, at(t0 + 64 * day));
  const Story reopened = tell(log.facts());
  CHECK(reopened.phase == rules::Phase::active);
  CHECK_FALSE(reopened.of_case->closed);
  CHECK_FALSE(reopened.of_case->subjects[0].recovered);
  CHECK_FALSE(reopened.of_case->subjects[0].outcome);
  one.merged(stream(7), at(t0 + 65 * day));
  CHECK(tell(log.facts()).of_case->merged_into == stream(7));
  CHECK(tell(log.facts()).phase == rules::Phase::merged);
}

TEST_CASE("the timeline has every event, with how long after the report it was") {
  Log log;
  Case one(log, stream(1), {.clocks = {{ClockKind::reported_us, t0}}}, at(t0 + 5 * minute));
  Said early = at(t0 - day);
  early.precision = Precision::day;
  early.offset_minutes = -300;
  early.imported = true;
  one.child(subject(1), early);
  one.recovered(subject(1), at(t0 + 3 * hour, 2));
  const Story story = tell(log.facts());
  REQUIRE(story.timeline.size() == 3);
  CHECK(story.timeline[0].type == "CaseOpened");
  CHECK(story.timeline[0].since_reported == 5 * minute);
  CHECK(story.timeline[1].type == "CaseSubjectAdded");
  CHECK(story.timeline[1].occurred == KnownTime{t0 - day, Precision::day, {}});
  CHECK(story.timeline[1].offset_minutes == -300);
  CHECK(story.timeline[1].imported);
  CHECK_FALSE(story.timeline[1].since_reported);
  CHECK(story.timeline[1].recorded_at == t0 + 5 * minute);
  CHECK(story.timeline[2].since_reported == 3 * hour);
  CHECK(story.timeline[2].version == 3);
  CHECK(story.timeline[2].position == Position{2});
  CHECK(story.timeline[2].entry == EntryIndex{2});
  CHECK(story.timeline[2].operator_name == "op-2");
  CHECK(story.timeline[2].jurisdiction == "US-TX");
}

TEST_CASE("streams of other kinds have a story too, without a case in it") {
  Log log;
  snapshot(log, stream(1), {});
  const Story story = tell(log.facts());
  CHECK(story.kind == StreamKind::coverage);
  CHECK(story.phase == rules::Phase::open);
  CHECK_FALSE(story.of_case);
  CHECK(story.timeline.at(0).type == "CoverageSnapshotTaken");
  CHECK_FALSE(story.timeline.at(0).since_reported);
}

TEST_CASE("a day begins at a midnight and a month on its first") {
  const Micros noon = t0 + 12 * hour;
  CHECK(moment(noon, Precision::us, {}, 0) == Moment{noon, 0});
  CHECK(moment(noon, Precision::hour, {}, 0) == Moment{noon, 0});
  CHECK(moment(t0, Precision::day, {}, 0) == Moment{noon, 12 * hour});
  CHECK(moment(t0 + 23 * hour, Precision::day, {}, 0) == Moment{noon, 12 * hour});
  CHECK(moment(t0, Precision::day, {}, -300) == Moment{noon, 12 * hour});                        // midnight in UTC
  CHECK(moment(t0 + 5 * hour, Precision::day, {}, -300) == Moment{noon + 5 * hour, 12 * hour});  // midnight in Texas
  CHECK(moment(t0 + 4 * hour, Precision::day, {}, -300) == Moment{noon - 19 * hour, 12 * hour}); // the evening before
  CHECK(moment(-1, Precision::day, {}, 0) == Moment{-12 * hour, 12 * hour});
  CHECK(moment(t0 + 40 * day, Precision::month, {}, 0) == Moment{t0 + 31 * day + 29 * 12 * hour, 29 * 12 * hour});
  CHECK(moment(t0, Precision::us, t0 + 10, 0) == Moment{t0 + 5, 5});
  CHECK(moment(t0, Precision::us, t0 + 9, 0) == Moment{t0 + 4, 5});
  CHECK(moment(t0, Precision::us, t0 - 1, 0) == Moment{t0, 0});
  CHECK(moment(t0, Precision::day, t0 + 2 * day, 0) == Moment{t0 + 36 * hour, 36 * hour});
}
