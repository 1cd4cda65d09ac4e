// What the recovery figures are, given the episodes and the moves of the open stock.
#include <array>

#include "projections/episodes.h"
#include "projections/groups.h"
#include "projections/interval.h"
#include "projections/rank.h"
#include "projections/survival.h"

namespace caseledger::projections {

namespace {

constexpr Micros hour = 3'600'000'000, day = 24 * hour;

struct Horizon {
  std::string_view name;
  Micros length;
};
constexpr std::array<Horizon, 9> horizons{{{"3h", 3 * hour},
                                           {"6h", 6 * hour},
                                           {"12h", 12 * hour},
                                           {"24h", 24 * hour},
                                           {"72h", 72 * hour},
                                           {"7d", 7 * day},
                                           {"30d", 30 * day},
                                           {"90d", 90 * day},
                                           {"1y", 365 * day}}};

// An episode, or several alike, as the clock of the as-of shows it.
struct Seen {
  Micros start, slack;
  Ending ending;
  Micros end;
  std::int64_t count;
};

struct Moved {
  Move move;
  Micros recorded_at;
  std::int64_t count;
};

struct Row {
  std::vector<Seen> episodes;
  std::vector<Moved> moves;
  std::int64_t open_on_record = 0;  // whatever the clock says
  bool ends_early = false;          // some end was recorded as before its start
};

// [from, to), cut off behind the as-of.
struct Window {
  Micros from, to;
  bool holds(Micros at) const { return from <= at && at < to; }
};

Window window_of(const FigureQuery& query) {
  if (!query.period) return {INT64_MIN, query.as_of + 1};
  return {query.period->from, std::min(query.period->to, query.as_of + 1)};
}

// What begins after the as-of is not there yet, and an end after it has not come. An end before the start counts at the start.
void see(Row& row, const Episode& episode, std::int64_t count, Micros as_of) {
  if (is_open(episode.ending)) row.open_on_record += count;
  if (episode.start > as_of) return;
  Seen seen{episode.start, episode.start_slack, episode.ending, episode.end, count};
  if (!is_open(seen.ending) && seen.end > as_of) seen.ending = Ending::missing;
  if (!is_open(seen.ending) && seen.end < seen.start) {
    seen.end = seen.start;
    row.ends_early = true;
  }
  row.episodes.push_back(seen);
}

Groups<Row> rows_of(const Cells& cells, const FigureQuery& query) {
  auto rows = groups_for<Row>(query, {"case_type", "jurisdiction"});
  const auto row_for = [&](schema::CaseType type, std::string_view state) -> Row& {
    return rows[group_of(query, {{"case_type", schema::EnumNameCaseType(type)}, {"jurisdiction", state}})];
  };
  for (const auto& [key, count] : cells.all()) {
    if (const auto episode = episode_of(key)) see(row_for(episode->type, episode->state), *episode, count, query.as_of);
    if (const auto move = stock_move_of(key)) row_for(move->type, move->state).moves.push_back({move->move, move->recorded_at, count});
  }
  return rows;
}

// ── figures of one group ──

class Sheet {
 public:
  Sheet(const Group& group, const Row& row, const FigureQuery& query, std::vector<Figure>& to)
      : group_(group), row_(row), as_of_(query.as_of), window_(window_of(query)), to_(to) {}

  void write() {
    rates();
    within_horizons();
    durations();
    stock();
    balance();
  }

 private:
  Figure& add(std::string id, std::string title, std::string unit) {
    Figure& figure = to_.emplace_back();
    figure.id = std::move(id);
    figure.title = std::move(title);
    figure.unit = std::move(unit);
    figure.group = group_;
    return figure;
  }

  Figure& count(std::string id, std::string title, std::int64_t n) {
    Figure& figure = add(std::move(id), std::move(title), "episodes");
    figure.numerator = n;
    figure.value = std::to_string(n);
    return figure;
  }

  Figure& quotient(std::string id, std::string title, std::int64_t numerator, std::int64_t denominator) {
    Figure& figure = add(std::move(id), std::move(title), "ratio");
    figure.numerator = numerator;
    figure.denominator = denominator;
    if (denominator == 0) figure.flags.push_back("no_data");
    else figure.value = ratio(numerator, denominator);
    return figure;
  }

