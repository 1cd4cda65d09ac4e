// Making an edition: every table of a template counted from the folds, and what has to hold between them checked.
//
// make_edition is a pure function of what it is given. The folds are those of exactly the log's prefix that the as-of names.
#pragma once

#include <set>

#include "projections/fold.h"
#include "projections/reports/edition.h"
#include "projections/reports/template.h"

namespace caseledger::reports {

// A definition of a metric that governors have put into force: this program counts by the version that definitions() tells.
struct DefinitionChange {
  std::string metric;
  std::uint32_t version;
  Micros effective_from;
  std::string policy;  // which says so
};

// A version of a policy that governors have put into force.
struct PolicyVersion {
  std::string policy;  // as decisions cite it: its stream and the version there, "0192…/2"
  std::string kind, version;
  Micros from = 0;
  std::optional<Micros> to;  // when it ended, or another version took its place
  std::string changes;       // against the version before it, in plain text; empty: there is none
};

// What governors have decided by the as-of, as far as reports depend on it or tell of it.
struct Governed {
  std::vector<DefinitionChange> definition_changes;
  std::vector<PolicyVersion> policies;
  std::set<std::pair<StreamId, Version>> excised;  // events whose bytes gave way to their hash
  std::vector<Micros> revoked_at;    // when keys were revoked, one for each
  std::uint64_t suspect_events = 0;  // signed by a key from where it is said to be compromised on to its revocation
};

struct Terms {
  std::string origin;
  Period period;
  AsOfCheckpoint as_of;
  Governed governed;
  const EditionFile* previous = nullptr;  // the one published before: suppression reckons with what it told
};

// Errors: value_out_of_range (a period that begins after the as-of, or across a change of a definition).
Result<Edition> make_edition(const projections::Folds& folds, const Template& of, const Terms& terms);

// Every check of an edition in which nothing is withheld yet. They tell numbers only where they do not hold.
std::vector<Check> checks_of(const Edition& edition, const Template& of);

}  // namespace caseledger::reports
