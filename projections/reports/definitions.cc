#include "projections/reports/definitions.h"

#include <algorithm>
#include <optional>

#include "projections/fold.h"
#include "projections/reports/section.h"

namespace caseledger::reports {

namespace {

using projections::Figure;
using projections::FigureQuery;

// ── what numerator and denominator count, as the titles say it ──

struct Counted {
  std::string numerator, denominator;
};

// Titles of figures that are no count, share or ratio of two counts.
const std::pair<std::string_view, Counted> irregular[] = {
    {"R10.weight", {"the weights, in millionths, of what the source is credited with", "a million"}},
    {"T3.kappa", {"items on which the two agree", "items that two people reviewed"}},
    {"T4.disparity", {"items of the group that were put first", "items of the group in triage"}},
    {"T5.precision.lower_bound", {"alert episodes found right", "alert episodes that are no duplicates"}},
    {"T5.precision.upper_bound", {"alert episodes found right, and those not adjudicated", "alert episodes that are no duplicates"}},
    {"R5.earliest_starts", {"episodes resolved by the as-of", "episodes that began in the period"}},
    {"R5.latest_starts", {"episodes resolved by the as-of", "episodes that began in the period"}},
    {"coverage.retention_days", {"portals that keep reads so many days", "portals that state it"}},
    {"coverage.cameras", {"their sum", "portals that state it"}},
    {"coverage.cameras_active", {"their sum", "portals that state it"}},
    {"coverage.sharing_orgs", {"their sum", "portals that state it"}},
    {"coverage.cameras_per_100000_persons", {"cameras where the number of persons is known", "these persons"}},
    {"coverage.cameras_per_1000_km", {"cameras where the length of the roads is known", "metres of these roads"}},
    {"coverage.reads_30d", {"their sum", "portals that state it"}},
    {"coverage.hits_30d", {"their sum", "portals that state it"}},
};

std::optional<Counted> split_at(const std::string& title, std::string_view between) {
  const auto at = title.find(between);
  if (at == title.npos) return std::nullopt;
  return Counted{title.substr(0, at), title.substr(at + between.size())};
}

// "Of them, …" is said of the nearest title before it that stands by itself.
Counted counted(const std::string& id, const std::string& title, bool has_denominator, const std::string& antecedent) {
  for (const auto& [covered, what] : irregular)
    if (covers(covered, id)) return what;
  const bool of_a_whole = title.starts_with("Of ");
  if (of_a_whole)
    for (const std::string_view between : {", those ", ", ", ": "})
      if (auto found = split_at(title.substr(3), between)) {
        const std::string whole = found->numerator == "them" || found->numerator == "these" ? antecedent : found->numerator;
        if (has_denominator) return {"those " + found->denominator, whole};
        return {"those " + found->denominator + ", of: " + whole, ""};
      }
  if (!has_denominator) return {title, ""};
  if (title.find("Kaplan-Meier") != title.npos) return {"those that came to it by the as-of", "all of them, what still waits at the as-of included"};
  if (title.find("Aalen-Johansen") != title.npos) return {"episodes with this ending by then", "episodes that began in the period"};
  if (const auto found = split_at(title, ", of ")) return *found;
  if (const auto found = split_at(title, " per ")) return *found;
  return {"", "those that are ranked"};
}

// ── the list ──

// Figures that a ledger without events does not show: there only when there is something to say, or made of what governors decided.
struct Rare {
  std::string_view id, title, unit;
  bool has_denominator;
  std::uint32_t version = 1;
};
constexpr Rare only_with_data[] = {
    {"coverage.retention_days", "Portals that keep reads so many days", "portals", true},
    {"R1.clock", "Of the episodes that began in the period, those whose start by this clock is on record", "ratio", true},
    {"R5.earliest_starts", "The median if every start known to a day or coarser was as early as it can be", "us", true},
    {"R5.latest_starts", "The median if every start known to a day or coarser was as late as it can be", "us", true},
    {"R5.curve", "The time by which this share in percent is resolved, by Kaplan-Meier", "us", false},
    {"T3.models.precision", "Found rightly, of what the model found", "ratio", true},
    {"T3.models.recall", "Found rightly, of what there was to find", "ratio", true},
    {"T3.models.accuracy", "Judged rightly, of all that the model was shown", "ratio", true},
    {"T14.decisions", "Designations and priorities decided in the period that cite this version", "decisions", false},
    {"T14.not_in_force", "Decisions of the period that cite a version on a day on which it was not in force: has to be 0", "decisions", false, 2},
    {"T15.gaps", "Versions of streams that have no event at the as-of and were not excised: has to be 0", "versions", false},
    {"T15.entries", "Entries of the log at the as-of, each of one author and under the signed checkpoint", "entries", false},
    {"T15.excised", "Events taken out of the log by the as-of: their bytes gave way to their hashes", "events", false},
    {"T15.revocations", "Revocations of keys in the period", "revocations", false},
    {"T15.suspect", "Events by the as-of that a key signed from where it is said to be compromised on to its revocation", "events", false},
    {"T16.withheld", "Figures of this edition that are withheld", "figures", false},
    {"T9.trained.before", "Of the referrals from before the first training there whose acknowledgement has come or is overdue, those acknowledged in time", "ratio", true, 2},
    {"T9.trained.after", "Of the referrals from after the first training there whose acknowledgement has come or is overdue, those acknowledged in time", "ratio", true, 2},
    {"T7.hour", "Searches in this hour of the day, UTC", "searches", false, 2},
};

std::string_view family_of(std::string_view id) { return id.substr(0, id.find('.')); }

Definition defined(const std::string& id, const std::string& title, const std::string& unit, std::uint32_t version, bool has_denominator, const std::string& antecedent) {
  const Counted what = counted(id, title, has_denominator, antecedent);
  return {id, title, unit, version, what.numerator, what.denominator};
}

std::vector<Definition> find_definitions() {
  std::vector<Definition> all;
  std::string antecedent;
  for (const Figure& figure : projections::Folds().figures(FigureQuery{})) {
    all.push_back(defined(figure.id, figure.title, figure.unit, figure.definition, figure.denominator.has_value(), antecedent));
    if (!figure.title.starts_with("Of ")) antecedent = figure.title;
  }
  for (const Rare& each : only_with_data) {
    const auto last = std::ranges::find_if(all.rbegin(), all.rend(), [&](const Definition& d) { return family_of(d.id) == family_of(each.id); });
    all.insert(last.base(), defined(std::string(each.id), std::string(each.title), std::string(each.unit), each.version, each.has_denominator, {}));
  }
  return all;
}

}  // namespace

const std::vector<Definition>& definitions() {
  static const std::vector<Definition> all = find_definitions();
  return all;
}

bool is_defined(std::string_view id) {
  return std::ranges::any_of(definitions(), [&](const Definition& each) { return covers(id, each.id); });
}

std::span<const std::string_view> dimensions() {
  static constexpr std::string_view all[] = {
      "age_band", "analysis", "basis", "case_type", "case_type_current", "channel", "clause", "clock", "country", "criteria", "decision", "detail",
      "detector_kind", "esp", "exam", "file_type", "finding", "imported", "incident_type", "instrument", "item", "item_type", "jurisdiction", "kind", "list", "match",
      "mode", "model", "organisation", "phase", "plate_state", "policy", "priority", "programme", "purpose", "queue", "race_ethnicity", "reason",
      "recipient_class", "region", "requester_class", "resolved_share", "scope", "service", "sex", "source", "state", "state_care", "system", "team", "unit", "unit_name",
      "urgency", "user_location", "vendor",
  };
  return all;
}

}  // namespace caseledger::reports
