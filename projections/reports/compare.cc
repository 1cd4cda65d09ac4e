#include "projections/reports/compare.h"

#include <algorithm>
#include <map>

namespace caseledger::reports {

namespace {

using Key = std::pair<std::string, std::vector<std::string>>;  // a row's name and group, which names may not tell apart

struct Place {
  const Table* table;
  const Row* row;
};

template <class Visit>
void each_row(const Edition& edition, Visit visit) {
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      for (const Row& row : table.rows) visit(table, row);
}

std::map<Key, Place> rows_of(const Edition& edition) {
  std::map<Key, Place> all;
  each_row(edition, [&](const Table& table, const Row& row) { all.emplace(Key{name_of(table), row.group}, Place{&table, &row}); });
  return all;
}

template <class Value>
std::string shown(const std::optional<Value>& value) {
  if (!value) return "absent";
  if constexpr (std::is_same_v<Value, std::string>) return *value;
  else return std::to_string(*value);
}

std::string shown(const std::optional<std::pair<std::string, std::string>>& interval) {
  return interval ? '[' + interval->first + ", " + interval->second + ']' : "absent";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out.empty() ? "none" : out;
}

std::string quoted(const std::string& text) { return text.empty() ? "nothing" : '"' + text + '"'; }

// "the numerator is 3, not 4": what is told, and what was counted.
std::optional<std::string> difference(const Row& told, const Row& counted) {
  const auto says = [](std::string_view what, const std::string& a, const std::string& b) { return "the " + std::string(what) + " is " + a + ", not " + b; };
  if (told.withheld != counted.withheld) return says("rule it is withheld by", quoted(told.withheld), quoted(counted.withheld));
  if (told.numerator != counted.numerator) return says("numerator", shown(told.numerator), shown(counted.numerator));
  if (told.denominator != counted.denominator) return says("denominator", shown(told.denominator), shown(counted.denominator));
  if (told.value != counted.value) return says("value", shown(told.value), shown(counted.value));
  if (told.interval != counted.interval) return says("interval", shown(told.interval), shown(counted.interval));
  if (told.flags != counted.flags) return says("list of flags", joined(told.flags), joined(counted.flags));
  if (told.note != counted.note) return says("note", quoted(told.note), quoted(counted.note));
  return std::nullopt;
}

std::optional<std::string> difference(const Table& told, const Table& counted) {
  if (name_of(told) != name_of(counted)) return name_of(told) + " stands where " + name_of(counted) + " belongs";
  if (told.title != counted.title || told.unit != counted.unit || told.definition != counted.definition || told.note != counted.note)
    return name_of(told) + ": its title, unit, definition or note is another";
  for (std::size_t i = 0; i < std::max(told.rows.size(), counted.rows.size()); ++i) {
    if (i >= told.rows.size()) return name_of(counted, counted.rows[i]) + ": is missing";
    if (i >= counted.rows.size()) return name_of(told, told.rows[i]) + ": the ledger has no such figure";
    if (told.rows[i].group != counted.rows[i].group) return name_of(told, told.rows[i]) + " stands where " + name_of(counted, counted.rows[i]) + " belongs";
    if (const auto found = difference(told.rows[i], counted.rows[i])) return name_of(told, told.rows[i]) + ": " + *found;
  }
  return std::nullopt;
}

std::optional<std::string> difference(const Section& told, const Section& counted) {
  if (told.id != counted.id || told.title != counted.title) return "section " + told.id + " stands where section " + counted.id + " belongs";
  if (told.no_data != counted.no_data) return "section " + told.id + " says wrongly whether it has data";
  for (std::size_t i = 0; i < std::max(told.tables.size(), counted.tables.size()); ++i) {
    if (i >= told.tables.size()) return name_of(counted.tables[i]) + ": is missing";
    if (i >= counted.tables.size()) return name_of(told.tables[i]) + ": the ledger has no such table";
    if (auto found = difference(told.tables[i], counted.tables[i])) return found;
  }
  return std::nullopt;
}

std::string named(const Change& change) {
  Row row;
  row.group = change.group;
  return name_of(Table{.id = change.table, .title = {}, .unit = {}, .by = change.by, .note = {}, .rows = {}}, row);
}

// ", first at R1: …" or nothing, where it is not the changes that differ.
std::string first_change_otherwise(const Edition& told, const Edition& counted) {
  if (!told.restatement || !counted.restatement) return {};
  const auto &a = told.restatement->changes, &b = counted.restatement->changes;
  const auto [at, other] = std::ranges::mismatch(a, b);
  if (at == a.end() && other == b.end()) return {};
  if (at == a.end()) return ", first at " + named(*other) + ", which is missing";
  if (other == b.end() || named(*at) != named(*other)) return ", first at " + named(*at) + ", which changed otherwise or not at all";
  const auto line = [](const Change& change) { return quoted(change.was) + " to " + quoted(change.now) + " because of " + joined(change.why); };
  return ", first at " + named(*at) + ": from " + line(*at) + ", not from " + line(*other);
}

// "T14.not_in_force (version 1 and 2)": metrics that both tell, counted by different versions of their definitions.
std::string defined_otherwise(const Edition& a, const Edition& b) {
  std::map<std::string_view, std::uint32_t> versions;
  each_row(a, [&](const Table& table, const Row&) { versions[table.id] = table.definition; });
  std::string out;
  each_row(b, [&](const Table& table, const Row&) {
    const auto found = versions.extract(table.id);
    if (found.empty() || found.mapped() == table.definition) return;
    out += (out.empty() ? "" : ", ") + table.id + " (version " + std::to_string(found.mapped()) + " and " + std::to_string(table.definition) + ')';
  });
  return out;
}

}  // namespace

std::string told_by(const Row& row) {
  if (!row.withheld.empty()) return {};
  if (!row.value) return row.flags.empty() ? "-" : row.flags.front();
  if (!row.denominator || !row.numerator) return *row.value;
  return *row.value + " (" + std::to_string(*row.numerator) + " of " + std::to_string(*row.denominator) + ')';
}

std::vector<Change> changes_between(const Edition& was, const Edition& now) {
  std::vector<Change> changes;
  auto before = rows_of(was);
  each_row(now, [&](const Table& table, const Row& row) {
    const auto found = before.extract(Key{name_of(table), row.group});
    const std::string told_before = found.empty() ? std::string() : told_by(*found.mapped().row), told_now = told_by(row);
    if (told_before != told_now) changes.push_back({table.id, table.by, row.group, told_before, told_now});
  });
  each_row(was, [&](const Table& table, const Row& row) {
    if (!before.contains(Key{name_of(table), row.group})) return;
    if (std::string told = told_by(row); !told.empty()) changes.push_back({table.id, table.by, row.group, std::move(told), {}});
  });
  return changes;
}

std::optional<std::string> first_difference(const Edition& told, const Edition& counted) {
  for (std::size_t i = 0; i < std::max(told.sections.size(), counted.sections.size()); ++i) {
    if (i >= told.sections.size()) return "section " + counted.sections[i].id + " is missing";
    if (i >= counted.sections.size()) return "there is no section " + told.sections[i].id + " in template " + told.template_id;
    if (auto found = difference(told.sections[i], counted.sections[i])) return found;
  }
  if (told.checks != counted.checks) return "its checks are others";
  if (told.restatement != counted.restatement) return "what it says of the edition it supersedes is other than the two differ" + first_change_otherwise(told, counted);
  if (told != counted) return "its terms are others: template, period, as-of, definitions, suppression or previous edition";
  return std::nullopt;
}

std::string brought_by(const Restatement& restated) {
  const auto some = [](std::uint64_t n, std::string_view what) { return std::to_string(n) + ' ' + std::string(what); };
  return some(restated.changes.size(), "figures changed, after ") + some(restated.late_records, "late records, ") + some(restated.later_events, "later events, ") + some(restated.corrections, "corrections and ") +
         some(restated.retractions, "retractions");
}

std::vector<std::string> caveats(const Edition& a, const Edition& b) {
  std::vector<std::string> all;
  const auto differ = [&](bool differs, const std::string& what) {
    if (differs) all.push_back(what);
  };
  differ(a.origin != b.origin, "they are of different ledgers, " + a.origin + " and " + b.origin + ": distinct persons are never added across them");
  differ(a.template_id != b.template_id, "they are of different templates, " + a.template_id + " and " + b.template_id);
  differ(a.template_id == b.template_id && a.template_version != b.template_version, "their template changed from version " + a.template_version + " to " + b.template_version);
  differ(a.definitions_version != b.definitions_version, "the definitions changed from version " + a.definitions_version + " to " + b.definitions_version);
  if (const std::string metrics = defined_otherwise(a, b); !metrics.empty()) all.push_back("the definitions differ of " + metrics);
  differ(a.suppression != b.suppression, "other rules of suppression hold: what one withholds the other may tell");
  const auto length = [](const Edition& edition) { return edition.period.to - edition.period.from; };
  const Micros longer = std::max(length(a), length(b)), shorter = std::min(length(a), length(b));
  differ(longer > shorter + shorter / 10, "their periods are of different lengths, " + a.period.label + " and " + b.period.label);
  for (const Edition* each : {&a, &b})
    if (each->restatement)
      all.push_back("the edition of " + each->period.label + " as of " + std::to_string(each->as_of.size) + " entries supersedes an earlier one (" + each->restatement->reason + "): " +
                    brought_by(*each->restatement));
  return all;
}

}  // namespace caseledger::reports
