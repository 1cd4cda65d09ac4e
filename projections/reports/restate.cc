#include "projections/reports/restate.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ledger/rules/standing.h"
#include "projections/reports/compare.h"

namespace caseledger::reports {

namespace {

using projections::Fact;

// What an event of after the earlier edition is to the period, in the order in which it is taken in.
enum class Kind : std::uint8_t { correction, retraction, late, later };
constexpr std::array<std::string_view, 4> reasons{"corrections", "retractions", "late_records", "later_events"};

Kind kind_of(const Fact& fact, const Period& period) {
  const schema::Body type = fact.event.type;
  if (type == schema::Body::CorrectionRequested || type == schema::Body::CorrectionDecided) return Kind::correction;
  if (type == schema::Body::RetractionRequested || type == schema::Body::RetractionDecided) return Kind::retraction;
  return fact.event.fields->occurred_at() < period.to ? Kind::late : Kind::later;
}

Result<void> count(const Events& events, std::uint64_t from, std::uint64_t to, const Period& period, Restatement& into) {
  return events({from}, {to}, [&](const Fact& fact) -> Result<void> {
    switch (kind_of(fact, period)) {
      case Kind::correction: into.corrections += rules::amends(fact.event); break;
      case Kind::retraction: into.retractions += rules::amends(fact.event); break;
      case Kind::late: ++into.late_records; break;
      case Kind::later: ++into.later_events; break;
    }
    return {};
  });
}

// The entries before `size` as they are, of those from there on only what is no later a kind than `last`.
Events up_to_kind(const Events& events, std::uint64_t size, const Period& period, Kind last) {
  return [&events, size, &period, last](EntryIndex from, EntryIndex to, const Visit& visit) {
    return events(from, to, [&](const Fact& fact) -> Result<void> {
      if (fact.entry.value >= size && kind_of(fact, period) > last) return {};
      return visit(fact);
    });
  };
}

using Figure = std::tuple<std::string, std::vector<std::string>, std::vector<std::string>>;  // metric, dimensions, group
Figure figure_of(const Change& change) { return {change.table, change.by, change.group}; }

std::map<Figure, std::string> told_in(const Edition& edition) {
  std::map<Figure, std::string> all;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      for (const Row& row : table.rows)
        if (row.withheld.empty()) all.emplace(Figure{table.id, table.by, row.group}, told_by(row));
  return all;
}

// The counts of one prefix after another, and which figures each step changed.
struct Steps {
  Edition first;  // the earlier prefix, counted today
  Edition last;
  std::vector<std::pair<std::string, std::set<Figure>>> changed;

  void go_on(std::string_view reason, Edition next) {
    std::set<Figure> all;
    for (const Change& change : changes_between(last, next)) all.insert(figure_of(change));
    changed.emplace_back(reason, std::move(all));
    last = std::move(next);
  }
};

Result<Steps> steps_between(const Edition& was, const Successor& now, const Restatement& counts, const Events& events) {
  TRY_AS(adopted, adopted_in(events, was.as_of.size, now.terms.origin));
  TRY_AS(governed, adopted.governed());
  const auto counted = [&](const projections::Folds& folds, const AsOfCheckpoint& as_of, const Governed& decided) {
    Terms terms = now.terms;
    terms.as_of = as_of;
    terms.governed = decided;
    return make_edition(folds, now.of, terms);
  };
  TRY_AS(then, fold(events, was.as_of.size));
  TRY_AS(first, counted(then, was.as_of, governed));
  TRY_AS(grown_older, counted(then, now.terms.as_of, governed));
  Steps steps{first, std::move(first), {}};
  steps.go_on("time", std::move(grown_older));
  const std::array<std::uint64_t, 4> found{counts.corrections, counts.retractions, counts.late_records, counts.later_events};
  for (std::size_t kind = 0; kind < found.size(); ++kind) {
    if (found[kind] == 0) continue;
    const bool is_last = std::ranges::all_of(found.begin() + static_cast<std::ptrdiff_t>(kind) + 1, found.end(), [](std::uint64_t n) { return n == 0; });
    if (is_last) {
      TRY_AS(all, counted(now.folds, now.terms.as_of, now.terms.governed));
      steps.go_on(reasons[kind], std::move(all));
    } else {
      TRY_AS(some, fold(up_to_kind(events, was.as_of.size, was.period, static_cast<Kind>(kind)), now.terms.as_of.size));
      TRY_AS(next, counted(some, now.terms.as_of, governed));
      steps.go_on(reasons[kind], std::move(next));
    }
  }
  return steps;
}

}  // namespace

Result<Restatement> restatement_of(const EditionFile& was, const Successor& now, std::string reason, const Events& events) {
  Restatement out{.supersedes = was.digest, .reason = std::move(reason), .changes = changes_between(was.edition, now.edition)};
  TRY(count(events, was.edition.as_of.size, now.terms.as_of.size, was.edition.period, out));
  TRY_AS(steps, steps_between(was.edition, now, out, events));
  const auto told_then = told_in(was.edition), told_now = told_in(now.edition), counted_then = told_in(steps.first), counted_now = told_in(steps.last);
  // Another version of the template may show what that one did not.
  const bool same_shape = was.edition.template_version == now.edition.template_version;
  for (Change& change : out.changes) {
    const Figure figure = figure_of(change);
    const bool hidden_then = same_shape && counted_then.contains(figure) && !told_then.contains(figure), hidden_now = counted_now.contains(figure) && !told_now.contains(figure);
    if (hidden_then || hidden_now) {
      change.why = {"suppression"};
      continue;
    }
    const auto again = counted_then.find(figure);
    if (change.was != (again == counted_then.end() ? std::string() : again->second)) change.why.push_back("recounted");
    for (const auto& [step, changed] : steps.changed)
      if (changed.contains(figure)) change.why.push_back(step);
  }
  return out;
}

}  // namespace caseledger::reports
