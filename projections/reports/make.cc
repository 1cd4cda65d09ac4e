#include "projections/reports/make.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "projections/automation.h"
#include "projections/reports/definitions.h"
#include "projections/reports/governed.h"

namespace caseledger::reports {

namespace {

using projections::Figure;
using projections::FigureQuery;

// What only this row has to say is data too: which version of a policy was in force.
bool is_empty(const Row& row) {
  if (std::ranges::find(row.flags, "no_data") != row.flags.end()) return true;
  const bool counted = row.numerator.value_or(0) != 0 || row.denominator.value_or(0) != 0;
  return !counted && row.note.empty() && (!row.value || row.value->find_first_not_of("0.") == std::string::npos);
}

Row row_of(Figure&& figure) {
  Row row;
  row.numerator = figure.numerator;
  row.denominator = figure.denominator;
  row.value = std::move(figure.value);
  row.interval = std::move(figure.interval);
  row.flags = std::move(figure.flags);
  row.note = std::move(figure.note);
  for (auto& [dimension, value] : figure.group) row.group.push_back(std::move(value));
  return row;
}

// What every row says is said once.
void lift_note(Table& table) {
  const std::string& first = table.rows.front().note;
  if (!std::ranges::all_of(table.rows, [&](const Row& row) { return row.note == first; })) return;
  table.note = first;
  for (Row& row : table.rows) row.note.clear();
}

// Figures of one query as tables: one for each metric and each set of dimensions it came with, in the order of their first figures.
std::vector<Table> tables_of(std::vector<Figure> figures) {
  std::vector<Table> tables;
  std::map<std::pair<std::string, std::vector<std::string>>, std::size_t> places;
  for (Figure& figure : figures) {
    std::vector<std::string> by;
    for (const auto& [dimension, value] : figure.group) by.push_back(dimension);
    const auto [place, fresh] = places.try_emplace({figure.id, by}, tables.size());
    if (fresh) tables.push_back({figure.id, figure.title, figure.unit, figure.definition, std::move(by), {}, {}});
    tables[place->second].rows.push_back(row_of(std::move(figure)));
  }
  for (Table& table : tables) {
    std::ranges::sort(table.rows, {}, &Row::group);
    lift_note(table);
  }
  return tables;
}

// Figures of the projections that have what a table shows, each projection counted once for every way it is split: all of them at the start, as
// many at a time as there are processors.
class Counts {
 public:
  Counts(const projections::Folds& folds, const Template& of, const Terms& terms) {
    std::vector<Counted::value_type*> ways;
    for (const SectionPlan* section : of.sections)
      for (const TablePlan& plan : section->tables)
        for (const projections::Projection* projection : projections::catalogue())
          if (shows_any(plan, ids_of(*projection))) {
            const auto [found, fresh] = counted_.try_emplace({projection, plan.by});
            if (fresh) ways.push_back(&*found);
            found->second.wanted.insert(found->second.wanted.end(), plan.metrics.begin(), plan.metrics.end());
          }
    std::atomic<std::size_t> next = 0;
    const auto count = [&] {
      for (std::size_t at = next++; at < ways.size(); at = next++) {
        auto& [way, counted] = *ways[at];
        counted.figures = way.first->figures(folds.cells(*way.first), {.as_of = terms.as_of.recorded_at,
                                                                       .period = FigureQuery::Period{terms.period.from, terms.period.to},
                                                                       .by = std::vector<std::string>(way.second.begin(), way.second.end()),
                                                                       .wanted = counted.wanted});
      }
    };
    std::vector<std::jthread> others;
    while (others.size() + 1 < std::min<std::size_t>(std::thread::hardware_concurrency(), ways.size())) others.emplace_back(count);
    count();
  }

  std::vector<Figure> of(const TablePlan& plan) const {
    std::vector<Figure> all;
    for (const projections::Projection* projection : projections::catalogue()) {
      if (!shows_any(plan, ids_of(*projection))) continue;
      for (const Figure& figure : counted_.at({projection, plan.by}).figures)
        if (std::ranges::any_of(plan.metrics, [&](std::string_view metric) { return covers(metric, figure.id); })) all.push_back(figure);
    }
    return all;
  }

