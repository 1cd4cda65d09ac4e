// Editions as commands make them: from a folder that may be in use, folded once for all that are made at one as-of.
#pragma once

#include "api/cli/asked.h"
#include "api/editions.h"
#include "projections/reports/preview.h"
#include "projections/reports/publishable.h"
#include "projections/reports/release.h"

namespace caseledger::api {

// Errors: those of read_text and parse_edition, with the file's name.
Result<reports::EditionFile> edition_in(const path& file);

// What a publisher has to know of suppression and no reader does, on standard error.
void tell_publisher(const reports::SuppressionReport& report);

class EditionMaker {
 public:
  // as_of: as parse_as_of reads it; empty: the head. Errors: not_found (no ledger, or beyond the head), malformed, verification_failed, io.
  static Result<EditionMaker> of(const path& folder, const std::string& as_of);

  // As it may be published, reckoning with the one before and those before that. Errors: not_found (one of these is not in the folder).
  Result<reports::Preview> edition(const reports::Template& of, const reports::Period& period, const reports::EditionFile* previous) const;
  // One that was made and is not released: editions after it reckon with it.
  void remember(reports::EditionFile made) { made_.push_back(std::move(made)); }
  const reports::AsOfCheckpoint& as_of() const { return as_of_; }
  const store::Log& log() const { return *log_; }

  // Every release that the folder's log holds, also behind the as-of.
  const std::vector<reports::Release>& releases() const { return releases_; }
  // The last release of a template: what its next edition reckons with. Nothing before the first.
  Result<std::optional<reports::EditionFile>> latest(std::string_view template_id) const;
  // A released edition that lies in the folder. Errors: not_found, verification_failed (other bytes), io.
  Result<reports::EditionFile> released(const reports::Release& release) const;

  // Fills in that the edition gives way to an earlier one, and how it differs. Errors: io, verification_failed.
  Result<void> restate(reports::Edition& edition, const reports::EditionFile& was, const std::string& reason) const;

 private:
  path folder_;
  std::unique_ptr<store::Log> log_;
  std::string origin_;
  reports::AsOfCheckpoint as_of_;
  projections::Folds folds_;
  reports::Governed governed_;
  reports::SuppressionRules suppression_;
  std::vector<reports::Release> releases_;
  std::vector<reports::EditionFile> made_;
};

}  // namespace caseledger::api
