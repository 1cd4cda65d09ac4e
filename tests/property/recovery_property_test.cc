// The recovery figures against a list of episodes and the definitions read off it, one episode at a time.
#include <rapidcheck.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "projections/decimal.h"
#include "projections/interval.h"
#include "projections/moment.h"
#include "projections/recovery.h"
#include "tests/support/figures.h"

using namespace caseledger;
using namespace caseledger::projections;
using namespace schema;
using stories::day;
using stories::hour;
using Fraction = boost::multiprecision::cpp_rational;

namespace {

unsigned below(unsigned n) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0u, n)); }

struct Episode {
  CaseType type;
  std::string state;
  Micros start;
  std::optional<Micros> resolved, left;  // left: closed without a recovery
  bool alive = false, long_term = false;
  std::map<std::string, Micros> clocks = {};

  std::optional<Micros> end() const { return resolved ? resolved : left; }
};

std::map<std::string, Micros> clocks_of(std::span<const Fact> facts) {
  std::map<std::string, Micros> clocks;
  for (const Clock* clock : *facts.front().event.body<CaseOpened>().clocks()) clocks.try_emplace(EnumNameClockKind(clock->clock()), moment_of(*clock, facts.front().event).at);
  for (const Fact& fact : facts)
    if (fact.event.type == Body::CaseNcicEntryRecorded && fact.event.body<CaseNcicEntryRecorded>().update_kind() == NcicUpdate::entry)
      clocks.try_emplace("ncic_entry", fact.event.body<CaseNcicEntryRecorded>().entered_at());
  return clocks;
}

Micros start_of(const std::map<std::string, Micros>& clocks, const EventView& opening) {
  for (const char* kind : {"reported_us", "reported_le", "last_contact"})
    if (clocks.contains(kind)) return clocks.at(kind);
  return moment_of(opening).at;
}

// The episodes of one case: everything that was said of it, from the beginning.
std::vector<Episode> episodes_of(std::span<const Fact> facts) {
  const EventView& opening = facts.front().event;
  if (opening.kind != StreamKind::case_) return {};
  static const std::set<CaseType> counted{CaseType::FA, CaseType::NFA, CaseType::LIM, CaseType::ERU, CaseType::CMYA};
  if (!counted.contains(opening.body<CaseOpened>().case_type())) return {};

  rules::StreamState state;
  std::set<SubjectId> children;
  std::map<SubjectId, std::pair<Micros, bool>> back;
  std::map<SubjectId, Version> back_by;
  std::pair<CloseReason, Micros> close{};
  for (const Fact& fact : facts) {
    const EventView& event = fact.event;
    const auto before = std::exchange(state, rules::apply(state, event, fact.position));
    if (event.type == Body::CaseSubjectAdded && event.body<CaseSubjectAdded>().role() == SubjectRole::missing_child)
      children.insert(uuid_of(*event.body<CaseSubjectAdded>().subject_id()));
    if (event.type == Body::ChildRecovered) {
      const auto& body = event.body<ChildRecovered>();
      children.insert(uuid_of(*body.subject_id()));
      back[uuid_of(*body.subject_id())] = {moment_of(body, event).at, body.outcome() != ChildOutcome::deceased};
      back_by[uuid_of(*body.subject_id())] = event.version;
    }
    if (event.type == Body::CaseReopened) {
      const auto lost = rules::lost_again(before, event.body<CaseReopened>());
      const bool all = back.size() == children.size();
      std::erase_if(back, [&](const auto& each) { return lost.found_by == 0 ? all : back_by[each.first] == lost.found_by; });
    }
    if (event.type == Body::CaseClosed && state.closed_by == event.version) close = {event.body<CaseClosed>().reason(), moment_of(event).at};
  }
  const bool closed = state.phase == rules::Phase::closed;
  if (state.phase == rules::Phase::merged) return {};
  if (closed && (close.first == CloseReason::unfounded || close.first == CloseReason::hoax || close.first == CloseReason::duplicate)) return {};

  if (children.empty()) children.insert(SubjectId{});
  const auto clocks = clocks_of(facts);
  std::vector<Episode> all;
  for (const SubjectId& child : children) {
    const auto& opened = opening.body<CaseOpened>();
    Episode one{opened.case_type(), std::string(text_of(opened.missing_from()->state())), start_of(clocks, opening), {}, {}};
    one.clocks = clocks;
    if (back.contains(child)) one.resolved = back[child].first, one.alive = back[child].second;
    else if (closed) one.left = close.second;
    one.long_term = state.phase == rules::Phase::long_term;
    all.push_back(one);
  }
  return all;
}

