#include "projections/reports/governed.h"

#include <algorithm>
#include <boost/json.hpp>

#include "projections/counts.h"
#include "projections/days.h"

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
std::vector<Table> policy_tables(const Terms& terms, const Decisions& decisions) {
  struct Cited {
    std::int64_t decisions = 0, in_force = 0;
    std::string note;
  };
  std::map<std::string, Cited> versions;
  for (const auto& [policy, n] : decisions(terms.period.from, terms.period.to))
    if (!policy.empty()) versions[policy].decisions = n;
  for (const PolicyVersion& version : terms.governed.policies) {
    if (!in_force_within(version, terms)) continue;
    Cited& cited = versions[version.policy];
    cited.note += (cited.note.empty() ? "" : "; and ") + note_of(version);
    const Micros from = std::max(terms.period.from, projections::begin_of_day(projections::day_of(version.from)));
    const auto then = cited.decisions == 0 ? std::map<std::string, std::int64_t>() : decisions(from, std::min(terms.period.to, version.to.value_or(terms.period.to)));
    if (const auto found = then.find(version.policy); found != then.end()) cited.in_force += found->second;
  }
  Table by_version{.id = "T14.decisions", .title = "Designations and priorities decided in the period that cite this version", .unit = "decisions", .by = {"policy"}, .note = {}, .rows = {}};
  Table not_in_force{.id = "T14.not_in_force", .title = "Decisions of the period that cite a version on a day on which it was not in force: has to be 0", .unit = "decisions", .definition = 2, .by = {"policy"}, .note = {}, .rows = {}};
  std::int64_t out_of_force = 0;
  for (auto& [policy, cited] : versions) {
    const std::int64_t amiss = std::max<std::int64_t>(0, cited.decisions - cited.in_force);
    out_of_force += amiss;
    for (const auto& [table, n] : {std::pair(&by_version, cited.decisions), std::pair(&not_in_force, amiss)}) {
      Row& row = table->rows.emplace_back(counted(n));
      row.group = {policy};
      if (amiss > 0) row.flags = {"not_in_force"};
    }
    by_version.rows.back().note = std::move(cited.note);
  }
  Table whole = alone(not_in_force.id, not_in_force.title, not_in_force.unit, out_of_force);
  whole.definition = not_in_force.definition;
  return {std::move(whole), std::move(by_version), std::move(not_in_force)};
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

std::uint64_t gaps_in(const std::vector<projections::MissingVersions>& missing, const std::set<std::pair<StreamId, Version>>& excised) {
  std::uint64_t gaps = 0;
  for (const auto& [stream, first, count] : missing) {
    const auto begin = excised.lower_bound({stream, first}), end = excised.upper_bound({stream, first + (count - 1)});
    gaps += count - static_cast<std::uint64_t>(std::distance(begin, end));
  }
  return gaps;
}

std::vector<Table> integrity_tables(const Terms& terms, const std::vector<projections::MissingVersions>& missing) {
  const Governed& governed = terms.governed;
  const projections::FigureQuery query{.as_of = terms.as_of.recorded_at, .period = projections::FigureQuery::Period{terms.period.from, terms.period.to}, .by = {}};
  const auto revoked = std::ranges::count_if(governed.revoked_at, [&](Micros at) { return projections::counts_month(query, projections::month_of(at)); });
  std::vector<Table> tables;
  const auto tell = [&](std::string id, std::string title, std::string unit, std::uint64_t n) -> Table& {
    return tables.emplace_back(alone(std::move(id), std::move(title), std::move(unit), static_cast<std::int64_t>(n)));
  };
  tell("T15.gaps", "Versions of streams that have no event at the as-of and were not excised: has to be 0", "versions", gaps_in(missing, governed.excised)).note =
      "an event excised after the as-of is one, where the edition is made later";
  tell("T15.entries", "Entries of the log at the as-of, each of one author and under the signed checkpoint", "entries", terms.as_of.size).note =
      "how many checkpoints were signed on the way does not follow from the entries, and is not told: several may be signed over one log, and this edition stands under that of its as-of";
  tell("T15.excised", "Events taken out of the log by the as-of: their bytes gave way to their hashes", "events", governed.excised.size());
  tell("T15.revocations", "Revocations of keys in the period", "revocations", static_cast<std::uint64_t>(revoked));
  tell("T15.suspect", "Events by the as-of that a key signed from where it is said to be compromised on to its revocation", "events", governed.suspect_events).note =
      "an audit lists them; whether they are false is for people to judge";
  return tables;
}

}  // namespace

std::vector<Table> governed_tables(std::string_view section, const Terms& terms, const Decisions& decisions, const Missing& missing) {
  if (section == "T14") return policy_tables(terms, decisions);
  if (section == "T15") return integrity_tables(terms, missing());
  return {};
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
