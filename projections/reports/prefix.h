// A prefix of a log, and what an edition takes from it: the folds, the adopted policies, and what was released.
//
// It may lie in a ledger's folder or in a bundle: the same events give the same edition.
#pragma once

#include "ledger/bundle.h"
#include "projections/reports/adopted.h"
#include "projections/reports/release.h"

namespace caseledger::reports {

// Visits the events of the entries from .. to − 1 in order, and reads single entries. The visit may fail.
using Visit = std::function<Result<void>(const projections::Fact&)>;
struct Events {
  std::function<Result<void>(EntryIndex from, EntryIndex to, const Visit& visit)> each;
  EntryAt entry_at;

  Result<void> operator()(EntryIndex from, EntryIndex to, const Visit& visit) const { return each(from, to, visit); }
};

// log: has to outlive it. Errors: io, verification_failed.
Events events_of(const store::Log& log);

// Events that a bundle has only the leaf hashes of.
struct Withheld {
  std::uint64_t events = 0;
  std::optional<Position> first;
};
// served, withheld: have to outlive it. withheld is counted anew by each run. Errors: not_found (a file is missing), malformed, io.
Events events_of(const Served& served, Withheld& withheld);

// Folds of the first `size` entries, from the events alone. Reads them twice: streams in which something was corrected or retracted are folded
// from what stands in the end.
Result<projections::Folds> fold(const Events& events, std::uint64_t size);

Result<Adopted> adopted_in(const Events& events, std::uint64_t size, std::string origin);

// Every edition that was released in the first `size` entries, in the order of the log.
Result<std::vector<Release>> releases_in(const Events& events, std::uint64_t size);

}  // namespace caseledger::reports
