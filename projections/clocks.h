// The clocks of a case: the moments from which it can be said how long its children have been missing. Not every case has each of them.
#pragma once

#include <array>
#include <utility>

#include "projections/moment.h"

namespace caseledger::projections {

struct Clocks {
  std::optional<Moment> last_contact = {}, reported_le = {}, reported_us = {};  // as the case was opened; the first of each kind
  std::optional<Moment> ncic_entry = {};                                        // the first entry on record
};

// As figures are split by them.
inline constexpr std::array<std::pair<std::string_view, std::optional<Moment> Clocks::*>, 4> all_clocks{{{"last_contact", &Clocks::last_contact},
                                                                                                      {"ncic_entry", &Clocks::ncic_entry},
                                                                                                      {"reported_le", &Clocks::reported_le},
                                                                                                      {"reported_us", &Clocks::reported_us}}};

// Of a case.opened.
Clocks clocks_of(const EventView& opening);
// Where nobody chose a clock: when we were told, or else law enforcement, or else the last contact, or else the event's own time.
Moment default_start(const Clocks& clocks, const EventView& opening);
// Of a case.ncic_entry_recorded: what was verified, located or cancelled is no entry.
void follow_ncic(Clocks& clocks, const schema::CaseNcicEntryRecorded& body);

}  // namespace caseledger::projections
