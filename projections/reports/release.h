// The event that publishes an edition, report.released, as readers of the log see it.
#pragma once

#include "ledger/editions.h"
#include "projections/projection.h"
#include "projections/reports/edition.h"

namespace caseledger::reports {

struct Release {
  Version version = 0;  // of the event, in the governance stream
  Position position;
  EntryIndex entry;
  Micros recorded_at = 0;
  PublicKey author{};
  std::string template_id, template_version, period, definitions_version;
  std::uint64_t as_of_size = 0;
  Hash as_of_root, sha256;
  std::optional<Version> previous, supersedes;  // other releases
};

// Nothing where it is another event.
std::optional<Release> release_of(const projections::Fact& fact);

// Is this what the event released? Errors: verification_failed, naming what differs.
Result<void> check_release(const Release& release, const Edition& edition, const Hash& digest);

// Where an edition lies (ledger/editions.h): "transparency/2024/123".
inline std::string place_of(const Release& release) { return edition_place(release.template_id, release.period, release.as_of_size); }
inline std::string place_of(const Edition& edition) { return edition_place(edition.template_id, edition.period.label, edition.as_of.size); }

}  // namespace caseledger::reports