 private:
  static bool shows_any(const TablePlan& plan, const std::vector<std::string>& ids) {
    return std::ranges::any_of(ids, [&](const std::string& id) { return std::ranges::any_of(plan.metrics, [&](std::string_view metric) { return covers(metric, id); }); });
  }
  static const std::vector<std::string>& ids_of(const projections::Projection& projection) {
    static const auto all = [] {
      std::map<const projections::Projection*, std::vector<std::string>> ids;
      const projections::Folds nothing;
      for (const projections::Projection* each : projections::catalogue())
        for (const Figure& figure : each->figures(nothing.cells(*each), {})) ids[each].push_back(figure.id);
      return ids;
    }();
    static const std::vector<std::string> none;
    const auto found = all.find(&projection);
    return found == all.end() ? none : found->second;
  }

  struct Way {
    std::vector<std::string> wanted;  // by any of the tables that are split so
    std::vector<Figure> figures;
  };
  using Counted = std::map<std::pair<const projections::Projection*, std::vector<std::string_view>>, Way>;
  Counted counted_;
};

std::vector<Table> tables_of(const Counts& counts, const TablePlan& plan) {
  auto tables = tables_of(counts.of(plan));
  // A metric that is not split by all of them stands in another table already.
  std::erase_if(tables, [&](const Table& table) {
    return !std::ranges::all_of(plan.by, [&](std::string_view dimension) { return std::ranges::find(table.by, dimension) != table.by.end(); });
  });
  return tables;
}

Section section_of(const Counts& counts, const SectionPlan& plan) {
  Section section{std::string(plan.id), std::string(plan.title), false, {}};
  for (const TablePlan& each : plan.tables)
    for (Table& table : tables_of(counts, each)) section.tables.push_back(std::move(table));
  return section;
}

// A metric whose definition changes within the period is counted by no single version; one of a version not known here cannot be counted. Where
// nobody has adopted another, this program's holds.
Result<void> check_definition(const Table& table, const Terms& terms) {
  const std::string begins = to_rfc3339(terms.period.from), ends = to_rfc3339(terms.period.to);
  const DefinitionChange* last = nullptr;
  for (const DefinitionChange& change : terms.governed.definition_changes) {
    if (!covers(change.metric, table.id) || change.effective_from >= terms.period.to) continue;
    if (change.effective_from > terms.period.from)
      return fail(Errc::value_out_of_range, "the definition of " + table.id + " changes to version " + std::to_string(change.version) + " at " + to_rfc3339(change.effective_from) + " (policy " +
                                                change.policy + "), within the period from " + begins + " to " + ends + ": make one edition up to then and one from then on");
    if (!last || change.effective_from >= last->effective_from) last = &change;
  }
  if (!last || last->version == table.definition) return {};
  return fail(Errc::value_out_of_range, "from " + begins + " on " + table.id + " is defined by version " + std::to_string(last->version) + " (policy " + last->policy +
                                            "), and this program counts by version " + std::to_string(table.definition));
}

}  // namespace

Result<Edition> make_edition(const projections::Folds& folds, const Template& of, const Terms& terms) {
  if (terms.period.from > terms.as_of.recorded_at)
    return fail(Errc::value_out_of_range, "the period begins at " + to_rfc3339(terms.period.from) + ", after the as-of: the last of its " + std::to_string(terms.as_of.size) +
                                              " entries was recorded at " + to_rfc3339(terms.as_of.recorded_at));
  Edition edition;
  edition.origin = terms.origin;
  edition.template_id = of.id;
  edition.template_version = of.version;
  edition.period = terms.period;
  edition.as_of = terms.as_of;
  edition.definitions_version = definitions_version;
  if (terms.previous) edition.previous = terms.previous->digest;
  const Counts counts(folds, of, terms);
  const auto decisions = [&](Micros from, Micros to) {
    std::map<std::string, std::int64_t> citing;
    for (const Figure& figure : projections::automation().figures(folds.cells(projections::automation()), {.as_of = terms.as_of.recorded_at, .period = FigureQuery::Period{from, to}, .by = {"policy"}}))
      if (figure.id == "T3.decisions") citing[figure.group[0].second] = figure.numerator.value_or(0);
    return citing;
  };
  const auto missing = [&] { return projections::missing_versions(folds.cells(projections::recording())); };
  for (const SectionPlan* plan : of.sections) {
    Section& section = edition.sections.emplace_back(section_of(counts, *plan));
    for (Table& table : governed_tables(plan->id, terms, decisions, missing)) section.tables.push_back(std::move(table));
    section.no_data = std::ranges::all_of(section.tables, [](const Table& table) { return std::ranges::all_of(table.rows, is_empty); });
  }
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables) TRY(check_definition(table, terms));
  edition.checks = checks_of(edition, of);
  return edition;
}

}  // namespace caseledger::reports
