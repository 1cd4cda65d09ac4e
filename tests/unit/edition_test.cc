// The edition as bytes: one spelling, read back as what was written, and every other spelling refused with its place.
#include <catch2/catch.hpp>

#include "projections/reports/edition.h"

using namespace caseledger;
using namespace caseledger::reports;

namespace {

Edition sample() {
  Edition edition;
  edition.origin = "ledger.example.org/l/1";
  edition.template_id = "transparency";
  edition.template_version = "1";
  edition.period = {1'704'067'200'000'000, 1'735'689'600'000'000, "2024"};
  edition.as_of = {.size = 7, .root = sha256(bytes_of("root")), .recorded_at = 1'735'689'700'000'001};
  edition.definitions_version = "1";
  edition.suppression = Suppression{"default", "1", sha256(bytes_of("{}"))};
  edition.previous = sha256(bytes_of("before"));
  edition.restatement = Restatement{.supersedes = sha256(bytes_of("wrong")), .reason = "late records", .late_records = 3, .changes = {{"R1", {"case_type"}, {"ERU"}, "0.500000", "", {"suppression"}}}};
  Table all{.id = "R1", .title = "Resolved", .unit = "ratio", .note = "alive or dead"};
  all.rows.push_back({.numerator = 27'033, .denominator = 29'568, .value = "0.914265", .interval = std::pair<std::string, std::string>{"0.911020", "0.917403"}});
  Table split{.id = "R1", .title = "Resolved", .unit = "ratio", .by = {"case_type", "jurisdiction"}};
  split.rows.push_back({.group = {"ERU", "US-TX"}, .numerator = 40, .denominator = 41, .value = "0.975610", .flags = {"not_representative"}, .note = "with \"quotes\", \n and \u00e9"});
  split.rows.push_back({.group = {"FA", ""}, .withheld = "primary"});
  edition.sections.push_back({.id = "R", .title = "Recovery", .tables = {all, split}});
  edition.sections.push_back({.id = "T9", .title = "Cross-border", .no_data = true});
  edition.checks.push_back({.id = "R8.balance", .sentence = "0 = 0", .holds = true});
  return edition;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::string refusal(const std::string& text) {
  const auto read = parse_edition(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::malformed);
  return read.error().sentence;
}

}  // namespace

TEST_CASE("an edition is read back as it was written, and its bytes are these on every machine") {
  const Edition edition = sample();
  const auto json = edition_json(edition);
  REQUIRE(json);
  const auto read = parse_edition(*json);
  REQUIRE(read);
  CHECK(*read == edition);
  CHECK(json->starts_with(R"({"as_of":{"recorded_at":"2025-01-01T00:01:40.000001Z","root":)"));
  CHECK(hex(edition_digest(*json).bytes) == "0f9b634879f31b386451bd4f6e6d1224159dfdbc37506849635e5309ea3867cb");
}

TEST_CASE("an edition without anything optional is read back too") {
  Edition edition = sample();
  edition.suppression.reset();
  edition.previous.reset();
  edition.restatement.reset();
  edition.sections.clear();
  edition.checks.clear();
  CHECK(parse_edition(edition_json(edition).value()).value() == edition);
}

TEST_CASE("an edition with a check that does not hold is not releasable") {
  Edition edition = sample();
  CHECK(edition.releasable());
  edition.checks.push_back({"T1.fates", "40 is not 41", false});
  CHECK_FALSE(edition.releasable());
}

TEST_CASE("what an edition is not to contain is refused with its place") {
  const std::string json = edition_json(sample()).value();
  CHECK(refusal(replaced(json, "\"numerator\":40", "\"numerator\":\"40\"")) == "sections[0].tables[1].rows[0].numerator: an integer belongs here");
  CHECK(refusal(replaced(json, "\"label\":", "\"labels\":")) == "period.label: is missing");
  CHECK(refusal(replaced(json, R"("id":"R8.balance",)", R"("id":"R8.balance","ids":"",)")) == "checks[0].ids: no such member belongs here");
  CHECK(refusal(replaced(json, R"("group":["FA",""])", R"("group":["FA"])")) == "sections[0].tables[1].rows[1].group: the table has 2 dimensions, the row 1");
  CHECK(refusal(replaced(json, "/edition/v1", "/edition/v2")).starts_with("format: \"caseledger/edition/v1\" belongs here"));
  CHECK(refusal(replaced(json, "\"late_records\":3", "\"late_records\":-3")) == "restatement.late_records: a count is never negative");
  CHECK(refusal(replaced(json, "0.914265", "=1+1")) == "sections[0].tables[0].rows[0].value: a whole number or a decimal with six places belongs here");
  for (const std::string_view other : {"0.91426", "0.9142650", ".914265", "0.", "1e5", "", "+0.914265", " 0.914265", "<b>1</b>"})
    CHECK(refusal(replaced(json, "0.914265", other)).starts_with("sections[0].tables[0].rows[0].value: "));
  CHECK(refusal(replaced(json, "0.917403", "one")) == "sections[0].tables[0].rows[0].interval[1]: a whole number or a decimal with six places belongs here");
  CHECK(refusal("[]") == "the edition: an object belongs here");
  CHECK(refusal("").starts_with("no JSON"));
}

TEST_CASE("every other spelling of an edition is refused") {
  const std::string json = edition_json(sample()).value();
  CHECK(refusal(json + "\n") == "the JSON is not canonical (RFC 8785) from byte " + std::to_string(json.size()) + " on; there it would be nothing");
  CHECK(refusal(replaced(json, "{\"as_of\"", "{ \"as_of\"")).find("not canonical") != std::string::npos);
  CHECK(refusal(replaced(json, "\"id\":\"T9\",", "\"id\":\"T9\",\"id\":\"T9\",")).find("not canonical") != std::string::npos);
  CHECK(refusal(replaced(json, "2025-01-01T00:01:40.000001Z", "2025-01-01T01:01:40.000001+01:00")).find("spelled in another way") != std::string::npos);
  CHECK(refusal(replaced(json, "\"id\":\"T9\",\"no_data\":true,", "\"id\":\"T9\",\"no_data\":false,")).find("spelled in another way") != std::string::npos);
}

TEST_CASE("a damaged edition is another one or none") {
  const std::string json = edition_json(sample()).value();
  const Edition edition = sample();
  for (std::size_t at = 0; at < json.size(); ++at) {
    std::string damaged = json;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto read = parse_edition(damaged);
    CHECK((!read || *read != edition));
  }
}

TEST_CASE("a count that readers of JSON cannot hold makes no edition") {
  Edition edition = sample();
  edition.sections[0].tables[0].rows[0].numerator = std::int64_t{1} << 53;
  CHECK(edition_json(edition).error().code == Errc::value_out_of_range);
}

TEST_CASE("tables and rows are named as people would") {
  const Edition edition = sample();
  const auto& tables = edition.sections[0].tables;
  CHECK(name_of(tables[0]) == "R1");
  CHECK(name_of(tables[1]) == "R1 by case_type, jurisdiction");
  CHECK(name_of(tables[1], tables[1].rows[0]) == "R1 by case_type = ERU, jurisdiction = US-TX");
}
