// What the recovery figures of one group are made of: its episodes as the clock of the as-of shows them, and the moves of its open stock.
#pragma once

#include "projections/episodes.h"
#include "projections/sheet.h"
#include "projections/window.h"

namespace caseledger::projections {

// Episodes that are alike.
struct Seen {
  Micros start, start_slack;
  Ending ending;
  Micros end;  // never before the start
  std::int64_t count;
  schema::CaseType type;
  bool state_care, trafficking;
  SubjectId child;           // nil while nobody is named
  std::vector<Credit> credits;
};

struct CountedMove {
  Move move;
  Micros recorded_at;
  std::int64_t count;
};

struct RecoveryRow {
  std::vector<Seen> episodes;        // begun by the as-of; what ended later is still missing
  std::vector<CountedMove> moves;
  std::int64_t open_on_record = 0;   // whatever the clock says
  bool ends_before_start = false;    // some end was recorded so, and counts at the start
  std::int64_t begun = 0, by_clock = 0;  // split by clock: the episodes that began in the period where no clock is chosen, and those of them that have this one

  template <class Fits>
  std::int64_t how_many(Fits fits) const {
    std::int64_t n = 0;
    for (const Seen& seen : episodes)
      if (fits(seen)) n += seen.count;
    return n;
  }
};

// Whether the query splits by what is known of the child or of the case later than at its opening. The stock's moves do not hold that, and a
// child that is named after the opening changes its group without a move: such a split has no balance.
bool splits_persons(const FigureQuery& query);

// Whether each episode stands in the group of every clock that it has, and began when that says. Figures that follow no episode from its start
// are not split so.
bool splits_clocks(const FigureQuery& query);

std::map<Group, RecoveryRow> recovery_rows(const Cells& cells, const FigureQuery& query);

// R8: the open stock at the as-of, and the balance of what was recorded in the period.
void write_stock(Sheet& sheet, const RecoveryRow& row, const FigureQuery& query);

// R9: children and episodes. R10: what recoveries are owed to. R11: the seven counts of 34 U.S.C. 11295a.
void write_persons(Sheet& sheet, const RecoveryRow& row, const FigureQuery& query);

}  // namespace caseledger::projections
