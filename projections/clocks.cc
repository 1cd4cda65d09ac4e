#include "projections/clocks.h"

namespace caseledger::projections {

using namespace schema;

Clocks clocks_of(const EventView& opening) {
  Clocks clocks;
  const auto first = [&](std::optional<Moment>& known, const Clock& clock) {
    if (!known) known = moment_of(clock, opening);
  };
  for (const Clock* clock : *opening.body<CaseOpened>().clocks()) {
    switch (clock->clock()) {
      case ClockKind::unset: break;
      case ClockKind::last_contact: first(clocks.last_contact, *clock); break;
      case ClockKind::reported_le: first(clocks.reported_le, *clock); break;
      case ClockKind::reported_us: first(clocks.reported_us, *clock); break;
    }
  }
  return clocks;
}

Moment default_start(const Clocks& clocks, const EventView& opening) {
  for (const auto& known : {clocks.reported_us, clocks.reported_le, clocks.last_contact})
    if (known) return *known;
  return moment_of(opening);
}

void follow_ncic(Clocks& clocks, const CaseNcicEntryRecorded& body) {
  if (body.update_kind() == NcicUpdate::entry && !clocks.ncic_entry) clocks.ncic_entry = Moment{body.entered_at(), 0};
}

}  // namespace caseledger::projections
