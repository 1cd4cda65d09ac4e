// What differs between two editions, as a reader is told it and as a verifier says it.
#include <catch2/catch.hpp>

#include "projections/reports/compare.h"

using namespace caseledger;
using namespace caseledger::reports;

namespace {

Row counted(std::vector<std::string> group, std::int64_t n) {
  Row row;
  row.group = std::move(group);
  row.numerator = n;
  row.value = std::to_string(n);
  return row;
}

Edition sample() {
  Edition edition;
  edition.origin = "ledger.example.org/l/1";
  edition.template_id = "transparency";
  edition.template_version = "1";
  edition.period = {0, 86'400'000'000, "1970-01-01/1970-01-02"};
  edition.as_of = {.size = 7, .root = {}, .recorded_at = 1};
  edition.definitions_version = "1";
  Row share;
  share.numerator = 40;
  share.denominator = 41;
  share.value = "0.975610";
  Table of_share{.id = "R1", .title = "Resolved", .unit = "ratio", .by = {}, .note = {}, .rows = {share}};
  Table of_counts{.id = "T1.reports", .title = "Reports", .unit = "reports", .by = {"country"}, .note = {}, .rows = {counted({"CA"}, 3), counted({"US"}, 12)}};
  edition.sections.push_back({.id = "T1", .title = "Intake", .no_data = false, .tables = {of_share, of_counts}});
  return edition;
}

Row& row_of(Edition& edition, std::size_t table, std::size_t row) { return edition.sections[0].tables[table].rows[row]; }

}  // namespace

TEST_CASE("two equal editions have no changes and no difference") {
  CHECK(changes_between(sample(), sample()).empty());
  CHECK_FALSE(first_difference(sample(), sample()));
  CHECK(caveats(sample(), sample()).empty());
}

TEST_CASE("what a row tells is its value with what it is made of, or why there is none") {
  Edition edition = sample();
  CHECK(told_by(row_of(edition, 0, 0)) == "0.975610 (40 of 41)");
  CHECK(told_by(row_of(edition, 1, 0)) == "3");
  Row empty;
  empty.flags = {"no_data"};
  CHECK(told_by(empty) == "no_data");
  empty.withheld = "primary";
  CHECK(told_by(empty) == "");
}

TEST_CASE("changes tell what was, what is, what is new, what is gone and what is withheld now") {
  const Edition was = sample();
  Edition now = sample();
  row_of(now, 0, 0).numerator = 39;
  now.sections[0].tables[1].rows = {counted({"AR"}, 1), counted({"CA"}, 3), {}};
  row_of(now, 1, 2).group = {"US"};
  row_of(now, 1, 2).withheld = "primary";
  const auto changes = changes_between(was, now);
  REQUIRE(changes.size() == 3);
  CHECK(changes[0] == Change{"R1", {}, {}, "0.975610 (40 of 41)", "0.975610 (39 of 41)"});
  CHECK(changes[1] == Change{"T1.reports", {"country"}, {"AR"}, "", "1"});
  CHECK(changes[2] == Change{"T1.reports", {"country"}, {"US"}, "12", ""});
  const auto back = changes_between(now, was);
  REQUIRE(back.size() == 3);
  CHECK(back[2] == Change{"T1.reports", {"country"}, {"AR"}, "1", ""});
}

TEST_CASE("the first figure that differs is named with both numbers") {
  const Edition counted_again = sample();
  Edition told = sample();
  row_of(told, 1, 1).numerator = 13;
  row_of(told, 1, 1).value = "13";
  CHECK(first_difference(told, counted_again) == "T1.reports by country = US: the numerator is 13, not 12");
  told = sample();
  row_of(told, 0, 0).value = "0.975611";
  CHECK(first_difference(told, counted_again) == "R1: the value is 0.975611, not 0.975610");
  told = sample();
  told.sections[0].tables[1].rows.pop_back();
  CHECK(first_difference(told, counted_again) == "T1.reports by country = US: is missing");
  told = sample();
  told.sections[0].tables.pop_back();
  CHECK(first_difference(told, counted_again) == "T1.reports by country: is missing");
  told = sample();
  told.sections[0].no_data = true;
  CHECK(first_difference(told, counted_again) == "section T1 says wrongly whether it has data");
  told = sample();
  told.template_version = "2";
  CHECK(first_difference(told, counted_again)->starts_with("its terms are others"));
  told = sample();
  row_of(told, 1, 0).withheld = "primary";
  CHECK(first_difference(told, counted_again) == "T1.reports by country = CA: the rule it is withheld by is \"primary\", not nothing");
}

TEST_CASE("editions that are not to be compared as they stand say why") {
  const Edition a = sample();
  Edition b = sample();
  b.definitions_version = "2";
  b.period.to *= 30;
  b.restatement = Restatement{.supersedes = {}, .reason = "late records", .late_records = 3, .changes = {{}}};
  b.sections[0].tables[1].definition = 2;
  const auto found = caveats(a, b);
  REQUIRE(found.size() == 4);
  CHECK(found[0] == "the definitions changed from version 1 to 2");
  CHECK(found[1] == "the definitions differ of T1.reports (version 1 and 2)");
  CHECK(found[2].starts_with("their periods are of different lengths"));
  CHECK(found[3].ends_with("supersedes an earlier one (late records): 1 figures changed, after 3 late records, 0 later events, 0 corrections and 0 retractions"));
}