  Figure& share(std::string id, std::string title, std::int64_t part, std::int64_t whole) {
    Figure& figure = quotient(std::move(id), std::move(title), part, whole);
    const Interval interval = wilson(part, whole);
    if (!interval.no_data) figure.interval = {interval.lower.fixed(), interval.upper.fixed()};
    return figure;
  }

  template <class Fits>
  std::int64_t how_many(Fits fits) const {
    std::int64_t n = 0;
    for (const Seen& seen : row_.episodes)
      if (fits(seen)) n += seen.count;
    return n;
  }

  bool started(const Seen& seen) const { return window_.holds(seen.start); }

  void rates() {
    const auto begun = how_many([&](const Seen& e) { return started(e); });
    const auto resolved = how_many([&](const Seen& e) { return started(e) && is_resolved(e.ending); });
    const auto alive = how_many([&](const Seen& e) { return started(e) && e.ending == Ending::recovered; });
    const auto flow = how_many([&](const Seen& e) { return is_resolved(e.ending) && window_.holds(e.end); });
    const auto stock = how_many([&](const Seen& e) { return e.start < window_.from && (is_open(e.ending) || e.end >= window_.from); });
    share("R1", "Of the episodes that began in the period, those resolved by the as-of", resolved, begun).note =
        "resolved: recovered alive or found dead";
    share("R1.alive", "Of the episodes that began in the period, those recovered alive by the as-of", alive, begun);
    quotient("R2", "Episodes resolved in the period per episode that began in it", flow, begun).note = "a ratio of flows, no recovery rate: it may exceed 1";
    share("R3", "Of the episodes open at the start of the period or begun in it, those resolved in it", flow, stock + begun);
  }

  // Durations of the cohort, its starts moved within their slack: −1 to the earliest, +1 to the latest.
  SurvivalCurve curve(int moved) const {
    std::vector<Tally> tallies;
    for (const Seen& e : row_.episodes) {
      if (!started(e)) continue;
      const Micros until = is_open(e.ending) ? as_of_ : e.end;
      const Micros lasted = std::max<Micros>(0, until - (e.start + moved * e.slack));
      tallies.push_back(is_resolved(e.ending) ? Tally{lasted, e.count, 0} : Tally{lasted, 0, e.count});
    }
    return SurvivalCurve(std::move(tallies));
  }

  void within_horizons() {
    const SurvivalCurve all = curve(0);
    for (const auto& [name, length] : horizons) {
      const auto mature = [&, span = length](const Seen& e) { return started(e) && e.start <= as_of_ - span; };
      const auto old_enough = how_many(mature);
      const auto in_time = how_many([&, span = length](const Seen& e) { return mature(e) && is_resolved(e.ending) && e.end - e.start <= span; });
      const std::string id = "R4." + std::string(name), title = "Resolved within " + std::string(name);
      share(id + ".mature", title + ", of the episodes that began at least so long before the as-of", in_time, old_enough);
      kaplan_meier(add(id + ".km", title + ", by Kaplan-Meier over all episodes", "ratio"), all, length);
    }
  }

  void kaplan_meier(Figure& figure, const SurvivalCurve& curve, Micros horizon) const {
    std::int64_t events = 0;
    for (const SurvivalStep& step : curve.steps())
      if (step.time <= horizon) events += step.events;
    figure.numerator = events;
    figure.denominator = curve.observations();
    figure.note = "1 - S, which takes into account how long each episode was observed; not the numerator over the denominator";
    const SurvivalStep& step = curve.at(horizon);
    if (curve.observations() == 0) {
      figure.flags.push_back("no_data");
    } else if (horizon > curve.last_time() && step.survival > 0) {
      figure.flags.push_back("not_observed");
    } else {
      figure.value = (Decimal(1) - step.survival).fixed();
      if (const auto interval = step.interval()) figure.interval = {(Decimal(1) - interval->upper).fixed(), (Decimal(1) - interval->lower).fixed()};
    }
  }

  Figure& quantile(std::string id, std::string title, const SurvivalCurve& curve, std::int64_t percent) {
    Figure& figure = add(std::move(id), std::move(title), "us");
    figure.numerator = curve.events();
    figure.denominator = curve.observations();
    if (curve.observations() == 0) figure.flags.push_back("no_data");
    else if (const auto time = curve.quantile(Decimal::scaled(percent, 2))) figure.value = std::to_string(*time);
    else figure.flags.push_back("not_reached");
    return figure;
  }

