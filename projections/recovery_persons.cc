#include <array>
#include <map>

#include "projections/decimal.h"
#include "projections/recovery_rows.h"

namespace caseledger::projections {

namespace {

using schema::CaseType;

void write_children(Sheet& sheet, const RecoveryRow& row, const Window& window) {
  std::map<SubjectId, std::int64_t> episodes;
  for (const Seen& e : row.episodes)
    if (window.holds(e.start) && !e.child.is_nil()) episodes[e.child] += e.count;
  std::int64_t repeated = 0;
  for (const auto& [child, n] : episodes) repeated += n > 1;
  const auto children = static_cast<std::int64_t>(episodes.size());
  sheet.count("R9.episodes", "Episodes that began in the period", "episodes", row.how_many([&](const Seen& e) { return window.holds(e.start); }));
  sheet.count("R9.children", "Children who were missing in them, each counted once", "persons", children).note =
      "never added across groups or ledgers: a child may be in several";
  sheet.share("R9.repeat", "Of these children, those missing more than once in the period", repeated, children);
}

// What one recovery is owed to.
struct Owed {
  bool named = false, direct = false;
  std::array<bool, std::size_t(schema::AttributionSource::MAX) + 1> direct_by{};
};

Owed owed(const std::vector<Credit>& credits) {
  Owed out;
  for (const Credit& credit : credits) {
    out.named = true;
    if (credit.direct) out.direct = out.direct_by.at(std::size_t(credit.source)) = true;
  }
  return out;
}

void write_attribution(Sheet& sheet, const RecoveryRow& row, const Window& window) {
  constexpr std::size_t sources = std::size_t(schema::AttributionSource::MAX) + 1;
  std::array<std::int64_t, sources> direct{}, weight{};
  std::int64_t recoveries = 0, unattributed = 0, any_direct = 0;
  for (const Seen& e : row.episodes) {
    if (!is_resolved(e.ending) || !window.holds(e.end)) continue;
    const Owed to = owed(e.credits);
    recoveries += e.count;
    unattributed += to.named ? 0 : e.count;
    any_direct += to.direct ? e.count : 0;
    for (std::size_t source = 1; source < sources; ++source) direct[source] += to.direct_by[source] ? e.count : 0;
    for (const Credit& credit : e.credits) weight.at(std::size_t(credit.source)) += e.count * credit.weight_millionths;
  }
  sheet.share("R10.unattributed", "Of the episodes resolved in the period, those owed to nothing on record", unattributed, recoveries);
  sheet.share("R10.direct", "Of the episodes resolved in the period, those that are the direct result of something", any_direct, recoveries);
  for (std::size_t source = 1; source < sources; ++source) {
    const std::string name = schema::EnumNameAttributionSource(static_cast<schema::AttributionSource>(source));
    sheet.share("R10.direct." + name, "Of the episodes resolved in the period, those that are a direct result of: " + name, direct[source], recoveries).note =
        "one may be the direct result of several sources: these do not add up";
    Figure& figure = sheet.add("R10.weight." + name, "Episodes resolved in the period, by weight owed to: " + name, "episodes_weighted");
    figure.numerator = weight[source];
    figure.denominator = 1'000'000;
    if (recoveries == 0) figure.flags.push_back("no_data");
    else figure.value = Decimal::scaled(weight[source], 6).fixed();
  }
}

void write_statutory(Sheet& sheet, const RecoveryRow& row, const Window& window) {
  const auto begun = [&](auto fits) { return row.how_many([&](const Seen& e) { return window.holds(e.start) && fits(e); }); };
  const auto back = [&](auto fits) { return row.how_many([&](const Seen& e) { return is_resolved(e.ending) && window.holds(e.end) && fits(e); }); };
  const auto any = [](const Seen&) { return true; };
  const auto in_care = [](const Seen& e) { return e.state_care; };
  sheet.count("R11.1", "Children reported missing, 34 U.S.C. 11295a(1)", "episodes", begun(any)).note =
      "one missing child of one case, without unfounded reports, hoaxes and duplicates";
  sheet.count("R11.2", "Reported victims of nonfamily abduction (2)", "episodes", begun([](const Seen& e) { return e.type == CaseType::NFA; }));
  sheet.count("R11.3", "Reported victims of family abduction (3)", "episodes", begun([](const Seen& e) { return e.type == CaseType::FA; }));
  sheet.count("R11.4", "Missing children recovered (4)", "episodes", back(any)).note = "back alive or found dead in the period, whenever the report was";
  sheet.count("R11.5", "Children reported missing from State-sponsored care (5)", "episodes", begun(in_care));
  sheet.count("R11.6", "Children missing from State-sponsored care recovered (6)", "episodes", back(in_care));
  sheet.count("R11.7", "Children missing from State-sponsored care and likely victims of sex trafficking (7)", "episodes",
              begun([](const Seen& e) { return e.state_care && e.trafficking; }));
}

}  // namespace

void write_persons(Sheet& sheet, const RecoveryRow& row, const FigureQuery& query) {
  const Window window = window_of(query);
  write_children(sheet, row, window);
  write_attribution(sheet, row, window);
  write_statutory(sheet, row, window);
}

}  // namespace caseledger::projections
