#include "projections/reports/restate.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "ledger/rules/standing.h"
#include "projections/reports/compare.h"
#include "projections/reports/section.h"
#include "projections/standing.h"

namespace caseledger::reports {

namespace {

using projections::Fact;
using projections::Folds;
using Figure = Steps::Figure;

// What an event of after the earlier edition is to the period, in the order in which it is taken in.
enum class Kind : std::uint8_t { correction, retraction, late, later };
constexpr std::array<std::string_view, 4> reasons{"corrections", "retractions", "late_records", "later_events"};
constexpr std::uint64_t run_events = 65'536;  // settled at once

Kind kind_of(const Fact& fact, const Period& period) {
  const schema::Body type = fact.event.type;
  if (type == schema::Body::CorrectionRequested || type == schema::Body::CorrectionDecided) return Kind::correction;
  if (type == schema::Body::RetractionRequested || type == schema::Body::RetractionDecided) return Kind::retraction;
  return fact.event.fields->occurred_at() < period.to ? Kind::late : Kind::later;
}

// The way from the folds of one prefix to those of a longer one, one kind of event after the other.
//
// Most streams go on from where they were. Those are folded again, from what stands, in which something is amended, or in which a kind that is
// taken in earlier comes later.
class Onward {
 public:
  static Result<Onward> from(const Edition& was, std::uint64_t to, const Events& events) {
    Onward onward(events, was, to);
    TRY(onward.look_ahead());
    return onward;
  }

  std::array<std::uint64_t, reasons.size()> found{};  // of corrections and retractions, those that were approved

  // What was not taken yet, up to a kind.
  Result<void> take(Kind last, Folds& folds) {
    for (const auto& [stream, kept] : again_) {
      std::vector<Fact> facts;
      for (const Fact& fact : kept.facts)
        if (fact.entry.value < from_ || kind_of(fact, period_) <= last) facts.push_back(fact);
      TRY(folds.refold(stream, projections::Standing(facts)));
    }
    std::uint64_t applied = 0;
    const auto fold_one = [&](const Fact& fact) -> Result<void> {
      const auto kind = static_cast<std::size_t>(kind_of(fact, period_));
      if (kind < taken_ || kind > static_cast<std::size_t>(last) || again_.contains(fact.event.stream)) return {};
      TRY(folds.apply(fact));
      if (++applied % run_events == 0) folds.settle();
      return {};
    };
    TRY(events_({from_}, {to_}, fold_one));
    folds.settle();
    taken_ = static_cast<std::size_t>(last) + 1;
    return {};
  }

 private:
  struct Kept {
    std::deque<Buffer> bytes;
    std::vector<Fact> facts;
  };

  Onward(const Events& events, const Edition& was, std::uint64_t to) : events_(events), period_(was.period), from_(was.as_of.size), to_(to) {}

  Result<void> look_ahead() {
    std::unordered_map<StreamId, Kind> moved;
    TRY(events_({from_}, {to_}, [&](const Fact& fact) -> Result<void> {
      const Kind kind = kind_of(fact, period_);
      const bool amends = rules::amends(fact.event);
      found[static_cast<std::size_t>(kind)] += amends || kind >= Kind::late;
      const auto [before, fresh] = moved.try_emplace(fact.event.stream, kind);
      if (amends || kind < std::exchange(before->second, kind)) again_.try_emplace(fact.event.stream);
      return {};
    }));
    TRY(events_({0}, {from_}, [&](const Fact& fact) -> Result<void> {
      if (rules::amends(fact.event) && moved.contains(fact.event.stream)) again_.try_emplace(fact.event.stream);
      return {};
    }));
    if (again_.empty()) return {};
    return events_({0}, {to_}, [&](const Fact& fact) -> Result<void> {
      const auto kept = again_.find(fact.event.stream);
      if (kept == again_.end()) return {};
      const Bytes bytes = fact.event.bytes;
      kept->second.facts.push_back(fact);
      kept->second.facts.back().event = view_event(kept->second.bytes.emplace_back(bytes.begin(), bytes.end()));
      return {};
    });
  }

  const Events& events_;
  Period period_;
  std::uint64_t from_, to_;
  std::size_t taken_ = 0;  // kinds
  std::unordered_map<StreamId, Kept> again_;
};

std::set<Figure> figures_of(const std::vector<Change>& changes) {
  std::set<Figure> all;
  for (const Change& change : changes) all.emplace(change.table, change.by, change.group);
  return all;
}

std::map<Figure, std::string> told_in(const Edition& edition) {
  std::map<Figure, std::string> all;
  for (const Section& section : edition.sections)
    for (const Table& table : section.tables)
      for (const Row& row : table.rows)
        if (row.withheld.empty()) all.emplace(Figure{table.id, table.by, row.group}, told_by(row));
  return all;
}

}  // namespace

Result<Steps> steps_from(const Edition& was, Folds& folds, const Template& of, const Terms& terms, const Events& events) {
  TRY_AS(adopted, adopted_in(events, was.as_of.size, terms.origin));
  Terms then = terms;
  TRY_AS(governed, adopted.governed(was.as_of.size, events.entry_at));
  then.governed = governed;
  then.as_of = was.as_of;
  TRY_AS(first, make_edition(folds, of, then));
  Steps steps{.first = first, .last = std::move(first), .changed = {}};
  const auto go_on = [&](std::string_view reason, const Terms& by) -> Result<void> {
    TRY_AS(next, make_edition(folds, of, by));
    steps.changed.emplace_back(reason, figures_of(changes_between(steps.last, next)));
    steps.last = std::move(next);
    return {};
  };
  then.as_of = terms.as_of;
  TRY(go_on("time", then));
  TRY_AS(onward, Onward::from(was, terms.as_of.size, events));
  auto left = std::ranges::count_if(onward.found, [](std::uint64_t n) { return n != 0; });
  for (std::size_t kind = 0; kind < reasons.size() && left != 0; ++kind) {
    if (onward.found[kind] == 0) continue;
    const bool is_last = --left == 0;
    TRY(onward.take(is_last ? Kind::later : static_cast<Kind>(kind), folds));
    TRY(go_on(reasons[kind], is_last ? terms : then));
  }
  TRY(onward.take(Kind::later, folds));
  std::tie(steps.corrections, steps.retractions, steps.late_records, steps.later_events) = std::tuple_cat(onward.found);
  return steps;
}

Restatement restatement_of(const EditionFile& was, const Edition& now, std::string reason, const Steps& steps) {
  Restatement out{.supersedes = was.digest, .reason = std::move(reason), .changes = changes_between(was.edition, now)};
  out.corrections = steps.corrections;
  out.retractions = steps.retractions;
  out.late_records = steps.late_records;
  out.later_events = steps.later_events;
  const auto told_then = told_in(was.edition), told_now = told_in(now), counted_then = told_in(steps.first), counted_now = told_in(steps.last);
  // Another version of the template may show what that one did not.
  const bool same_shape = was.edition.template_version == now.template_version;
  for (Change& change : out.changes) {
    const Figure figure{change.table, change.by, change.group};
    const bool hidden_then = same_shape && counted_then.contains(figure) && !told_then.contains(figure), hidden_now = counted_now.contains(figure) && !told_now.contains(figure);
    if (hidden_then || hidden_now || covers("T16.withheld", change.table)) {
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
