// What editions tell of governance: versions of policies, what was decided under them, how they differ.
#include <catch2/catch.hpp>

#include "projections/fold.h"
#include "projections/reports/governed.h"

using namespace caseledger;
using namespace caseledger::reports;

namespace {

constexpr Micros day = 86'400'000'000, new_year_2024 = 1'704'067'200'000'000;

Terms terms() {
  return {.origin = "ledger.example.org/l/1", .period = {new_year_2024, new_year_2024 + 31 * day, "2024-01"}, .as_of = {.size = 7, .root = {}, .recorded_at = new_year_2024 + 40 * day}, .governed = {}};
}

const Row* row_of(const std::vector<Table>& tables, std::string_view id, const std::vector<std::string>& group = {}) {
  for (const Table& table : tables)
    for (const Row& row : table.rows)
      if (table.id == id && row.group == group) return &row;
  return nullptr;
}

// So many decisions citing a policy, on a day of the period.
struct Decided {
  std::string policy;
  int on_day;
  std::int64_t decisions;
};
Decisions decided(std::vector<Decided> all) {
  return [all = std::move(all)](Micros from, Micros to) {
    std::map<std::string, std::int64_t> citing;
    for (const Decided& each : all)
      if (const Micros begin = new_year_2024 + each.on_day * day; from <= begin && begin < to) citing[each.policy] += each.decisions;
    return citing;
  };
}

}  // namespace

TEST_CASE("how parameters differ is told in plain words, with values or without") {
  const std::string before = R"({"exempt":["R11"],"k":11,"levels":{"a":1,"b":2}})", now = R"({"exempt":["R11","R12"],"k":5,"levels":{"a":1},"new":true})";
  CHECK(parameters_changed(before, now, true) == "exempt[1] is new: \"R12\"; k is 5, was 11; levels.b is gone: 2; new is new: true");
  CHECK(parameters_changed(before, now, false) == "exempt[1] is new; k changed; levels.b is gone; new is new");
  CHECK(parameters_changed(before, before, true).empty());
  CHECK(parameters_changed("no JSON", now, true).empty());
  CHECK(parameters_changed("[1]", "{}", true) == " is {}, was [1]");
  std::string many = "[", more = "[";
  for (int i = 0; i < 30; ++i) many += (i ? ",0" : "0"), more += (i ? ",1" : "1");
  CHECK(parameters_changed(many + "]", more + "]", false).ends_with("[19] changed; and 10 more"));
}

TEST_CASE("every version in force within the period has a row, and decisions on days on which a version was not in force are counted against it") {
  Terms asked = terms();
  asked.governed.policies = {{"p/1", "triage", "1.0.0", new_year_2024 - 90 * day, new_year_2024 - day, ""},
                             {"p/2", "triage", "1.1.0", new_year_2024 - day, new_year_2024 + 10 * day + day / 2, "bands[0].priority changed"},
                             {"p/3", "triage", "1.2.0", new_year_2024 + 10 * day + day / 2, {}, ""},
                             {"p/4", "triage", "2.0.0", new_year_2024 + 35 * day, {}, ""}};
  const auto tables = governed_tables("T14", asked, decided({{"", 3, 2}, {"p/1", 4, 3}, {"p/2", 0, 30}, {"p/2", 10, 10}, {"p/2", 11, 5}, {"p/3", 9, 1}, {"p/3", 10, 6}, {"q/9", 1, 1}, {"p/3", 31, 100}}), {});
  const auto n = [&](std::string_view id, const std::vector<std::string>& group = {}) {
    const Row* row = row_of(tables, id, group);
    return row ? row->numerator.value() : -1;
  };
  CHECK(n("T14.decisions", {"p/2"}) == 45);
  CHECK(row_of(tables, "T14.decisions", {"p/2"})->note == "triage, version 1.1.0, in force from 2023-12-31T00:00:00Z to 2024-01-11T12:00:00Z; against the version before: bands[0].priority changed");
  CHECK(n("T14.not_in_force", {"p/2"}) == 5);  // the day it ended on is one of its days
  CHECK(n("T14.decisions", {"p/3"}) == 7);
  CHECK(n("T14.not_in_force", {"p/3"}) == 1);  // and so is the day it began on
  CHECK(row_of(tables, "T14.decisions", {"p/3"})->flags == std::vector<std::string>{"not_in_force"});
  CHECK(n("T14.not_in_force", {"p/1"}) == 3);
  CHECK(n("T14.not_in_force", {"q/9"}) == 1);
  CHECK(n("T14.decisions", {"p/4"}) == -1);
  CHECK(n("T14.decisions", {""}) == -1);
  CHECK(n("T14.not_in_force") == 10);
  const auto held = governed_tables("T14", asked, decided({{"p/2", 10, 4}, {"p/3", 30, 2}}), {});
  CHECK(row_of(held, "T14.not_in_force")->numerator == 0);
  CHECK(row_of(held, "T14.decisions", {"p/2"})->flags.empty());
}

TEST_CASE("the section of integrity says how much the log holds and what was taken out of it") {
  Terms asked = terms();
  asked.governed.excised = {{StreamId{}, 1}, {StreamId{}, 2}};
  const auto edition = make_edition(projections::Folds(), transparency(), asked);
  REQUIRE(edition);
  std::vector<Table> tables;
  for (const Section& section : edition->sections) {
    tables.insert(tables.end(), section.tables.begin(), section.tables.end());
    if (section.id == "T15") CHECK_FALSE(section.no_data);
  }
  REQUIRE(row_of(tables, "T15.entries"));
  CHECK(row_of(tables, "T15.entries")->value == "7");
  CHECK(row_of(tables, "T15.excised")->value == "2");
}

TEST_CASE("a version without an event is a gap unless it was excised, and keys count in the month in which they were revoked") {
  const StreamId one{.bytes = {1}}, other{.bytes = {2}};
  Terms asked = terms();
  asked.governed.excised = {{one, 3}, {one, 9}, {other, 4}};
  asked.governed.revoked_at = {new_year_2024 - 1, new_year_2024, new_year_2024 + 30 * day, new_year_2024 + 31 * day};
  asked.governed.suspect_events = 5;
  const auto n = [&](std::string_view id, std::vector<projections::MissingVersions> missing = {}) {
    const auto tables = governed_tables("T15", asked, {}, [&] { return missing; });
    return row_of(tables, id)->numerator.value();
  };
  CHECK(n("T15.gaps") == 0);
  CHECK(n("T15.gaps", {{one, 3, 1}}) == 0);
  CHECK(n("T15.gaps", {{one, 2, 3}}) == 2);                 // 2 and 4
  CHECK(n("T15.gaps", {{one, 3, 1}, {other, 3, 1}}) == 1);  // of another stream it was 4
  CHECK(n("T15.gaps", {{one, 1, 0xffffffff}}) == 0xfffffffdLL);
  CHECK(n("T15.revocations") == 2);
  CHECK(n("T15.suspect") == 5);
  CHECK(n("T15.excised") == 3);
}

TEST_CASE("a long value of a policy is cut between letters, not within one") {
  std::string letters;
  for (int i = 0; i < 40; ++i) letters += "\xc3\xa4";
  for (const std::string before : {"", "a"}) {
    const std::string told = parameters_changed("{\"x\":1}", "{\"x\":\"" + before + letters + "\"}", true);
    CHECK(told.find("\xc3...") == std::string::npos);
    CHECK(told.find("\xa4...") != std::string::npos);
  }
}
