// The table for machines, read back by a reader of its own, and its two descriptions held to what their specifications require.
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "projections/reports/render_csv.h"
#include "tests/support/editions.h"
#include "tests/support/source.h"

using namespace caseledger;
using namespace caseledger::reports;
namespace json = boost::json;

namespace {

using Cells = std::vector<std::string>;

// RFC 4180, strictly: a quote stands at the ends of a cell or twice within it, and every line ends with LF.
std::vector<Cells> read_csv(const std::string& text) {
  std::vector<Cells> lines;
  Cells line;
  for (std::size_t at = 0; at < text.size();) {
    std::string cell;
    if (text[at] == '"') {
      for (++at;; ++at) {
        REQUIRE(at < text.size());
        if (text[at] == '"' && (at + 1 == text.size() || text[++at] != '"')) break;
        cell += text[at];
      }
    } else {
      while (at < text.size() && text[at] != ',' && text[at] != '\n') {
        REQUIRE(text[at] != '"');
        REQUIRE(text[at] != '\r');
        cell += text[at++];
      }
    }
    REQUIRE(at < text.size());
    REQUIRE((text[at] == ',' || text[at] == '\n'));
    line.push_back(cell);
    if (text[at++] == '\n') lines.push_back(std::exchange(line, {}));
  }
  REQUIRE(line.empty());
  return lines;
}

std::map<std::pair<std::string, std::string>, Cells> by_indicator_and_scope(const Edition& edition) {
  std::map<std::pair<std::string, std::string>, Cells> found;
  for (const Cells& line : read_csv(render_csv(edition))) found[{line.at(1), line.at(2)}] = line;
  return found;
}

const Cells header{"section", "indicator", "scope", "value", "unit", "suppressed", "contextual_information"};

std::string golden(const std::string& name) {
  std::ifstream file(samples::source_folder() / "tests" / "golden" / "edition" / name, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), {}};
}

Edition (*const all[])() = {editions::small, editions::small_of_2023, editions::empty, editions::all_withheld, editions::hostile};

}  // namespace

TEST_CASE("a figure has a row, and one for each part of it", "[render]") {
  auto rows = by_indicator_and_scope(editions::small());
  CHECK(rows[{"R1", "all"}] == Cells{"R", "R1", "all", "0.914265", "ratio", "false", "Of the episodes that began in the period, those resolved by the as-of; resolved: recovered alive or found dead"});
  CHECK(rows[{"R1:numerator", "all"}] == Cells{"R", "R1:numerator", "all", "27033", "count", "false", ""});
  CHECK(rows[{"R1:denominator", "all"}].at(3) == "29568");
  CHECK(rows[{"R1:lower95", "all"}].at(3) == "0.911020");
  CHECK(rows[{"R1:upper95", "all"}].at(3) == "0.917403");
  CHECK(rows[{"R1", "case_type=FA"}].at(3) == "0.800406");
  CHECK(rows[{"T5.precision", "vendor=vendor-a&list=ncic"}].at(3) == "0.400000");
  CHECK(rows[{"R8", "age_band="}].at(3) == "12");
  CHECK_FALSE(rows.contains({"R8:numerator", "all"}));
}

TEST_CASE("what is withheld has no value and says by which rule, and what has none says why", "[render]") {
  auto rows = by_indicator_and_scope(editions::small());
  const Cells& withheld = rows[{"R1", "case_type=NFA"}];
  CHECK(withheld.at(3).empty());
  CHECK(withheld.at(5) == "true");
  CHECK(withheld.at(6).ends_with("; withheld: primary"));
  CHECK_FALSE(rows.contains({"R1:denominator", "case_type=NFA"}));
  const Cells& none = rows[{"T5.per_million_reads", "all"}];
  CHECK(none.at(3).empty());
  CHECK(none.at(5) == "false");
  CHECK(none.at(6).ends_with("; no_data"));
  for (const Cells& line : read_csv(render_csv(editions::all_withheld())))
    if (line != header) CHECK((line.at(3).empty() && line.at(5) == "true"));
}

TEST_CASE("every edition gives a rectangle with one key a row, values that are decimals, and no formula", "[render]") {
  const std::regex decimal("-?[0-9]+(\\.[0-9]+)?");
  for (const auto& edition : all) {
    const std::string text = render_csv(edition());
    CHECK(text == render_csv(edition()));
    const auto lines = read_csv(text);
    REQUIRE(lines.front() == header);
    std::set<Cells> keys;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      REQUIRE(lines[i].size() == header.size());
      CHECK(keys.insert({lines[i][0], lines[i][1], lines[i][2]}).second);
      CHECK((lines[i][3].empty() || std::regex_match(lines[i][3], decimal)));
      CHECK((lines[i][5] == "true" || lines[i][5] == "false"));
      for (const std::size_t text_cell : {0, 1, 2, 4, 6}) CHECK((lines[i][text_cell].empty() || std::string("=+-@\t\r\n").find(lines[i][text_cell][0]) == std::string::npos));
    }
  }
}

