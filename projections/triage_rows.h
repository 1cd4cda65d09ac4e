// The cells of the triage projection: one for every distinct item, and one for every distinct wait in a queue.
#pragma once

#include "projections/projection.h"

namespace caseledger::projections {

// What is counted, and what it is split by.
struct TriagedKind {
  StreamKind kind = StreamKind::unset;  // unset: of an item that belongs to another stream
  schema::Priority priority = schema::Priority::unset;
  bool expedited = false;
  std::string type, jurisdiction, age_band, race_ethnicity;
};

struct ItemCell {
  static constexpr char sort = 'i';
  TriagedKind is;
  Micros begun = 0, scored = 0, designated = 0, reviewed = 0, gone = 0;
  schema::Designation designation = schema::Designation::unset;
  bool triaged = false;
  std::uint16_t determinations = 0, jurisdiction_changes = 0;
};

struct StayCell {
  static constexpr char sort = 's';
  TriagedKind is;
  Micros entered = 0, left = 0, gone = 0, due = 0;
  std::string queue;
};

std::vector<Figure> triage_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
