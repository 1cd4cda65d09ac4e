#include "tests/support/editions.h"

#include "projections/decimal.h"
#include "projections/interval.h"

namespace editions {

namespace {

using Values = std::vector<std::string>;

Table table(std::string id, std::string title, std::string unit, std::vector<Row> rows, Values by = {}, std::string note = {}) {
  return {.id = std::move(id), .title = std::move(title), .unit = std::move(unit), .by = std::move(by), .note = std::move(note), .rows = std::move(rows)};
}

Section recovery() {
  Section section{.id = "R", .title = "Recovery of missing children", .no_data = false, .tables = {}};
  section.tables = {
      table("R1", "Of the episodes that began in the period, those resolved by the as-of", "ratio", {share({}, 27'033, 29'568)}, {}, "resolved: recovered alive or found dead"),
      table("R2", "Episodes resolved in the period per episode that began in it", "ratio", {told({}, "1.050000")}, {}, "a ratio of flows and no recovery rate: it may exceed 1"),
      table("R5", "Median time from the start to the resolution, by Kaplan-Meier", "us", {told({}, "445320000000")}),
      table("R8", "Episodes open at the as-of", "episodes", {told({}, "2535")}),
  };
  for (const auto& [horizon, part] : {std::pair{"3h", 535}, {"24h", 5'520}, {"7d", 16'597}, {"1y", 27'033}})
    section.tables.push_back(table("R4." + std::string(horizon) + ".mature", "Resolved within " + std::string(horizon) + ", of the episodes that began at least so long before the as-of", "ratio", {share({}, part, 29'568)}));
  const Values by_type{"case_type"};
  section.tables.push_back(table("R1", "Of the episodes that began in the period, those resolved by the as-of", "ratio", {share({"ERU"}, 24'924, 26'907), share({"FA"}, 1'183, 1'478), withheld({"LIM"}, "complementary"), withheld({"NFA"}, "primary")}, by_type));
  section.tables.push_back(table("R5", "Median time from the start to the resolution, by Kaplan-Meier", "us", {told({"ERU"}, "388800000000"), told({"FA"}, "3056400000000"), without_value({"LIM"}, "not_reached"), withheld({"NFA"}, "dependent")}, by_type));
  section.tables.push_back(table("R8", "Episodes open at the as-of", "episodes", {told({"ERU"}, "1983"), told({"FA"}, "295"), told({"LIM"}, "0"), withheld({"NFA"}, "primary")}, by_type));
  section.tables.push_back(table("R8", "Episodes open at the as-of", "episodes", {told({""}, "12"), told({"0-5"}, "40"), told({"12-14"}, "700"), told({"15-17"}, "1700"), told({"6-11"}, "83")}, {"age_band"}));
  return section;
}

Section alerts() {
  Section section{.id = "T5", .title = "Automated alerts", .no_data = false, .tables = {}};
  Row few = share({}, 12, 20);
  few.flags = {"not_representative"};
  section.tables = {table("T5.episodes", "Alert episodes observed in the period", "episodes", {told({}, "4697")}), table("T5.precision", "Right, of the adjudicated episodes", "ratio", {few}),
                    table("T5.per_million_reads", "Alerts of plate readers per million reads", "per_million", {without_value({}, "no_data")})};
  for (const auto& [name, part] : {std::pair{"misread", 950}, {"wrong_state", 650}, {"stale_list", 300}, {"wrong_vehicle_or_person", 225}})
    section.tables.push_back(table("T5.false_positives." + std::string(name), "Of the wrong episodes, those of class: " + std::string(name), "ratio", {share({}, part, 2'125)}));
  for (const auto& [name, value] : {std::pair{"p50", "2676000000"}, {"p90", "9000000000"}})
    section.tables.push_back(table("T5.adjudication." + std::string(name), "From receipt to adjudication: within this time for " + std::string(name).substr(1) + " %, by Kaplan-Meier", "us", {told({}, value)}));
  section.tables.push_back(table("T5.action.p50", "From adjudication to the first action: within this time for 50 %, by Kaplan-Meier", "us", {told({}, "952000000")}));
  section.tables.push_back(table("T5.action.p90", "From adjudication to the first action: within this time for 90 %, by Kaplan-Meier", "us", {without_value({}, "not_reached")}));
  section.tables.push_back(table("T5.precision", "Right, of the adjudicated episodes", "ratio",
                                 {share({"vendor-a", "ncic"}, 400, 1'000), share({"vendor-a", "state"}, 90, 240), share({"vendor-b", "ncic"}, 300, 700), withheld({"vendor-b", "state"}, "primary")}, {"vendor", "list"}));
  return section;
}

}  // namespace

Row told(std::vector<std::string> group, std::string value) { return {.group = std::move(group), .numerator = {}, .denominator = {}, .value = std::move(value), .interval = {}, .flags = {}, .note = {}, .withheld = {}}; }

Row share(std::vector<std::string> group, std::int64_t part, std::int64_t whole) {
  Row row = told(std::move(group), projections::ratio(part, whole));
  const auto interval = projections::wilson(part, whole);
  row.numerator = part;
  row.denominator = whole;
  row.interval = {interval.lower.fixed(), interval.upper.fixed()};
  return row;
}

Row withheld(std::vector<std::string> group, std::string rule) {
  Row row = told(std::move(group), "");
  row.value.reset();
  row.withheld = std::move(rule);
  return row;
}

Row without_value(std::vector<std::string> group, std::string flag) {
  Row row = told(std::move(group), "");
  row.value.reset();
  row.flags = {std::move(flag)};
  return row;
}

Edition empty() {
  Edition edition;
  edition.origin = "ledger.example.org/l/1";
  edition.template_id = "transparency";
  edition.template_version = "1";
  edition.period = {1'704'067'200'000'000, 1'735'689'600'000'000, "2024"};
  edition.as_of = {.size = 1'294, .root = sha256(bytes_of("root")), .recorded_at = 1'735'689'700'000'001};
  edition.definitions_version = "1";
  return edition;
}

Edition small() {
  Edition edition = empty();
  edition.suppression = Suppression{"default", "1", sha256(bytes_of("{}"))};
  edition.previous = sha256(bytes_of("before"));
  edition.restatement = Restatement{.supersedes = sha256(bytes_of("wrong")), .reason = "late records from two states", .late_records = 312, .later_events = 2'040, .corrections = 4, .retractions = 0, .changes = {}};
  edition.restatement->changes = {{"R1", {}, {}, "0.912300 (26975 of 29568)", "0.914265 (27033 of 29568)", {"corrections", "later_events"}}, {"R1", {"case_type"}, {"FA"}, "0.800000 (1176 of 1470)", "0.800406 (1183 of 1478)", {"late_records"}}, {"T5.precision", {}, {}, "", "0.600000 (12 of 20)", {"suppression"}}};
  edition.sections = {recovery(), alerts()};
  Section nothing{.id = "T9", .title = "Across borders", .no_data = true, .tables = {}};
  nothing.tables = {table("T9.requests", "Requests to other countries", "requests", {told({}, "0")}), table("T9.answered", "Of the requests to other countries, those answered", "ratio", {without_value({}, "no_data")})};
  edition.sections.push_back(nothing);
  edition.checks = {{"R8.balance", "The residual of the open stock is 0.", true}, {"T5.outcomes", "T5.episodes is the sum of what became of them.", true}};
  return edition;
}

Edition small_of_2023() {
  Edition edition = small();
  edition.period = {1'672'531'200'000'000, 1'704'067'200'000'000, "2023"};
  edition.as_of = {.size = 640, .root = sha256(bytes_of("root of 2023")), .recorded_at = 1'704'067'300'000'000};
  edition.previous.reset();
  edition.restatement.reset();
  auto& tables = edition.sections[0].tables;
  tables[0].rows = {share({}, 25'000, 28'000)};
  tables[3].rows = {told({}, "2600")};
  edition.sections[1].tables[0].definition = 2;
  edition.sections[1].tables[1].rows = {withheld({}, "primary")};
  return edition;
}

Edition all_withheld() {
  Edition edition = small();
  for (Section& section : edition.sections)
    for (Table& each : section.tables)
      for (Row& row : each.rows) row = withheld(row.group, "primary");
  for (Change& change : edition.restatement->changes) change.was = change.now = "";
  return edition;
}

Edition hostile() {
  Edition edition = small();
  const Values labels{"</td><script>alert(1)</script>", "=HYPERLINK(\"http://example.org\",\"x\")", "\xE2\x80\xAE" "gnp.exe", "a\"b'c&d;e,f\ng", "\x01\x1B[31m", "\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7", "\xFF\xFE broken", "]]><!--", std::string(400, 'x')};
  Table counts = table("T5.episodes", "Alert episodes observed in the period", "episodes", {}, {"vendor"}), shares = table("T5.precision", "Right, of the <adjudicated> episodes & others", "ratio", {}, {"vendor"});
  for (const std::string& label : labels) {
    counts.rows.push_back(told({label}, "120"));
    shares.rows.push_back(share({label}, 60, 120));
    shares.rows.back().note = "a note with " + label;
  }
  counts.rows.push_back(withheld({"-1+2"}, "a <rule>"));
  edition.origin = "ledger.example.org/<b>&\"";
  edition.restatement->reason = "<img src=x onerror=alert(1)>";
  edition.restatement->changes.push_back({"T5.<x>", {"vendor"}, {labels[0]}, "not a number <b>", "9"});
  edition.sections.push_back({.id = "X\" onload=\"alert(1)", .title = "Labels & <others>", .no_data = false, .tables = {counts, shares}});
  edition.checks.push_back({"<i>", "0 < 1 & \"so\"", false});
  return edition;
}

Hash digest_of(const Edition& edition) { return edition_digest(edition_json(edition).value()); }

}  // namespace editions
