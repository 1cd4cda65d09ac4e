#include "projections/reports/edition.h"

#include <algorithm>
#include <boost/json.hpp>

#include "ledger/rules/canonical_json.h"

namespace caseledger::reports {

namespace {

namespace json = boost::json;

json::array texts(const std::vector<std::string>& all) { return json::array(all.begin(), all.end()); }

// What is empty is left out.
void put(json::object& to, std::string_view name, const std::string& text) {
  if (!text.empty()) to.emplace(name, text);
}

json::object row_json(const Row& row) {
  json::object out;
  if (!row.group.empty()) out.emplace("group", texts(row.group));
  if (row.numerator) out.emplace("numerator", *row.numerator);
  if (row.denominator) out.emplace("denominator", *row.denominator);
  if (row.value) out.emplace("value", *row.value);
  if (row.interval) out.emplace("interval", json::array{row.interval->first, row.interval->second});
  if (!row.flags.empty()) out.emplace("flags", texts(row.flags));
  put(out, "note", row.note);
  put(out, "withheld", row.withheld);
  return out;
}

json::object table_json(const Table& table) {
  json::object out{{"id", table.id}, {"title", table.title}, {"unit", table.unit}, {"definition", table.definition}};
  if (!table.by.empty()) out.emplace("by", texts(table.by));
  put(out, "note", table.note);
  auto& rows = out.emplace("rows", json::array()).first->value().get_array();
  for (const Row& row : table.rows) rows.push_back(row_json(row));
  return out;
}

json::object section_json(const Section& section) {
  json::object out{{"id", section.id}, {"title", section.title}};
  if (section.no_data) out.emplace("no_data", true);
  auto& tables = out.emplace("tables", json::array()).first->value().get_array();
  for (const Table& table : section.tables) tables.push_back(table_json(table));
  return out;
}

json::object restatement_json(const Restatement& restatement) {
  json::array changes;
  for (const Change& change : restatement.changes) {
    json::object each{{"table", change.table}};
    if (!change.by.empty()) each.emplace("by", texts(change.by));
    if (!change.group.empty()) each.emplace("group", texts(change.group));
    put(each, "was", change.was);
    put(each, "now", change.now);
    if (!change.why.empty()) each.emplace("why", texts(change.why));
    changes.push_back(std::move(each));
  }
  return {{"supersedes", hex(restatement.supersedes.bytes)}, {"reason", restatement.reason},           {"late_records", restatement.late_records}, {"later_events", restatement.later_events},
          {"corrections", restatement.corrections},          {"retractions", restatement.retractions}, {"changes", std::move(changes)}};
}

json::object whole_json(const Edition& edition) {
  json::object out{
      {"format", "caseledger/edition/v1"},
      {"origin", edition.origin},
      {"template", json::object{{"id", edition.template_id}, {"version", edition.template_version}}},
      {"period", json::object{{"from", to_rfc3339(edition.period.from)}, {"to", to_rfc3339(edition.period.to)}, {"label", edition.period.label}}},
      {"as_of", json::object{{"size", edition.as_of.size}, {"root", base64(edition.as_of.root.bytes)}, {"recorded_at", to_rfc3339(edition.as_of.recorded_at)}}},
      {"definitions_version", edition.definitions_version},
  };
  if (const auto& policy = edition.suppression)
    out.emplace("suppression", json::object{{"policy", policy->policy}, {"version", policy->version}, {"parameters_sha256", hex(policy->parameters.bytes)}});
  if (edition.previous) out.emplace("previous", hex(edition.previous->bytes));
  if (edition.restatement) out.emplace("restatement", restatement_json(*edition.restatement));
  json::array sections, checks;
  for (const Section& section : edition.sections) sections.push_back(section_json(section));
  for (const Check& check : edition.checks) checks.push_back(json::object{{"id", check.id}, {"sentence", check.sentence}, {"holds", check.holds}});
  out.emplace("sections", std::move(sections));
  out.emplace("checks", std::move(checks));
  return out;
}

}  // namespace

bool Edition::releasable() const { return std::ranges::all_of(checks, &Check::holds); }

Result<std::string> edition_json(const Edition& edition) {
  TRY_AS(text, canonical_json(whole_json(edition)));
  if (text.size() > edition_bytes_max)
    return fail(Errc::too_large, "an edition has at most " + std::to_string(edition_bytes_max) + " bytes; this would have " + std::to_string(text.size()));
  return text;
}

std::string name_of(const Table& table) {
  std::string out = table.id;
  for (const std::string& dimension : table.by) out += (&dimension == &table.by.front() ? " by " : ", ") + dimension;
  return out;
}

std::string name_of(const Table& table, const Row& row) {
  if (row.group.size() != table.by.size()) return name_of(table);
  std::string out = table.id;
  for (std::size_t i = 0; i < table.by.size(); ++i) out += (i == 0 ? " by " : ", ") + table.by[i] + " = " + row.group[i];
  return out;
}

}  // namespace caseledger::reports
