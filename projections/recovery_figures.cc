#include <algorithm>
#include <array>
#include <span>

#include "projections/competing.h"
#include "projections/recovery_rows.h"
#include "projections/survival.h"

namespace caseledger::projections {

namespace {

constexpr Micros hour = 3'600'000'000, day = 24 * hour;
constexpr Micros year_10000 = 253'402'300'800'000'000;  // later than any time an event can hold

constexpr std::string_view counts_by_clock = "an episode counts by each clock that it has: what clocks count is never added up";

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

// The figures of one group over the cohort of the period: the episodes that began in it.
class Cohort {
 public:
  Cohort(Sheet& sheet, const RecoveryRow& row, const FigureQuery& query)
      : sheet_(sheet), row_(row), as_of_(query.as_of), window_(window_of(query)), curve_(curve(0)) {}

  void write_rates() const {
    const auto begun = row_.how_many([&](const Seen& e) { return in(e); });
    const auto resolved = row_.how_many([&](const Seen& e) { return in(e) && is_resolved(e.ending); });
    const auto alive = row_.how_many([&](const Seen& e) { return in(e) && e.ending == Ending::recovered; });
    const auto flow = row_.how_many([&](const Seen& e) { return is_resolved(e.ending) && window_.holds(e.end); });
    const auto stock = row_.how_many([&](const Seen& e) { return e.start < window_.from && (is_open(e.ending) || e.end >= window_.from); });
    sheet_.share("R1", "Of the episodes that began in the period, those resolved by the as-of", resolved, begun).note =
        "resolved: recovered alive or found dead";
    sheet_.share("R1.alive", "Of the episodes that began in the period, those recovered alive by the as-of", alive, begun);
    sheet_.quotient("R2", "Episodes resolved in the period per episode that began in it", flow, begun).note =
        "a ratio of flows and no recovery rate: it may exceed 1";
    sheet_.share("R3", "Of the episodes open at the start of the period or begun in it, those resolved in it", flow, stock + begun);
  }

  void write_by_clock() const {
    sheet_.share("R1.clock", "Of the episodes that began in the period, those whose start by this clock is on record", row_.by_clock, row_.begun).note =
        "began: as where no clock is chosen, when we were told, or else law enforcement, or else at the last contact";
  }

  void write_horizons() const {
    for (const auto& [name, length] : horizons) {
      const auto mature = [&, span = length](const Seen& e) { return in(e) && e.start <= as_of_ - span; };
      const auto old_enough = row_.how_many(mature);
      const auto in_time = row_.how_many([&, span = length](const Seen& e) { return mature(e) && is_resolved(e.ending) && e.end - e.start <= span; });
      const std::string id = "R4." + std::string(name), title = "Resolved within " + std::string(name);
      sheet_.share(id + ".mature", title + ", of the episodes that began at least so long before the as-of", in_time, old_enough);
      write_within(sheet_.add(id + ".km", title + ", by Kaplan-Meier over all episodes", "ratio"), length);
    }
  }

  // R6: a child found dead cannot be recovered alive, and a file that was closed is not watched for it; R5 leaves both out of account.
  void write_competing() const {
    write_ending("alive", "Recovered alive within ", Ending::recovered);
    write_ending("deceased", "Found dead within ", Ending::deceased);
    write_ending("closed", "Closed without a recovery within ", Ending::closed_unresolved);
  }

  void write_durations() const {
    const bool coarse = row_.how_many([&](const Seen& e) { return in(e) && e.start_slack > 0; }) > 0;
    Figure& median = write_quantile("R5", "Median time from the start to the resolution, by Kaplan-Meier", curve_, 50);
    median.note = "censored where still missing, transferred, withdrawn or closed unresolved; the first time by which S <= 0.5";
    if (coarse) median.flags.push_back("coarse_starts");
    if (row_.ends_before_start) median.flags.push_back("resolved_before_start");
    write_quantile("R5.p25", "Time by which a quarter is resolved, by Kaplan-Meier", curve_, 25);
    write_quantile("R5.p75", "Time by which three quarters are resolved, by Kaplan-Meier", curve_, 75);
    if (sheet_.group().empty()) write_curve();
    if (!coarse) return;
    write_quantile("R5.earliest_starts", "The median if every start known to a day or coarser was as early as it can be", curve(-1), 50);
    write_quantile("R5.latest_starts", "The median if every start known to a day or coarser was as late as it can be", curve(1), 50);
  }

 private:
  bool in(const Seen& e) const { return window_.holds(e.start); }

  // With the starts moved by their slack: −1 to the earliest they can be, 1 to the latest.
  SurvivalCurve curve(int moved) const {
    std::vector<Tally> tallies;
    for (const Seen& e : row_.episodes) {
      if (!in(e)) continue;
      const Micros until = is_open(e.ending) ? as_of_ : e.end;
      const Micros lasted = std::max<Micros>(0, until - (e.start + moved * e.start_slack));
      tallies.push_back(is_resolved(e.ending) ? Tally{lasted, e.count, 0} : Tally{lasted, 0, e.count});
    }
    return SurvivalCurve(std::move(tallies));
  }

