// What one stream says of the items in its triage: where each waits, since when, how urgent it is, and when it was first looked at.
//
// An item is the stream itself, or another that a triage event names (item_ref); what is said of one item is read within one stream. An
// item waits in one queue at a time: entering another leaves the one before, entering the same again changes nothing. Once a report is
// retracted, expired or rejected, or a case is closed or merged, its triage can go no further, so it waits no longer; a case that is
// reopened waits again where it waited.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "projections/case_phase.h"
#include "projections/item_type.h"

namespace caseledger::projections {

// One wait in one queue. Times are 0 where there is none (yet).
struct Stay {
  Micros entered = 0, left = 0;
  Micros due = 0;
  schema::Priority priority = schema::Priority::unset;  // when it left, or now
  std::string queue;
};

struct TriageItem {
  std::optional<Uuid> other;  // none: the stream itself
  Micros begun = 0;  // received, if it is a report; otherwise when something was first said of it here
  Micros scored = 0, designated = 0, reviewed = 0;  // first; reviewed by a person
  Micros due = 0;
  schema::Priority priority = schema::Priority::unset;
  schema::Designation designation = schema::Designation::unset;
  Version priority_by = 0, designation_by = 0;  // the events that last settled them
  bool triaged = false;    // any event of triage, beyond having been received
  bool expedited = false;  // asked for and granted
  std::uint16_t determinations = 0, jurisdiction_changes = 0;
  std::string jurisdiction;  // as last determined; before that, as the first event about it has it
  std::vector<Stay> stays;

  bool waits() const { return !stays.empty() && stays.back().left == 0; }
};

struct TriageStream {
  StreamKind kind = StreamKind::unset;
  CasePhase phase;  // of a case
  Micros gone = 0;  // since when the stream's triage can go no further
  ItemType type;
  std::uint8_t youngest = no_age;  // missing child of a case
  std::string race_ethnicity;      // of the missing children; "several" where they or their codes differ
  std::vector<TriageItem> items;

  static constexpr std::uint8_t no_age = 255;
  Micros gone_of(const TriageItem& item) const { return item.other ? 0 : gone; }
};

// Takes in one event of any type.
void take(TriageStream& stream, const EventView& event);

}  // namespace caseledger::projections