std::vector<Episode> episodes_of(const std::map<StreamId, std::vector<Fact>>& streams) {
  std::vector<Episode> all;
  for (const auto& [stream, facts] : streams)
    for (const Episode& one : episodes_of(facts)) all.push_back(one);
  return all;
}

// Lives do not tell of NCIC: some of their cases are entered, or what is no entry is recorded of them, and some twice.
void enter_some(stories::Log& log) {
  std::set<StreamId> cases;
  for (const Fact& fact : log.facts())
    if (fact.event.kind == StreamKind::case_) cases.insert(fact.event.stream);
  for (const StreamId& stream : cases)
    for (unsigned times = below(3); times > 0; --times) {
      const Micros at = log.clock() - below(60) * day;
      const auto kind = below(4) == 0 ? NcicUpdate::verify_update : NcicUpdate::entry;
      log.append<CaseNcicEntryRecorded>(StreamKind::case_, stream, stories::at(log.clock()), [&](auto& builder) {
        CaseNcicEntryRecordedBuilder body(builder);
        body.add_entered_at(at);
        body.add_category(NcicCategory::EMJ);
        body.add_update_kind(kind);
        return body.Finish();
      });
    }
}

std::map<StreamId, std::vector<Fact>> by_stream(std::span<const Fact> facts) {
  std::map<StreamId, std::vector<Fact>> streams;
  for (const Fact& fact : facts) streams[fact.event.stream].push_back(fact);
  return streams;
}

std::int64_t open_on_record(std::span<const Fact> facts) {
  const auto all = episodes_of(by_stream(facts));
  return std::ranges::count_if(all, [](const Episode& e) { return !e.end(); });
}

// As the clock shows them: what begins later is not there, what ends later has not ended, and nothing ends before its start.
std::vector<Episode> known_at(std::vector<Episode> all, Micros as_of) {
  std::erase_if(all, [&](const Episode& e) { return e.start > as_of; });
  for (Episode& e : all) {
    for (auto* end : {&e.resolved, &e.left})
      if (*end && **end <= as_of) *end = std::max(**end, e.start);
    if (e.end() && *e.end() > as_of) e.resolved = e.left = std::nullopt, e.long_term = false;
    if (e.end()) e.long_term = false;
  }
  return all;
}

Fraction survival(const std::vector<Episode>& cohort, Micros as_of, Micros t) {
  std::map<Micros, std::int64_t> back;
  for (const Episode& e : cohort)
    if (e.resolved) ++back[*e.resolved - e.start];
  Fraction s = 1;
  for (const auto& [time, d] : back) {
    if (time > t) break;
    const auto n = std::ranges::count_if(cohort, [&, at = time](const Episode& e) { return e.end().value_or(as_of) - e.start >= at; });
    s *= Fraction(n - d, n);
  }
  return s;
}

std::optional<Micros> median(const std::vector<Episode>& cohort, Micros as_of) {
  std::set<Micros> times;
  for (const Episode& e : cohort)
    if (e.resolved) times.insert(*e.resolved - e.start);
  for (const Micros t : times)
    if (survival(cohort, as_of, t) * 2 <= 1) return t;
  return std::nullopt;
}

std::string printed(const Fraction& x) {
  return ratio(static_cast<std::int64_t>(numerator(x)), static_cast<std::int64_t>(denominator(x)));
}

std::map<std::string, Figure> by_id(const std::vector<Figure>& figures) {
  std::map<std::string, Figure> out;
  for (const Figure& figure : figures) out[figure.id] = figure;
  return out;
}

void check_quotient(const Figure& figure, std::int64_t numerator, std::int64_t denominator, bool interval) {
  RC_ASSERT(figure.numerator == numerator);
  RC_ASSERT(figure.denominator == denominator);
  RC_ASSERT(figure.value == (denominator == 0 ? std::nullopt : std::optional(ratio(numerator, denominator))));
  RC_ASSERT(figure.interval.has_value() == (interval && denominator > 0));
  if (figure.interval) RC_ASSERT(figure.interval->first == wilson(numerator, denominator).lower.fixed());
}

