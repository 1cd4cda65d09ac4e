// The two descriptions of the CSV file: the same columns, told in the words of each specification.
#include <boost/json.hpp>

#include "ledger/rules/canonical_json.h"
#include "projections/reports/render_csv.h"
#include "projections/reports/words.h"

namespace caseledger::reports {

namespace {

namespace json = boost::json;

struct Column {
  std::string_view name, type, description;
  bool required;
};
constexpr Column columns[] = {
    {"section", "string", "The section of the report: T1, R.", true},
    {"indicator", "string", "The metric's id; with :numerator, :denominator, :lower95 or :upper95 what its value is made of and its 95 % interval.", true},
    {"scope", "string", "\"all\", or the group: dimension=value, several joined by &; %, &, =, + and invisible characters are percent-encoded.", true},
    {"value", "decimal", "The published digits. Empty where there is no value: contextual_information says why.", false},
    {"unit", "string", "What the value counts or measures: ratio, us (microseconds), or the things counted.", true},
    {"suppressed", "boolean", "true where the figure is withheld so that nobody can be recognised or worked out; its value is then empty, never 0.", true},
    {"contextual_information", "string", "Title, notes, flags and the rule by which it is withheld, joined by semicolons.", false},
};
const json::array key{"section", "indicator", "scope"};

std::string title_of(const Edition& edition) { return template_words(edition.template_id) + ", " + edition.period.label; }

std::string text_of(const json::value& value) { return canonical_json(value).value() + "\n"; }

// Lower case letters, digits, '.', '_' and '-', as the name of a package may have.
std::string package_name(const Edition& edition) {
  std::string out;
  for (const char c : edition.template_id + "-" + edition.period.label) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    out += plain ? c : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : '-';
  }
  return out;
}

}  // namespace

std::string render_csvw(const Edition& edition, std::string_view csv_name) {
  json::array all;
  for (const Column& column : columns) {
    json::object each{{"name", column.name}, {"titles", column.name}, {"datatype", column.type}, {"dc:description", column.description}};
    if (column.required) each.emplace("required", true);
    if (column.type == "boolean") each["datatype"] = json::object{{"base", "boolean"}, {"format", "true|false"}};
    all.push_back(std::move(each));
  }
  return text_of(json::object{
      {"@context", json::array{"http://www.w3.org/ns/csvw", json::object{{"@language", "en"}}}},
      {"url", csv_name},
      {"dc:title", title_of(edition)},
      {"dc:publisher", edition.origin},
      {"dc:temporal", to_rfc3339(edition.period.from) + "/" + to_rfc3339(edition.period.to)},
      {"dialect", json::object{{"encoding", "utf-8"}, {"delimiter", ","}, {"quoteChar", "\""}, {"doubleQuote", true}, {"header", true}, {"headerRowCount", 1}, {"lineTerminators", "\n"}, {"skipInitialSpace", false}, {"trim", false}}},
      {"tableSchema", json::object{{"columns", std::move(all)}, {"primaryKey", key}}},
  });
}

std::string render_datapackage(const Edition& edition, const Hash& digest, std::string_view csv, std::string_view csv_name) {
  json::array fields;
  for (const Column& column : columns) {
    json::object each{{"name", column.name}, {"type", column.type == "decimal" ? "number" : column.type}, {"description", column.description}};
    if (column.required) each.emplace("constraints", json::object{{"required", true}});
    if (column.type == "boolean") each.emplace("trueValues", json::array{"true"}), each.emplace("falseValues", json::array{"false"});
    fields.push_back(std::move(each));
  }
  json::object resource{
      {"profile", "tabular-data-resource"},
      {"name", "figures"},
      {"path", csv_name},
      {"format", "csv"},
      {"mediatype", "text/csv"},
      {"encoding", "utf-8"},
      {"bytes", csv.size()},
      {"hash", "sha256:" + hex(sha256(bytes_of(csv)).bytes)},
      {"dialect", json::object{{"delimiter", ","}, {"lineTerminator", "\n"}, {"quoteChar", "\""}, {"doubleQuote", true}, {"header", true}, {"skipInitialSpace", false}, {"caseSensitiveHeader", true}}},
      {"schema", json::object{{"fields", std::move(fields)}, {"missingValues", json::array{""}}, {"primaryKey", key}}},
  };
  return text_of(json::object{{"profile", "tabular-data-package"},
                              {"name", package_name(edition)},
                              {"id", "sha256:" + hex(digest.bytes)},
                              {"title", title_of(edition)},
                              {"created", to_rfc3339(edition.as_of.recorded_at)},
                              {"sources", json::array{json::object{{"title", edition.origin + ", as of " + std::to_string(edition.as_of.size) + " entries"}}}},
                              {"resources", json::array{std::move(resource)}}});
}

}  // namespace caseledger::reports
