// The cells of the triage projection: of items that are alike and begun on one day, of waits in a queue that are alike and begun on one day, and of
// what a queue is given.
#pragma once

#include "projections/allocations.h"
#include "projections/days.h"
#include "projections/item_type.h"
#include "projections/projection.h"

namespace caseledger::projections {

struct ItemCell {
  static constexpr char sort = 'i';
  Day begun = 0;                         // 0: nothing of triage was said of it
  StreamKind kind = StreamKind::unset;   // unset: of an item that belongs to another stream
  ItemType type = {};
  schema::Priority priority = schema::Priority::unset;
  bool expedited = false;
  std::string jurisdiction = {}, age_band = {}, race_ethnicity = {};
};

// What is counted of items, each in its slot.
enum class ItemCount : Slot {
  determined, jurisdiction_changes, triaged,
  designations = 8,             // and one for each designation that stands
  untouched = 1 * wait_slots,   // waits for all of these, in one
  scored = 2 * wait_slots,      // the waits one by one
  designated = 3 * wait_slots,
  reviewed = 4 * wait_slots,
  delivered = 5 * wait_slots,   // to whom it was referred
  accepted = 6 * wait_slots
};

struct StayCell {
  static constexpr char sort = 's';
  Day entered = 0;
  StreamKind kind = StreamKind::unset;
  ItemType type = {};
  schema::Priority priority = schema::Priority::unset;
  bool expedited = false;
  std::string jurisdiction = {}, queue = {};
};

enum class StayCount : Slot {
  in_time, late,            // of those with a due time that left, or whose item ended past it
  wait = 1 * wait_slots,
  due = 2 * wait_slots      // and one for each quarter of an hour until which one that still waits is in time
};

// What a partner gives to a queue.
struct QueueCell {
  static constexpr char sort = 'q';
  Allocation allocation;
};

std::vector<Figure> triage_figures(const Cells& cells, const FigureQuery& query);

// T14.queue: the posts that queues are given beside the share of the items that enters them.
std::vector<Figure> queue_figures(const Cells& cells, const FigureQuery& query);

}  // namespace caseledger::projections