TEST_CASE("a hostile label stays behind its dimension, and a text that begins like a formula gets an apostrophe", "[render]") {
  auto rows = by_indicator_and_scope(editions::hostile());
  CHECK(rows.contains({"T5.episodes", "vendor=%3DHYPERLINK(\"http://example.org\",\"x\")"}));
  CHECK(rows.contains({"T5.episodes", "vendor=%E2%80%AEgnp.exe"}));
  CHECK(rows.contains({"T5.episodes", "vendor=a\"b'c%26d;e,f%0Ag"}));
  CHECK(rows.contains({"T5.episodes", "vendor=-1%2B2"}));
  Edition edition = editions::empty();
  edition.sections.push_back({.id = "=1", .title = "", .no_data = false, .tables = {{.id = "@x", .title = "+t", .unit = "-u", .definition = 1, .by = {}, .note = {}, .rows = {editions::told({}, "-0.125000")}}}});
  CHECK(render_csv(edition).ends_with("\n'=1,'@x,all,-0.125000,'-u,false,'+t\n"));
}

TEST_CASE("the CSVW metadata is what its vocabulary requires, and fits the table", "[render]") {
  const json::value metadata = json::parse(render_csvw(editions::small(), "edition.csv"));
  const auto& whole = metadata.as_object();
  // Tabular metadata 5.1, 5.2: @context is the csvw namespace, alone or before an object that sets the language.
  CHECK(whole.at("@context").as_array().at(0) == "http://www.w3.org/ns/csvw");
  CHECK(whole.at("@context").as_array().at(1).at("@language") == "en");
  CHECK(whole.at("url") == "edition.csv");
  const auto& schema = whole.at("tableSchema").as_object();
  // 5.6: names begin with no underscore and repeat none; titles fit the header; datatypes are built in.
  Cells names;
  for (const json::value& column : schema.at("columns").as_array()) {
    names.emplace_back(column.at("name").as_string());
    CHECK(column.at("titles") == column.at("name"));
    const json::value& type = column.at("datatype");
    const std::string base(type.is_object() ? type.at("base").as_string() : type.as_string());
    CHECK(std::set<std::string>{"string", "decimal", "boolean"}.contains(base));
    if (base == "boolean") CHECK(type.at("format") == "true|false");
  }
  CHECK(names == header);
  // 5.5.1: the key names columns, and every row has its own (tried above).
  for (const json::value& key : schema.at("primaryKey").as_array()) CHECK(std::ranges::find(names, std::string(key.as_string())) != names.end());
  const std::set<std::string> dialect_members{"encoding", "delimiter", "quoteChar", "doubleQuote", "header", "headerRowCount", "lineTerminators", "skipInitialSpace", "trim"};
  for (const auto& member : whole.at("dialect").as_object()) CHECK(dialect_members.contains(std::string(member.key())));
  // Members beyond the vocabulary are common properties with a prefix it defines.
  for (const auto& member : whole)
    if (member.key().find(':') != json::string_view::npos) CHECK(member.key().starts_with("dc:"));
}

TEST_CASE("datapackage.json is what Frictionless requires, and names the very bytes", "[render]") {
  const Edition edition = editions::small();
  const std::string csv = render_csv(edition);
  const json::value package = json::parse(render_datapackage(edition, editions::digest_of(edition), csv, "edition.csv"));
  CHECK(package.at("profile") == "tabular-data-package");
  CHECK(std::regex_match(std::string(package.at("name").as_string()), std::regex("[-a-z0-9._/]+")));
  CHECK(package.at("id").as_string() == "sha256:" + hex(editions::digest_of(edition).bytes));
  REQUIRE(package.at("resources").as_array().size() == 1);
  const json::value& resource = package.at("resources").at(0);
  CHECK(resource.at("profile") == "tabular-data-resource");
  CHECK(std::regex_match(std::string(resource.at("name").as_string()), std::regex("[-a-z0-9._/]+")));
  CHECK(resource.at("path") == "edition.csv");  // relative, and not above its folder
  CHECK(resource.at("bytes").to_number<std::size_t>() == csv.size());
  CHECK(resource.at("hash").as_string() == "sha256:" + hex(sha256(bytes_of(csv)).bytes));
  CHECK(resource.at("encoding") == "utf-8");
  CHECK(resource.at("dialect").at("lineTerminator") == "\n");
  Cells names;
  for (const json::value& field : resource.at("schema").at("fields").as_array()) {
    names.emplace_back(field.at("name").as_string());
    CHECK(std::set<std::string>{"string", "number", "boolean"}.contains(std::string(field.at("type").as_string())));
  }
  CHECK(names == header);
  CHECK(resource.at("schema").at("missingValues") == json::array{""});
}

TEST_CASE("a small edition gives the table and the descriptions it always gave", "[render]") {
  const Edition edition = editions::small();
  const std::string csv = render_csv(edition);
  CHECK(csv == golden("edition.csv"));
  CHECK(render_csvw(edition, "edition.csv") == golden("edition.csv-metadata.json"));
  CHECK(render_datapackage(edition, editions::digest_of(edition), csv, "edition.csv") == golden("datapackage.json"));
}

TEST_CASE("write the golden table", "[.][write-render-golden]") {
  const Edition edition = editions::small();
  const std::string csv = render_csv(edition);
  const auto write = [](const std::string& name, const std::string& text) { std::ofstream(samples::source_folder() / "tests" / "golden" / "edition" / name, std::ios::binary) << text; };
  write("edition.csv", csv);
  write("edition.csv-metadata.json", render_csvw(edition, "edition.csv"));
  write("datapackage.json", render_datapackage(edition, editions::digest_of(edition), csv, "edition.csv"));
}
