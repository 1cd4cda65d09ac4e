#include <algorithm>
#include <array>

#include "projections/rank.h"
#include "projections/recovery_rows.h"
#include "projections/regions.h"

namespace caseledger::projections {

namespace {

// What begins after the as-of is not there yet, and an end after it has not come.
void see(RecoveryRow& row, const Episode& episode, const Moment& start, std::int64_t count, Micros as_of) {
  if (is_open(episode.ending)) row.open_on_record += count;
  if (start.at > as_of) return;
  Seen seen{start.at,     start.slack,        episode.ending,      episode.end,   count,
            episode.type, episode.state_care, episode.trafficking, episode.child, episode.credits};
  if (!is_open(seen.ending) && seen.end > as_of) seen.ending = Ending::missing;
  if (!is_open(seen.ending) && seen.end < seen.start) row.ends_before_start = true;
  seen.end = is_open(seen.ending) ? 0 : std::max(seen.end, seen.start);
  row.episodes.push_back(seen);
}

void write_age(Sheet& sheet, std::string id, std::string title, const std::vector<Counted>& ages, int percent) {
  Figure& figure = sheet.add(std::move(id), std::move(title), "us");
  figure.denominator = total(ages);
  if (ages.empty()) figure.flags.push_back("no_data");
  else figure.value = std::to_string(nearest_rank(ages, percent));
}

std::string_view age_band(std::uint8_t age) {
  if (age == age_unknown) return "unknown";
  return age <= 5 ? "0-5" : age <= 11 ? "6-11" : age <= 14 ? "12-14" : age <= 17 ? "15-17" : age <= 20 ? "18-20" : "21+";
}

std::string_view known(std::string_view code) { return code.empty() ? "unknown" : code; }

// open before + opened + reopened − recovered − … = open after, and what is open after is counted from the episodes themselves.
void write_balance(Sheet& sheet, const RecoveryRow& row, const Window& window) {
  static constexpr std::array<std::pair<Move, std::string_view>, 8> moves{{{Move::opened, "opened"},
                                                                          {Move::reopened, "reopened"},
                                                                          {Move::recovered, "recovered"},
                                                                          {Move::closed_unresolved, "closed_unresolved"},
                                                                          {Move::merged, "merged"},
                                                                          {Move::transferred, "transferred"},
                                                                          {Move::withdrawn, "withdrawn"},
                                                                          {Move::voided, "voided"}}};
  std::array<std::int64_t, moves.size()> in_window{};
  std::int64_t before = 0, after = row.open_on_record;
  for (const CountedMove& moved : row.moves) {
    const std::int64_t signed_count = adds(moved.move) ? moved.count : -moved.count;
    if (moved.recorded_at < window.from) before += signed_count;
    else if (window.holds(moved.recorded_at)) in_window[static_cast<std::size_t>(moved.move)] += moved.count;
    else after -= signed_count;
  }

  sheet.count("R8.before", "Open stock as recorded before the period", "episodes", before);
  std::int64_t expected = before;
  for (const auto& [move, name] : moves) {
    const std::int64_t n = in_window[static_cast<std::size_t>(move)];
    expected += adds(move) ? n : -n;
    sheet.count("R8." + std::string(name), "Open stock: recorded in the period as " + std::string(name), "episodes", n);
  }
  sheet.count("R8.after", "Open stock as recorded by the end of the period", "episodes", after);
  sheet.count("R8.residual", "What the balance of the open stock leaves unexplained: has to be 0", "episodes", after - expected);
}

}  // namespace

bool splits_persons(const FigureQuery& query) {
  return !group_of(query, {{"case_type_current", ""}, {"age_band", ""}, {"sex", ""}, {"race_ethnicity", ""}, {"state_care", ""}}).empty();
}

bool splits_clocks(const FigureQuery& query) { return !group_of(query, {{"clock", ""}}).empty(); }

std::map<Group, RecoveryRow> recovery_rows(const Cells& cells, const FigureQuery& query) {
  std::map<Group, RecoveryRow> rows;
  const bool by_clock = splits_clocks(query);
  const auto group = [&](const Episode& e, std::string_view clock = {}) {
    return group_of(query, {{"case_type", schema::EnumNameCaseType(e.type)},
                            {"jurisdiction", e.state},
                            {"region", region_of(e.state)},
                            {"case_type_current", schema::EnumNameCaseType(e.type_current)},
                            {"age_band", age_band(e.age)},
                            {"sex", known(e.sex)},
                            {"race_ethnicity", known(e.race)},
                            {"state_care", e.state_care ? "yes" : "no"},
                            {"clock", clock}});
  };
  const auto see_by_clocks = [&](const Episode& e, std::int64_t count) {
    for (const auto& [name, clock] : all_clocks) {
      RecoveryRow& row = rows[group(e, name)];
      const auto& start = e.clocks.*clock;
      if (window_of(query).holds(e.start.at)) row.begun += count, row.by_clock += start && start->at <= query.as_of ? count : 0;
      if (start) see(row, e, *start, count, query.as_of);
    }
  };
  if (group({}).empty()) rows.try_emplace({});
  for (const auto& [key, count] : cells.counts()) {
    if (const auto episode = episode_of(key)) {
      if (by_clock) see_by_clocks(*episode, count);
      else see(rows[group(*episode)], *episode, episode->start, count, query.as_of);
    }
    if (const auto move = stock_move_of(key); move && !splits_persons(query) && !by_clock)
      rows[group({.type = move->type, .state = move->state})].moves.push_back({move->move, move->recorded_at, count});
  }
  return rows;
}

void write_stock(Sheet& sheet, const RecoveryRow& row, const FigureQuery& query) {
  std::vector<Counted> ages;
  for (const Seen& e : row.episodes)
    if (is_open(e.ending)) ages.push_back({query.as_of - e.start, e.count});
  sheet.count("R8", "Episodes open at the as-of", "episodes", total(ages));
  write_age(sheet, "R8.age_p50", "Age of the open episodes, median by nearest rank", ages, 50);
  write_age(sheet, "R8.age_p90", "Age of the open episodes, 90th percentile by nearest rank", ages, 90);
  write_age(sheet, "R8.oldest", "Age of the oldest open episode", ages, 100);
  sheet.count("R8.long_term", "Open episodes whose active work is suspended", "episodes",
              row.how_many([](const Seen& e) { return e.ending == Ending::missing_long_term; }));
  if (!splits_persons(query)) write_balance(sheet, row, window_of(query));
}

}  // namespace caseledger::projections
