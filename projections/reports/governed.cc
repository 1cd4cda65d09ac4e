#include "projections/reports/governed.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

namespace caseledger::reports {

namespace json = boost::json;

namespace {

Row counted(std::int64_t n) {
  Row row;
  row.numerator = n;
  row.value = std::to_string(n);
  return row;
}

Table alone(std::string id, std::string title, std::string unit, std::int64_t n) {
  Table table{.id = std::move(id), .title = std::move(title), .unit = std::move(unit), .by = {}, .note = {}, .rows = {}};
  table.rows.push_back(counted(n));
  return table;
}

bool in_force_within(const PolicyVersion& version, const Terms& terms) {
  return version.from < terms.period.to && version.from <= terms.as_of.recorded_at && (!version.to || *version.to > terms.period.from);
}

std::string note_of(const PolicyVersion& version) {
  std::string note = version.kind + ", version " + version.version + ", in force from " + to_rfc3339(version.from);
  if (version.to) note += " to " + to_rfc3339(*version.to);
  return note + (version.changes.empty() ? "" : "; against the version before: " + version.changes);
}

// A row for every version that was in force in the period, and for every other that a decision cites.
std::vector<Table> policy_tables(const Terms& terms, const std::vector<Table>& decisions) {
  std::map<std::string, Row> rows;
  for (const Table& table : decisions)
    for (const Row& row : table.rows)
      if (!row.group.empty() && !row.group[0].empty()) {
        rows[row.group[0]] = counted(row.numerator.value_or(0));
        rows[row.group[0]].flags = {"not_in_force"};
      }
  for (const PolicyVersion& version : terms.governed.policies) {
    if (!in_force_within(version, terms)) continue;
    Row& row = rows.try_emplace(version.policy, counted(0)).first->second;
    row.flags.clear();
    row.note = note_of(version);
  }
  Table by_version{.id = "T14.decisions", .title = "Designations and priorities decided in the period that cite this version", .unit = "decisions", .by = {"policy"}, .note = {}, .rows = {}};
  std::int64_t out_of_force = 0;
  for (auto& [policy, row] : rows) {
    if (!row.flags.empty()) out_of_force += *row.numerator;
    row.group = {policy};
    by_version.rows.push_back(std::move(row));
  }
  return {alone("T14.not_in_force", "Decisions of the period that cite a version which was in force at no time of it: has to be 0", "decisions", out_of_force), std::move(by_version)};
}

std::string in_words(const json::value& value) {
  std::string text = json::serialize(value);
  if (text.size() <= 60) return text;
  std::size_t end = 57;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // no letter is cut in two
  return text.substr(0, end) + "...";
}

class Differences {
 public:
  explicit Differences(bool with_values) : with_values_(with_values) {}

  void between(const json::value& before, const json::value& now, const std::string& place) {
    if (before == now) return;
    if (before.is_object() && now.is_object()) {
      for (const auto& [name, value] : now.get_object()) below(before.get_object().if_contains(name), &value, place.empty() ? std::string(name) : place + '.' + std::string(name));
      for (const auto& [name, value] : before.get_object())
        if (!now.get_object().contains(name)) below(&value, nullptr, place.empty() ? std::string(name) : place + '.' + std::string(name));
      return;
    }
    if (before.is_array() && now.is_array()) {
      const auto &a = before.get_array(), &b = now.get_array();
      for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) below(i < a.size() ? &a[i] : nullptr, i < b.size() ? &b[i] : nullptr, place + '[' + std::to_string(i) + ']');
      return;
    }
    tell(place + (with_values_ ? " is " + in_words(now) + ", was " + in_words(before) : " changed"));
  }

  std::string text() const {
    std::string out;
    for (const std::string& each : told_) out += (out.empty() ? "" : "; ") + each;
    return left_out_ == 0 ? out : out + "; and " + std::to_string(left_out_) + " more";
  }

 private:
  void below(const json::value* before, const json::value* now, const std::string& place) {
    if (before && now) return between(*before, *now, place);
    const json::value& only = now ? *now : *before;
    tell(place + (now ? " is new" : " is gone") + (with_values_ ? ": " + in_words(only) : ""));
  }
  void tell(std::string sentence) {
    if (told_.size() < changes_max) told_.push_back(std::move(sentence));
    else ++left_out_;
  }

  bool with_values_;
  std::vector<std::string> told_;
  std::size_t left_out_ = 0;
};

}  // namespace

std::vector<Table> governed_tables(std::string_view section, const Terms& terms, const std::function<std::vector<Table>()>& decisions) {
  if (section == "T14") return policy_tables(terms, decisions());
  if (section != "T15") return {};
  std::vector<Table> tables;
  tables.push_back(alone("T15.entries", "Entries of the log at the as-of, each of one author and under the signed checkpoint", "entries", static_cast<std::int64_t>(terms.as_of.size)));
  tables.push_back(alone("T15.excised", "Events taken out of the log by the as-of: their bytes gave way to their hashes", "events", static_cast<std::int64_t>(terms.governed.excised)));
  return tables;
}

std::string parameters_changed(std::string_view before, std::string_view now, bool with_values) {
  boost::system::error_code of_before, of_now;
  const json::value was = json::parse(before, of_before), is = json::parse(now, of_now);
  if (of_before || of_now) return {};
  Differences differences(with_values);
  differences.between(was, is, "");
  return differences.text();
}

}  // namespace caseledger::reports
