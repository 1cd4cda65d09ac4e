// What an edition says of the one it supersedes: which figures changed, and why each of them did.
//
// The reasons are found by counting, not by guessing: the earlier prefix is folded again, and what the log took in since is added to it one kind
// after the other. What changes at a step changed for that kind. The steps in their order, as editions name them:
//   time          the same events as of the later time: what is open has grown older, what was not due is
//   corrections, retractions
//   late_records  what happened before the period's end and was recorded since
//   later_events  what happened after it: a recovery in February of a child that was reported missing in January
// And apart from them:
//   suppression   the figure is told only in one of the two, as the rules of withholding came out otherwise, or counts what is withheld; nothing
//                 more is said of it
//   recounted     the earlier prefix itself gives another figure today: events were excised, or a definition changed
#pragma once

#include <set>
#include <tuple>

#include "projections/reports/make.h"
#include "projections/reports/prefix.h"

namespace caseledger::reports {

// The counts of one prefix after another, and which figures each step changed.
struct Steps {
  using Figure = std::tuple<std::string, std::vector<std::string>, std::vector<std::string>>;  // metric, dimensions, group

  std::uint64_t corrections = 0, retractions = 0, late_records = 0, later_events = 0;
  Edition first;  // the earlier prefix, counted today
  Edition last;
  std::vector<std::pair<std::string, std::set<Figure>>> changed;
};

// folds: of the earlier edition's prefix; they come out as those of the later one's, whose terms these are. Nothing is folded twice but the
// streams in which something was amended or came late. Errors: those of the events and of make_edition.
Result<Steps> steps_from(const Edition& was, projections::Folds& folds, const Template& of, const Terms& terms, const Events& events);

// now: the edition that supersedes, as it is published.
Restatement restatement_of(const EditionFile& was, const Edition& now, std::string reason, const Steps& steps);

}  // namespace caseledger::reports