  void write_ending(const std::string& name, const std::string& title, Ending ending) const {
    std::vector<Endings> endings;
    for (const Seen& e : row_.episodes) {
      if (!in(e)) continue;
      const Micros lasted = (is_open(e.ending) ? as_of_ : e.end) - e.start;
      const bool competes = is_resolved(e.ending) || e.ending == Ending::closed_unresolved;
      endings.push_back({.time = lasted,
                         .events = e.ending == ending ? e.count : 0,
                         .others = competes && e.ending != ending ? e.count : 0,
                         .censored = competes ? 0 : e.count});
    }
    std::array<std::int64_t, horizons.size()> times;
    std::ranges::transform(horizons, times.begin(), &Horizon::length);
    const auto incidences = cumulative_incidence(std::move(endings), times);
    for (std::size_t i = 0; i < horizons.size(); ++i) {
      const Incidence& incidence = incidences[i];
      const std::string horizon(horizons[i].name);
      Figure& figure = sheet_.add("R6." + name + '.' + horizon, title + horizon + ", by Aalen-Johansen", "ratio");
      figure.numerator = incidence.events;
      figure.denominator = incidence.observations;
      figure.note = "cumulative incidence: alive, dead and closed compete; censored where still missing, transferred or withdrawn";
      if (incidence.observations == 0) {
        figure.flags.push_back("no_data");
      } else if (!incidence.observed) {
        figure.flags.push_back("not_observed");
      } else {
        figure.value = incidence.value.fixed();
        if (const auto interval = incidence.interval()) figure.interval = {interval->lower.fixed(), interval->upper.fixed()};
      }
    }
  }

  void write_within(Figure& figure, Micros horizon) const {
    figure.numerator = 0;
    for (const SurvivalStep& step : curve_.steps())
      if (step.time <= horizon) *figure.numerator += step.events;
    figure.denominator = curve_.observations();
    figure.note = "1 - S(h), which weighs how long each episode was observed; not the numerator over the denominator";
    const SurvivalStep& step = curve_.at(horizon);
    if (curve_.observations() == 0) {
      figure.flags.push_back("no_data");
    } else if (horizon > curve_.last_time() && step.survival > 0) {
      figure.flags.push_back("not_observed");
    } else {
      figure.value = (Decimal(1) - step.survival).fixed();
      if (const auto interval = step.interval()) figure.interval = {(Decimal(1) - interval->upper).fixed(), (Decimal(1) - interval->lower).fixed()};
    }
  }

  // The curve itself, a point for every tenth of the episodes, over everything.
  void write_curve() const {
    for (std::int64_t percent = 10; percent < 100 && curve_.observations() > 0; percent += 10) {
      Figure& point = sheet_.add("R5.curve", "The time by which this share in percent is resolved, by Kaplan-Meier", "us");
      point.group = {{"resolved_share", std::to_string(percent)}};
      if (const auto time = curve_.quantile(Decimal::scaled(percent, 2))) point.value = std::to_string(*time);
      else point.flags.push_back("not_reached");
    }
  }

  Figure& write_quantile(std::string id, std::string title, const SurvivalCurve& curve, std::int64_t percent) const {
    Figure& figure = sheet_.add(std::move(id), std::move(title), "us");
    figure.numerator = curve.events();
    figure.denominator = curve.observations();
    if (curve.observations() == 0) figure.flags.push_back("no_data");
    else if (const auto time = curve.quantile(Decimal::scaled(percent, 2))) figure.value = std::to_string(*time);
    else figure.flags.push_back("not_reached");
    return figure;
  }

  Sheet& sheet_;
  const RecoveryRow& row_;
  Micros as_of_;
  Window window_;
  SurvivalCurve curve_;
};

}  // namespace

std::vector<Figure> recovery_figures(const Cells& cells, const FigureQuery& asked) {
  FigureQuery query = asked;
  query.as_of = std::min(query.as_of, year_10000);
  const bool by_clock = splits_clocks(query);
  std::vector<Figure> figures;
  for (const auto& [group, row] : recovery_rows(cells, query)) {
    Sheet sheet(group, figures);
    const Cohort cohort(sheet, row, query);
    const std::size_t before = figures.size();
    cohort.write_rates();
    cohort.write_horizons();
    cohort.write_durations();
    cohort.write_competing();
    if (by_clock) {
      cohort.write_by_clock();
      for (Figure& figure : std::span(figures).subspan(before)) figure.note += (figure.note.empty() ? "" : "; ") + std::string(counts_by_clock);
      continue;
    }
    write_stock(sheet, row, query);
    write_persons(sheet, row, query);
  }
  return figures;
}

}  // namespace caseledger::projections
