// Why figures of a restated edition changed: each event added since is of one kind, and the figures it moves say so.
#include <catch2/catch.hpp>

#include "projections/reports/restate.h"
#include "projections/reports/take_out.h"
#include "tests/support/stories.h"

using namespace caseledger;
using namespace caseledger::reports;
using namespace stories;

namespace {

const Period january{new_year_2024, new_year_2024 + 31 * day, "2024-01"};

Events told_by(const Log& log) {
  const auto each = [&log](EntryIndex from, EntryIndex to, const Visit& visit) -> Result<void> {
    for (const Fact& fact : log.facts())
      if (fact.entry >= from && fact.entry < to) TRY(visit(fact));
    return {};
  };
  return {each, [](EntryIndex) { return std::optional<Entry>(); }};  // nobody is revoked
}

// An edition of January as of what the log holds, with nothing withheld; what it was made from stays.
struct Made {
  std::uint64_t size;
  projections::Folds folds;
  Terms terms;
  Edition edition;

  explicit Made(const Log& log)
      : size(log.facts().size()), folds(*fold(told_by(log), size)), terms{.origin = "ledger.example.org/l/1", .period = january, .as_of = {size, {}, log.clock()}, .governed = {}},
        edition(*make_edition(folds, transparency(), terms)) {}

  EditionFile file() const { return {edition, sha256(bytes_of("what was"))}; }
  Restatement of(const EditionFile& was, const Log& log) const {
    auto gone_on = *fold(told_by(log), was.edition.as_of.size);
    const auto steps = *steps_from(was.edition, gone_on, transparency(), terms, told_by(log));
    CHECK(*gone_on.digests() == *folds.digests());  // whichever way they were reached
    return restatement_of(was, edition, "in words", steps);
  }
};

using Why = std::vector<std::string>;
Why why(const Restatement& restatement, std::string_view metric, const std::vector<std::string>& group = {}) {
  for (const Change& change : restatement.changes)
    if (change.table == metric && change.group == group) return change.why;
  return {"unchanged"};
}

void retract(Log& log, const StreamId& stream, Version target, Micros at) {
  const auto asked = log.append<schema::RetractionRequested>(StreamKind::case_, stream, {.at = at}, [&](auto& builder) {
    const auto of = ref(stream, target);
    return schema::CreateRetractionRequested(builder, &of, builder.CreateString("twice"));
  });
  log.append<schema::RetractionDecided>(StreamKind::case_, stream, {.at = at, .author = 2, .names = asked}, [&](auto& builder) {
    const auto request = ref(stream, asked);
    return schema::CreateRetractionDecided(builder, &request, schema::Decision::approved);
  });
}

// Three children reported missing in January; the edition is made in the first days of February.
struct January {
  Log log;
  std::vector<Case> cases;
  January() {
    for (unsigned i = 0; i < 3; ++i) {
      cases.emplace_back(log, stream(i), Opening{}, Said{.at = new_year_2024 + i * day});
      cases.back().child(subject(i), {.at = new_year_2024 + i * day});
    }
    cases[0].recovered(subject(0), {.at = new_year_2024 + 10 * day});
    cases[1].assigned("cw-1", "", {.at = new_year_2024 + 31 * day});
  }
};

}  // namespace

TEST_CASE("ages of what is open grow with time, and nothing else is said to have changed them", "[editions]") {
  January year;
  const Made was(year.log);
  year.cases[1].assigned("cw-2", "", {.at = new_year_2024 + 60 * day});
  const Made now(year.log);
  const auto found = now.of(was.file(), year.log);
  CHECK(found.late_records == 0);
  CHECK(found.later_events == 1);
  CHECK(why(found, "R8.oldest") == Why{"time"});
  CHECK(why(found, "R4.30d.mature") == Why{"time"});  // the third is, by then
  CHECK(why(found, "R1") == Why{"unchanged"});
}

