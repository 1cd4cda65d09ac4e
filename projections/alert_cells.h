// The cells of the alert projection, and the episodes that alerts make up.
//
// Streams are folded one by one, and an episode joins several: so every alert has a cell of its own, and the joining is done over the sums.
// Hot-list entries add what list they are on, cases which alert a recovery is the direct result of, portals how much they read.
#pragma once

#include "projections/packed.h"
#include "projections/projection.h"
#include "projections/window.h"

namespace caseledger::projections {

inline constexpr char alert_cell = 'a', entry_cell = 'h', recovery_cell = 'r', reads_cell = 'v';

struct Alert {
  StreamId stream = {}, entry = {};     // entry nil: the detector has no list
  Micros observed = 0, raised = 0, received = 0;
  Micros adjudicated = 0, acted = 0;    // for the first time; 0: not yet
  Micros judged = 0;                    // adjudicated for the last time
  std::uint32_t detained = 0;           // persons, by all that was done about it
  std::uint32_t detained_wrongly = 0;   // of them, where it was the wrong person
  std::uint16_t wrong_contacts = 0, forced = 0;
  schema::DetectorKind kind = schema::DetectorKind::unset;
  schema::AlertMatch match = schema::AlertMatch::unset;
  schema::AlertOutcome outcome = schema::AlertOutcome::unset;  // as adjudicated last
  bool acted_unverified = false;
  std::string vendor = {}, jurisdiction = {};
};

struct ListedAs {
  StreamId entry;
  schema::Hotlist list = schema::Hotlist::unset;
};

struct OwedRecovery {
  StreamId alert;
  Micros at = 0;
};

// What the newest snapshot of a portal says of the 30 days before it.
struct Reads {
  Micros as_of = 0;
  std::uint64_t in_30d = 0;
  std::string vendor, jurisdiction;
};

constexpr bool is_false_positive(schema::AlertOutcome outcome) {
  switch (outcome) {
    case schema::AlertOutcome::misread:
    case schema::AlertOutcome::wrong_state:
    case schema::AlertOutcome::stale_list:
    case schema::AlertOutcome::wrong_vehicle_or_person: return true;
    case schema::AlertOutcome::unset:
    case schema::AlertOutcome::true_match:
    case schema::AlertOutcome::duplicate:
    case schema::AlertOutcome::unverifiable: return false;
  }
  return false;
}

// Alerts of one vendor's detectors of one kind on one hot-list entry, observed no later than this after the first of them, are one episode.
inline constexpr Micros episode_window = 15 * 60 * Micros{1'000'000};
// An alert that nobody has adjudicated this long after it came in has lapsed.
inline constexpr Micros adjudication_due = 24 * 3600 * Micros{1'000'000};

struct AlertEpisode {
  const Alert* first;
  std::int64_t alerts = 0;
  bool waiting = false;  // for the adjudication of one of its alerts
  // What it comes to: right or wrong by the adjudication of its alerts that was made last; or else unverifiable; or else, when all of
  // them are, duplicate; or else unset.
  schema::AlertOutcome outcome = schema::AlertOutcome::unset;
  Micros outcome_at = 0;
};

// The alerts observed by the as-of, as known then, in the order of detectors and of observation.
std::vector<Alert> alerts_of(const Cells& cells, Micros as_of);
std::vector<AlertEpisode> episodes_of(const std::vector<Alert>& alerts);

// Alerts per million reads, by vendor and jurisdiction: where the portal states its reads and alerts of it are on record.
void write_per_reads(const Cells& cells, const std::vector<Alert>& alerts, const FigureQuery& query, std::vector<Figure>& figures);

std::vector<Figure> alert_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