  void durations() {
    const SurvivalCurve all = curve(0);
    Figure& median = quantile("R5", "Median time from the start to the resolution, by Kaplan-Meier", all, 50);
    median.note = "censored where still missing, transferred, withdrawn or closed unresolved; the first time by which S <= 0.5";
    const bool coarse = how_many([&](const Seen& e) { return started(e) && e.slack > 0; }) > 0;
    if (coarse) median.flags.push_back("coarse_starts");
    if (row_.ends_early) median.flags.push_back("resolved_before_start");
    quantile("R5.p25", "Time by which a quarter is resolved, by Kaplan-Meier", all, 25);
    quantile("R5.p75", "Time by which three quarters are resolved, by Kaplan-Meier", all, 75);
    if (!coarse) return;
    quantile("R5.earliest_starts", "The median if every start known to a day or coarser was as early as it can be", curve(-1), 50);
    quantile("R5.latest_starts", "The median if every start known to a day or coarser was as late as it can be", curve(1), 50);
  }

  void age(std::string id, std::string title, const std::vector<Counted>& ages, int percent) {
    Figure& figure = add(std::move(id), std::move(title), "us");
    figure.denominator = total(ages);
    if (ages.empty()) figure.flags.push_back("no_data");
    else figure.value = std::to_string(nearest_rank(ages, percent));
  }

  void stock() {
    std::vector<Counted> ages;
    std::int64_t long_term = 0;
    for (const Seen& e : row_.episodes) {
      if (!is_open(e.ending)) continue;
      ages.push_back({as_of_ - e.start, e.count});
      if (e.ending == Ending::missing_long_term) long_term += e.count;
    }
    count("R8", "Episodes open at the as-of", total(ages));
    age("R8.age_p50", "Age of the open episodes, median by nearest rank", ages, 50);
    age("R8.age_p90", "Age of the open episodes, 90th percentile by nearest rank", ages, 90);
    age("R8.oldest", "Age of the oldest open episode", ages, 100);
    count("R8.long_term", "Open episodes whose active work is suspended", long_term);
  }

  // Moves recorded in a window, each with the sign it has for the stock.
  std::int64_t net(Micros from, Micros to) const {
    std::int64_t n = 0;
    for (const Moved& m : row_.moves)
      if (from <= m.recorded_at && m.recorded_at < to) n += adds(m.move) ? m.count : -m.count;
    return n;
  }

  // open before + opened + reopened − recovered − … = open after, of which the last is counted from the episodes themselves.
  void balance() {
    const auto before = net(INT64_MIN, window_.from);
    const auto after = row_.open_on_record - net(window_.to, INT64_MAX);
    static constexpr std::array<std::pair<Move, std::string_view>, 8> lines{{{Move::opened, "opened"},
                                                                            {Move::reopened, "reopened"},
                                                                            {Move::recovered, "recovered"},
                                                                            {Move::closed_unresolved, "closed_unresolved"},
                                                                            {Move::merged, "merged"},
                                                                            {Move::transferred, "transferred"},
                                                                            {Move::withdrawn, "withdrawn"},
                                                                            {Move::voided, "voided"}}};
    count("R8.before", "Open stock as recorded before the period", before);
    std::int64_t balance = before;
    for (const auto& [move, name] : lines) {
      std::int64_t n = 0;
      for (const Moved& m : row_.moves)
        if (m.move == move && window_.holds(m.recorded_at)) n += m.count;
      balance += adds(move) ? n : -n;
      count("R8." + std::string(name), "Episodes recorded in the period as " + std::string(name), n);
    }
    count("R8.after", "Open stock as recorded by the end of the period", after);
    count("R8.residual", "What the balance of the open stock leaves unexplained; has to be 0", after - balance);
  }

  const Group& group_;
  const Row& row_;
  Micros as_of_;
  Window window_;
  std::vector<Figure>& to_;
};

}  // namespace

std::vector<Figure> recovery_figures(const Cells& cells, const FigureQuery& query) {
  std::vector<Figure> figures;
  for (const auto& [group, row] : rows_of(cells, query)) Sheet(group, row, query, figures).write();
  return figures;
}

}  // namespace caseledger::projections