TEST_CASE("late records, later recoveries and retractions are told apart, figure by figure", "[editions]") {
  January year;
  const Made was(year.log);
  Case late(year.log, stream(7), {.state = "US-WY"}, {.at = new_year_2024 + 20 * day, .recorded_at = new_year_2024 + 40 * day});
  const auto recovery = year.cases[1].recovered(subject(1), {.at = new_year_2024 + 41 * day});
  CHECK(recovery > 0);
  retract(year.log, year.cases[0].stream, 3, new_year_2024 + 42 * day);
  const Made now(year.log);
  const auto found = now.of(was.file(), year.log);
  CHECK(found.late_records == 1);
  CHECK(found.later_events == 1);
  CHECK(found.retractions == 1);
  CHECK(found.corrections == 0);
  CHECK(why(found, "R9.episodes") == Why{"late_records"});
  CHECK(why(found, "R9.episodes", {"US-WY"}) == Why{"late_records"});
  CHECK(why(found, "R1") == Why{"retractions", "late_records", "later_events"});  // 1 of 3, 0 of 3, 0 of 4, 1 of 4
  CHECK(why(found, "R3") == Why{"retractions", "late_records"});  // the recovery of February is not of January
  CHECK(why(found, "R1", {"US-TX"}) == Why{"unchanged"});  // 1 of 3, 0 of 3, 1 of 3
  for (const Change& change : found.changes) CHECK_FALSE(change.why.empty());
}

TEST_CASE("searches that late records put into two logs are told of as such, whichever way they were reached", "[editions]") {
  January year;
  const auto search = [&](unsigned reader, const char* id, Micros at, Micros recorded_at) {
    const schema::Ref of_case = ref(year.cases[0].stream, 0);
    year.log.append<schema::SearchExecuted>(StreamKind::access, stream(600 + reader), {.at = new_year_2024 + at * day, .recorded_at = new_year_2024 + recorded_at * day, .author = reader},
                                            [&](flatbuffers::FlatBufferBuilder& builder) { return schema::CreateSearchExecutedDirect(builder, schema::SearchSystem::lpr, id, "missing_child", &of_case); });
  };
  search(1, "a", 4, 4);
  search(2, "b", 5, 5);
  const Made before(year.log);
  search(1, "d", 39, 39);
  search(2, "a", 3, 40);   // that log 1 had before
  search(1, "c", 6, 41);
  search(1, "b", 7, 42);   // that log 2 had before
  const Made after(year.log);
  const Restatement restatement = after.of(before.file(), year.log);
  CHECK(restatement.late_records == 3);
  CHECK(why(restatement, "T7.searches") == Why{"late_records"});
  CHECK(why(restatement, "T7.repeated") == Why{"late_records"});
}

TEST_CASE("a figure that is told in one of the two alone changed by what is withheld, whatever else moved it", "[editions]") {
  January year;
  const Made was(year.log);
  Case late(year.log, stream(7), {}, {.at = new_year_2024 + 20 * day, .recorded_at = new_year_2024 + 40 * day});
  Made now(year.log);
  for (Section& section : now.edition.sections)
    for (Table& table : section.tables)
      if (name_of(table) == "R9.episodes")
        for (Row& row : table.rows) row = {.group = {}, .numerator = {}, .denominator = {}, .value = {}, .interval = {}, .flags = {}, .note = {}, .withheld = "primary"};
  const auto found = now.of(was.file(), year.log);
  CHECK(why(found, "R9.episodes") == Why{"suppression"});
  CHECK(why(found, "R9.episodes", {"US-TX"}) == Why{"late_records"});
}

TEST_CASE("how many figures are withheld changes by what is withheld alone", "[editions]") {
  January year;
  Made was(year.log), now(year.log);
  tell_withheld(was.edition);
  for (Section& section : now.edition.sections)
    for (Table& table : section.tables)
      if (name_of(table) == "R9.episodes") table.rows[0].withheld = "primary";
  tell_withheld(now.edition);
  CHECK(why(now.of(was.file(), year.log), "T16.withheld") == Why{"suppression"});
}

TEST_CASE("what the earlier prefix itself no longer gives is said to be counted otherwise", "[editions]") {
  January year;
  const Made now(year.log);
  EditionFile was = now.file();
  was.edition.as_of.size = now.size - 1;
  for (Section& section : was.edition.sections)
    for (Table& table : section.tables)
      if (name_of(table) == "R9.episodes") table.rows[0].numerator = 4, table.rows[0].value = std::string("4");
  CHECK(why(now.of(was, year.log), "R9.episodes") == Why{"recounted"});
}
