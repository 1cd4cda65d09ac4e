#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "projections/alert_cells.h"
#include "projections/decimal.h"
#include "projections/on.h"
#include "projections/waits.h"

namespace caseledger::projections {

namespace {

using schema::AlertOutcome;

constexpr std::size_t outcomes = std::size_t(AlertOutcome::MAX) + 1;
constexpr std::int64_t enough_adjudicated = 30;

struct Row {
  explicit Row(Micros as_of) : to_raise(as_of), to_receive(as_of), to_adjudicate(as_of), to_act(as_of) {}

  std::array<std::int64_t, outcomes> episodes{};  // by outcome
  std::int64_t lapsed = 0;
  std::int64_t alerts = 0, acted_unverified = 0, wrong_contacts = 0, detained_wrongly = 0, forced_wrongly = 0, recoveries = 0;
  Waits to_raise, to_receive, to_adjudicate, to_act;

  std::int64_t of(AlertOutcome outcome) const { return episodes[std::size_t(outcome)]; }
};

using Lists = std::map<StreamId, schema::Hotlist>;

Lists lists_of(const Cells& cells) {
  Lists lists;
  for (const auto& [key, n] : cells.counts()) {
    if (!key.starts_with(entry_cell)) continue;
    const auto listed = unpacked<ListedAs>(std::string_view(key).substr(1));
    lists[listed.entry] = listed.list;
  }
  return lists;
}

Group group_of(const FigureQuery& query, const Alert& alert, const Lists& lists) {
  const auto list = lists.find(alert.entry);
  return projections::group_of(query, {{"vendor", alert.vendor},
                                       {"jurisdiction", alert.jurisdiction},
                                       {"detector_kind", schema::EnumNameDetectorKind(alert.kind)},
                                       {"match", alert.match == schema::AlertMatch::unset ? "unknown" : schema::EnumNameAlertMatch(alert.match)},
                                       {"list", list == lists.end() ? "none" : schema::EnumNameHotlist(list->second)}});
}

void add(Row& row, const Alert& alert) {
  const bool wrong = is_false_positive(alert.outcome);
  ++row.alerts;
  row.acted_unverified += alert.acted_unverified;
  row.wrong_contacts += alert.wrong_contacts;
  row.detained_wrongly += wrong ? alert.detained : alert.detained_wrongly;
  row.forced_wrongly += wrong ? alert.forced : 0;
  row.to_raise.add(alert.observed, alert.raised, 0, 1);
  row.to_receive.add(alert.raised, alert.received, 0, 1);
  row.to_adjudicate.add(alert.received, alert.adjudicated, 0, 1);
  if (alert.outcome == AlertOutcome::true_match && (alert.acted == 0 || alert.acted >= alert.adjudicated)) row.to_act.add(alert.adjudicated, alert.acted, 0, 1);
}

void add(Row& row, const AlertEpisode& episode, Micros as_of) {
  ++row.episodes[std::size_t(episode.outcome)];
  if (episode.outcome == AlertOutcome::unset && as_of - episode.first->received > adjudication_due) ++row.lapsed;
}

void write_correctness(Sheet& sheet, const Row& row) {
  const std::int64_t right = row.of(AlertOutcome::true_match), duplicates = row.of(AlertOutcome::duplicate);
  std::int64_t all = 0, wrong = 0;
  for (std::size_t outcome = 0; outcome < outcomes; ++outcome) {
    all += row.episodes[outcome];
    if (is_false_positive(static_cast<AlertOutcome>(outcome))) wrong += row.episodes[outcome];
  }
  const std::int64_t judged = right + wrong, distinct = all - duplicates, unknown = distinct - judged;

  sheet.count("T5.episodes", "Alert episodes observed in the period", "episodes", all).note =
      "alerts of one vendor and detector kind on one hot-list entry within 15 minutes of the first are one";
  sheet.count("T5.adjudicated", "Of them, found right or wrong", "episodes", judged);
  sheet.count("T5.true_matches", "Of them, found right", "episodes", right);
  sheet.count("T5.false_positives", "Of them, found wrong", "episodes", wrong);
  sheet.count("T5.duplicates", "Of them, adjudicated as duplicates of others", "episodes", duplicates);
  sheet.count("T5.unverifiable", "Of them, adjudicated as unverifiable", "episodes", row.of(AlertOutcome::unverifiable));
  sheet.count("T5.unadjudicated", "Of them, not adjudicated", "episodes", row.of(AlertOutcome::unset));
  sheet.count("T5.lapsed", "Of those not adjudicated, received more than 24 h before the as-of", "episodes", row.lapsed);
  sheet.share("T5.coverage", "Adjudicated, of the episodes that are no duplicates", judged, distinct);

  const bool representative = judged >= enough_adjudicated && 2 * judged >= distinct;
  const auto flag = [&](Figure& figure) {
    if (!representative) figure.flags.push_back("not_representative");
  };
  flag(sheet.share("T5.precision", "Right, of the adjudicated episodes", right, judged));
  flag(sheet.share("T5.false_discovery", "Wrong, of the adjudicated episodes", wrong, judged));
  sheet.quotient("T5.precision.lower_bound", "Right, if all that is not adjudicated were wrong", right, judged + unknown);
  sheet.quotient("T5.precision.upper_bound", "Right, if all that is not adjudicated were right", right + unknown, judged + unknown);
  for (const AlertOutcome outcome : schema::EnumValuesAlertOutcome()) {
    const std::string name = schema::EnumNameAlertOutcome(outcome);
    if (is_false_positive(outcome)) sheet.share("T5.false_positives." + name, "Of the wrong episodes, those of class: " + name, row.of(outcome), wrong);
  }
}

void write_consequences(Sheet& sheet, const Row& row) {
  sheet.count("T5.alerts", "Alerts observed in the period, each by itself", "alerts", row.alerts);
  write_waits(sheet, "T5.observed_to_raised", "From observation to alert", row.to_raise, {50, 90, 99});
  write_waits(sheet, "T5.raised_to_received", "From alert to receipt", row.to_receive, {50, 90, 99});
  write_waits(sheet, "T5.received_to_adjudicated", "From receipt to adjudication", row.to_adjudicate, {50, 90, 99});
  write_waits(sheet, "T5.adjudicated_to_actioned", "From the adjudication of a true match to the first action", row.to_act, {50, 90, 99});
  sheet.count("T5.acted_unverified", "Alerts on which someone was stopped or arrested before a true match was on record", "alerts", row.acted_unverified).note =
      "a true match counts when it was recorded before the action and found no later";
  sheet.count("T5.wrong_person", "Actions on alerts that met the wrong person", "actions", row.wrong_contacts);
  sheet.count("T5.detained_wrongly", "Persons detained on alerts found wrong, or in error", "persons", row.detained_wrongly);
  sheet.count("T5.force_wrongly", "Actions with force on alerts found wrong", "actions", row.forced_wrongly);
  sheet.count("T5.recoveries", "Recoveries in the period that are the direct result of an alert", "recoveries", row.recoveries);
  Figure& rate = sheet.add("T5.recoveries_per_1000", "Recoveries with direct attribution per 1,000 alerts of the period", "per_thousand");
  rate.numerator = row.recoveries;
  rate.denominator = row.alerts;
  if (row.alerts == 0) rate.flags.push_back("no_data");
  else rate.value = (Decimal(row.recoveries) * 1'000 / row.alerts).fixed();
}

}  // namespace

std::vector<Alert> alerts_of(const Cells& cells, Micros as_of) {
  std::vector<Alert> all;
  for (const auto& [key, n] : cells.counts()) {
    if (!key.starts_with(alert_cell)) continue;
    auto alert = unpacked<Alert>(std::string_view(key).substr(1));
    if (alert.observed > as_of) continue;
    if (alert.adjudicated > as_of) alert.adjudicated = 0, alert.outcome = AlertOutcome::unset;
    all.push_back(std::move(alert));
  }
  std::ranges::sort(all, {}, [](const Alert& a) { return std::tie(a.entry, a.kind, a.vendor, a.observed, a.stream); });
  return all;
}

std::vector<AlertEpisode> episodes_of(const std::vector<Alert>& alerts) {
  std::vector<AlertEpisode> episodes;
  const auto joins = [&](const Alert& alert) {
    if (episodes.empty() || alert.entry.is_nil()) return false;
    const Alert& first = *episodes.back().first;
    return first.entry == alert.entry && first.kind == alert.kind && first.vendor == alert.vendor && alert.observed - first.observed <= episode_window;
  };
  const auto rank = [](AlertOutcome outcome) {
    if (outcome == AlertOutcome::true_match || is_false_positive(outcome)) return 3;
    return outcome == AlertOutcome::unverifiable ? 2 : outcome == AlertOutcome::duplicate ? 1 : 0;
  };
  for (const Alert& alert : alerts) {
    if (!joins(alert)) episodes.push_back({.first = &alert});
    AlertEpisode& episode = episodes.back();
    ++episode.alerts;
    episode.waiting = episode.waiting || alert.outcome == AlertOutcome::unset;
    const int of_alert = rank(alert.outcome), so_far = rank(episode.outcome);
    if (of_alert < so_far || (of_alert == so_far && alert.judged < episode.outcome_at)) continue;
    episode.outcome = alert.outcome;
    episode.outcome_at = alert.judged;
  }
  for (AlertEpisode& episode : episodes)
    if (episode.waiting && episode.outcome == AlertOutcome::duplicate) episode.outcome = AlertOutcome::unset;
  return episodes;
}

std::vector<Figure> alert_figures(const Cells& cells, const FigureQuery& query) {
  const Window window = window_of(query);
  const Lists lists = lists_of(cells);
  const auto all = alerts_of(cells, query.as_of);
  std::map<Group, Row> rows;
  const auto row_of = [&](const Alert& alert) -> Row& { return rows.try_emplace(group_of(query, alert, lists), query.as_of).first->second; };
  if (group_of(query, {}, lists).empty()) row_of({});

  std::map<StreamId, const Alert*> by_stream;
  for (const Alert& alert : all) {
    by_stream[alert.stream] = &alert;
    if (window.holds(alert.observed)) add(row_of(alert), alert);
  }
  for (const AlertEpisode& episode : episodes_of(all))
    if (window.holds(episode.first->observed)) add(row_of(*episode.first), episode, query.as_of);
  for (const auto& [key, n] : cells.counts()) {
    if (!key.starts_with(recovery_cell)) continue;
    const auto owed = unpacked<OwedRecovery>(std::string_view(key).substr(1));
    const auto alert = by_stream.find(owed.alert);
    if (window.holds(owed.at)) row_of(alert == by_stream.end() ? Alert{} : *alert->second).recoveries += n;
  }

  std::vector<Figure> figures;
  for (const auto& [group, row] : rows) {
    Sheet sheet(group, figures);
    write_correctness(sheet, row);
    write_consequences(sheet, row);
  }
  write_per_reads(cells, all, query, figures);
  return figures;
}

}  // namespace caseledger::projections