void check_stock(const std::map<std::string, Figure>& figures, const std::vector<Episode>& known, Micros as_of) {
  std::vector<Micros> ages;
  for (const Episode& e : known)
    if (!e.end()) ages.push_back(as_of - e.start);
  std::ranges::sort(ages);
  RC_ASSERT(figures.at("R8").value == std::to_string(ages.size()));
  RC_ASSERT(figures.at("R8.long_term").value == std::to_string(std::ranges::count(known, true, &Episode::long_term)));
  if (ages.empty()) return;
  RC_ASSERT(figures.at("R8.age_p50").value == std::to_string(ages[(ages.size() + 1) / 2 - 1]));
  RC_ASSERT(figures.at("R8.age_p90").value == std::to_string(ages[(9 * ages.size() + 9) / 10 - 1]));
  RC_ASSERT(figures.at("R8.oldest").value == std::to_string(ages.back()));
}

void check_group(const std::map<std::string, Figure>& figures, const std::vector<Episode>& known, Micros from, Micros to, Micros as_of) {
  const auto in = [&](Micros at) { return from <= at && at < to && at <= as_of; };
  std::vector<Episode> cohort;
  std::ranges::copy_if(known, std::back_inserter(cohort), [&](const Episode& e) { return in(e.start); });
  const auto begun = std::ssize(cohort);
  const auto flow = std::ranges::count_if(known, [&](const Episode& e) { return e.resolved && in(*e.resolved); });
  const auto open_before = std::ranges::count_if(known, [&](const Episode& e) { return e.start < from && e.end().value_or(from) >= from; });
  check_quotient(figures.at("R1"), std::ranges::count_if(cohort, [](const Episode& e) { return e.resolved.has_value(); }), begun, true);
  check_quotient(figures.at("R1.alive"), std::ranges::count_if(cohort, [](const Episode& e) { return e.resolved && e.alive; }), begun, true);
  check_quotient(figures.at("R2"), flow, begun, false);
  check_quotient(figures.at("R3"), flow, begun + open_before, true);

  const std::map<std::string, Micros> horizons{{"3h", 3 * hour}, {"6h", 6 * hour}, {"12h", 12 * hour}, {"24h", day},      {"72h", 3 * day},
                                               {"7d", 7 * day},  {"30d", 30 * day}, {"90d", 90 * day}, {"1y", 365 * day}};
  for (const auto& [name, h] : horizons) {
    std::vector<Episode> mature;
    std::ranges::copy_if(cohort, std::back_inserter(mature), [&, span = h](const Episode& e) { return e.start + span <= as_of; });
    const auto soon = std::ranges::count_if(mature, [span = h](const Episode& e) { return e.resolved && *e.resolved - e.start <= span; });
    check_quotient(figures.at("R4." + name + ".mature"), soon, std::ssize(mature), true);

    const auto observed = std::ranges::any_of(cohort, [&, span = h](const Episode& e) { return e.end().value_or(as_of) - e.start >= span; });
    const Fraction s = survival(cohort, as_of, h);
    const bool shown = begun > 0 && (observed || s == 0);
    RC_ASSERT(figures.at("R4." + name + ".km").value == (shown ? std::optional(printed(1 - s)) : std::nullopt));
  }
  const auto middle = median(cohort, as_of);
  RC_ASSERT(figures.at("R5").value == (middle ? std::optional(std::to_string(*middle)) : std::nullopt));
}

}  // namespace

