// What an edition says of the one it supersedes: which figures changed, and why each of them did.
//
// The reasons are found by counting, not by guessing: the earlier prefix is folded again, and what the log took in since is added to it one kind
// after the other. What changes at a step changed for that kind. The steps in their order, as editions name them:
//   time          the same events as of the later time: what is open has grown older, what was not due is
//   corrections, retractions
//   late_records  what happened before the period's end and was recorded since
//   later_events  what happened after it: a recovery in February of a child that was reported missing in January
// And apart from them:
//   suppression   the figure is told only in one of the two, as the rules of withholding came out otherwise; nothing more is said of it
//   recounted     the earlier prefix itself gives another figure today: events were excised, or a definition changed
#pragma once

#include "projections/reports/make.h"
#include "projections/reports/prefix.h"

namespace caseledger::reports {

// The edition that supersedes, as it is published, and what it was made from.
struct Successor {
  const Edition& edition;
  const projections::Folds& folds;  // of its prefix
  const Template& of;
  const Terms& terms;
};

// events: those of the successor's prefix at least. Errors: those of the events and of make_edition.
Result<Restatement> restatement_of(const EditionFile& was, const Successor& now, std::string reason, const Events& events);

}  // namespace caseledger::reports
