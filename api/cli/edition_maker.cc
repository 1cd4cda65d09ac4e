#include "api/cli/edition_maker.h"

#include <algorithm>
#include <iostream>
#include <thread>

#include "api/as_of.h"
#include "api/cli/folder.h"
#include "ledger/beside.h"
#include "projections/reports/restate.h"
#include "projections/runner.h"

namespace caseledger::api {

Result<reports::EditionFile> edition_in(const path& file) {
  TRY_AS(text, read_text(file));
  auto edition = reports::read_edition(text);
  if (!edition) return fail(edition.error().code, file.string() + " is no edition: " + edition.error().sentence);
  return edition;
}

void tell_publisher(const reports::SuppressionReport& report) {
  for (const auto& each : report.withheld)
    if (!each.because.empty()) std::cerr << "  " << each.figure << (each.rule == "coarsened" ? " is told as part of " : " is withheld for ") << each.because << '\n';
  for (const auto& sentence : report.shortfalls) std::cerr << "shortfall: " << sentence << '\n';
}

Result<EditionMaker> EditionMaker::of(const path& folder, const std::string& as_of) {
  if (!std::filesystem::exists(folder / "store" / "log")) return fail(Errc::not_found, folder.string() + " is no ledger's folder");
  EditionMaker maker;
  maker.folder_ = folder;
  TRY_AS(log, open_log_beside(folder));
  maker.log_ = std::move(log);
  TRY_AS(key, genesis_log_key(*maker.log_));
  maker.origin_ = key.name;
  TRY_AS(end, maker.log_->end());
  const AsOf head{end.size.value, end.next, end.recorded_at};
  std::uint64_t size = head.size;
  if (!as_of.empty()) {
    TRY_AS(asked, parse_as_of(*maker.log_, head, as_of));
    size = asked.size;
  }
  TRY_AS(checkpoint, as_of_checkpoint(*maker.log_, size));
  maker.as_of_ = checkpoint;
  TRY_AS(folds, projections::rebuild(*maker.log_, size, std::thread::hardware_concurrency()));
  maker.folds_ = std::move(folds);
  const auto events = reports::events_of(*maker.log_);
  TRY_AS(adopted, reports::adopted_in(events, size, maker.origin_));
  TRY_AS(governed, adopted.governed(size, events.entry_at));
  maker.governed_ = std::move(governed);
  TRY_AS(suppression, reports::suppression_rules(adopted, checkpoint.recorded_at));
  maker.suppression_ = std::move(suppression);
  TRY_AS(releases, reports::releases_in(reports::events_of(*maker.log_), head.size));
  maker.releases_ = std::move(releases);
  return maker;
}

Result<reports::Preview> EditionMaker::edition(const reports::Template& of, const reports::Period& period, const reports::EditionFile* previous) const {
  if (previous && (previous->edition.template_id != of.id || previous->edition.origin != origin_))
    return fail(Errc::usage, "an edition of " + std::string(of.id) + " from " + origin_ + " reckons with one of its own before it, not with one of " + previous->edition.template_id + " from " + previous->edition.origin);
  const reports::Terms terms{origin_, period, as_of_, governed_, previous};
  TRY_AS(edition, reports::make_edition(folds_, of, terms));
  const auto before = reports::editions_before(previous, [&](const Hash& digest) -> std::optional<reports::EditionFile> {
    if (const auto found = std::ranges::find(made_, digest, &reports::EditionFile::digest); found != made_.end()) return *found;
    const auto release = std::ranges::find(releases_, digest, &reports::Release::sha256);
    if (release == releases_.end()) return std::nullopt;
    auto found = released(*release);
    return found ? std::optional(std::move(*found)) : std::nullopt;
  });
  if (!before.complete)
    return fail(Errc::not_found, "the edition of " + before.editions.back().period.label + " reckons with one of sha256 " + hex(before.editions.back().previous->bytes) + ", which is not in " + folder_.string());
  TRY_AS(report, reports::make_publishable(edition, folds_, of, terms, suppression_, before.editions));
  return reports::Preview{std::move(edition), std::move(report)};
}

Result<std::optional<reports::EditionFile>> EditionMaker::latest(std::string_view template_id) const {
  const auto last = std::ranges::find(releases_.rbegin(), releases_.rend(), template_id, &reports::Release::template_id);
  if (last == releases_.rend()) return std::optional<reports::EditionFile>();
  TRY_AS(edition, released(*last));
  return std::optional(std::move(edition));
}

Result<reports::EditionFile> EditionMaker::released(const reports::Release& release) const {
  const path file = folder_ / edition_path(reports::place_of(release));
  TRY_AS(read, edition_in(file));
  if (read.digest != release.sha256) return fail(Errc::verification_failed, file.string() + ": these are not the bytes that were released");
  return std::move(read);
}

Result<void> EditionMaker::restate(reports::Edition& edition, const reports::EditionFile& was, const std::string& reason) const {
  TRY_AS(of, reports::find_template(edition.template_id));
  const reports::Terms terms{origin_, edition.period, as_of_, governed_};
  TRY_AS(folds, projections::rebuild(*log_, was.edition.as_of.size, std::thread::hardware_concurrency()));
  TRY_AS(steps, reports::steps_from(was.edition, folds, *of, terms, reports::events_of(*log_)));
  edition.restatement = reports::restatement_of(was, edition, reason, steps);
  return {};
}

}  // namespace caseledger::api