TEST_CASE("recovery figures follow from the list of episodes, for any period, as-of and group") {
  CHECK(rc::check("figures = definitions", [] {
    stories::Log log;
    stories::live(log, below, 20 + below(100));
    RC_PRE(!log.facts().empty());
    const Folds fold = stories::fold_of(recovery(), log.facts());
    const auto all = episodes_of(by_stream(log.facts()));

    const Micros from = stories::new_year_2024 + (below(60) - Micros{20}) * day, to = from + below(60) * day;
    const Micros as_of = below(3) == 0 ? from + below(90) * day : log.clock() + below(400) * day;
    const auto known = known_at(all, as_of);
    const FigureQuery whole{.as_of = as_of, .period = {}, .by = {}}, period{.as_of = as_of, .period = FigureQuery::Period{from, to}, .by = {}};
    check_group(by_id(fold.figures(whole)), known, INT64_MIN, INT64_MAX, as_of);
    check_group(by_id(fold.figures(period)), known, from, to, as_of);
    for (const auto& query : {whole, period}) check_stock(by_id(fold.figures(query)), known, as_of);

    std::map<std::string, std::vector<Episode>> groups;
    for (const Episode& e : known) groups[std::string(EnumNameCaseType(e.type)) + e.state].push_back(e);
    std::map<std::string, std::vector<Figure>> split;
    FigureQuery by = period;
    by.by = {"case_type", "jurisdiction"};
    for (const Figure& figure : fold.figures(by)) split[figure.group.at(0).second + figure.group.at(1).second].push_back(figure);
    for (const auto& [group, figures] : split) {
      check_group(by_id(figures), groups[group], from, to, as_of);
      check_stock(by_id(figures), groups[group], as_of);
    }
    for (const auto& [group, episodes] : groups) RC_ASSERT(split.contains(group));
  }));
}

TEST_CASE("by clock, the figures are those of the episodes that have it, as if it had started them") {
  CHECK(rc::check("figures by clock = figures of episodes started by it", [] {
    stories::Log log;
    stories::live(log, below, 20 + below(100));
    RC_PRE(!log.facts().empty());
    enter_some(log);
    const auto all = episodes_of(by_stream(log.facts()));
    const Micros from = stories::new_year_2024 + (below(60) - Micros{20}) * day, to = from + below(60) * day;
    const Micros as_of = below(3) == 0 ? from + below(90) * day : log.clock() + below(400) * day;

    std::map<std::string, std::vector<Figure>> split;
    for (const Figure& figure : stories::fold_of(recovery(), log.facts()).figures({.as_of = as_of, .period = FigureQuery::Period{from, to}, .by = {"clock"}}))
      split[figure.group.at(0).second].push_back(figure);
    RC_ASSERT(split.size() == (all.empty() ? 0u : 4u));
    for (const auto& [clock, figures] : split) {
      std::vector<Episode> started;
      std::int64_t begun = 0, with_it = 0;
      for (Episode e : all) {
        const auto at = e.clocks.find(clock);
        const bool begins = from <= e.start && e.start < to && e.start <= as_of;
        begun += begins;
        if (at == e.clocks.end()) continue;
        with_it += begins && at->second <= as_of;
        e.start = at->second;
        started.push_back(e);
      }
      check_group(by_id(figures), known_at(started, as_of), from, to, as_of);
      check_quotient(by_id(figures).at("R1.clock"), with_it, begun, true);
      RC_ASSERT(!by_id(figures).contains("R8") && !by_id(figures).contains("R9.episodes"));
    }
  }));
}

TEST_CASE("the stock balances: what was open on record before a period, and after it, is what a fold of the log up to there says") {
  CHECK(rc::check("before + moves = after", [] {
    stories::Log log;
    stories::live(log, below, 20 + below(100));
    RC_PRE(!log.facts().empty());
    const Folds fold = stories::fold_of(recovery(), log.facts());
    const Micros span = log.clock() - log.facts().front().recorded_at + day;
    const Micros from = log.facts().front().recorded_at + span * below(100) / 100, to = from + span * below(100) / 100;
    const auto recorded_before = [&](Micros time) {
      return log.facts().first(static_cast<std::size_t>(std::ranges::lower_bound(log.facts(), time, {}, &Fact::recorded_at) - log.facts().begin()));
    };
    auto figures = by_id(fold.figures({.as_of = log.clock(), .period = FigureQuery::Period{from, to}, .by = {}}));
    const auto n = [&](const std::string& id) { return *figures.at("R8." + id).numerator; };
    RC_ASSERT(n("before") == open_on_record(recorded_before(from)));
    RC_ASSERT(n("after") == open_on_record(recorded_before(to)));
    RC_ASSERT(n("residual") == 0);
    RC_ASSERT(n("before") + n("opened") + n("reopened") - n("recovered") - n("closed_unresolved") - n("merged") - n("transferred") - n("withdrawn") -
                  n("voided") ==
              n("after"));
  }));
}
