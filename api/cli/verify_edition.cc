#include "api/cli/verify_edition.h"

#include <algorithm>

#include "api/cli/edition_maker.h"
#include "api/cli/folder.h"
#include "ledger/core/merkle.h"
#include "ledger/core/schema.h"
#include "ledger/evidence.h"
#include "projections/reports/compare.h"
#include "projections/reports/definitions.h"
#include "projections/reports/restate.h"
#include "projections/reports/take_out.h"

namespace caseledger::api {

namespace {

using reports::Edition;
using reports::Release;

std::unexpected<Error> refuted(const std::string& why) { return fail(Errc::verification_failed, why); }

// What is there to prove something has to be read: damaged, it proves nothing, and which file it is has to be said.
template <class Value>
Result<Value> read_as_proof(const std::string& place, Result<Value> found) {
  if (found) return found;
  return fail(found.error().code == Errc::malformed ? Errc::verification_failed : found.error().code, place + ": " + found.error().sentence);
}

// ── a bundle, held to its signed checkpoint ──

struct Bundle {
  path folder;
  Verdict verdict;
  std::unique_ptr<Served> served;
  Hash as_of_root;
};

// Every entry's items give the root its author signed, and the entries give the checkpoint's root; on the way, the root as of `as_of` entries.
Result<Hash> check_tree(const Served& served, const Checkpoint& checkpoint, std::uint64_t as_of) {
  Edge edge;
  Hash found;
  for (std::uint64_t file = 0; file * 256 < checkpoint.size; ++file) {
    TRY_AS(bytes, served.batches(file));
    const unsigned width = served.width(file);
    const auto records = records_of(bytes, width);
    if (records.size() < width) return refuted("the bundle is damaged: " + batch_path(file, width) + " ends within record " + std::to_string(records.size()));
    for (const Bytes record : records) {
      const std::string place = "entry " + std::to_string(edge.size());
      if (record.size() < entry_bytes) return refuted("the bundle is damaged: the record of " + place + " is cut short");
      const auto entry = parse_entry(record.first(entry_bytes));
      if (!entry) return refuted("the bundle is damaged: " + place + ": " + entry.error().sentence);
      const auto items = parse_items(record.subspan(entry_bytes), entry->count);
      if (!items || items_root(*items) != entry->root) return refuted("the bundle is damaged: the events of " + place + " are not those its author signed");
      edge.append(leaf_hash(record.first(entry_bytes)));
      if (edge.size() == as_of) found = edge.root();
      if (edge.size() % 4096 == 0) edge.trim();
    }
  }
  if (edge.root() != checkpoint.root) return refuted("the bundle is damaged: its entries do not give the root of its checkpoint");
  return found;
}

Result<Bundle> open_bundle(const path& folder, const Policy& policy, std::uint64_t as_of) {
  Bundle bundle;
  bundle.folder = folder;
  const Fetch fetch = fetch_from(folder);
  TRY_AS(note, fetch("checkpoint"));
  TRY_AS(verdict, read_as_proof("the bundle's checkpoint", verify_checkpoint(text_of(note), policy)));
  bundle.verdict = verdict;
  if (as_of > verdict.checkpoint.size)
    return fail(Errc::not_found, "the edition is as of " + std::to_string(as_of) + " entries, the bundle has " + std::to_string(verdict.checkpoint.size));
  bundle.served = std::make_unique<Served>(fetch, verdict.checkpoint.size);
  TRY_AS(root, check_tree(*bundle.served, verdict.checkpoint, as_of));
  bundle.as_of_root = root;
  return bundle;
}

// The editions that it brings along are those that were released.
Result<void> check_editions(const Bundle& bundle, std::span<const Release> all) {
  for (const Release& each : all) {
    const std::string place = edition_path(reports::place_of(each));
    if (!std::filesystem::exists(bundle.folder / place)) continue;
    TRY_AS(text, read_text(bundle.folder / place));
    if (reports::edition_digest(text) != each.sha256) return refuted("the bundle is damaged: " + place + " has other bytes than were released");
  }
  return {};
}

// ── the release ──

struct Proven {
  Release release;
  std::string said;
};

// From the two files beside the edition; nothing where they are not there.
Result<std::optional<Proven>> proven_beside(const path& file, const Policy& policy) {
  const path event_file = path(file).replace_extension(".event"), proof_file = path(file).replace_extension(".tlog-proof");
  if (!std::filesystem::exists(event_file) || !std::filesystem::exists(proof_file)) return std::optional<Proven>();
  TRY_AS(proof, read_text(proof_file));
  TRY_AS(event, read_text(event_file));
  TRY_AS(receipt, read_as_proof(proof_file.string(), parse_receipt(proof)));
  if (!receipt.inner) return refuted(proof_file.string() + " is the receipt of a whole batch; wanted that of the release event");
  const Buffer aligned(event.begin(), event.end());
  std::vector<FoundRef> refs;
  TRY(read_as_proof(event_file.string(), check_event_bytes(aligned, refs)));
  TRY_AS(verdict, read_as_proof(proof_file.string() + " with " + event_file.filename().string(), verify_receipt(receipt, policy, bytes_of(event))));
  const auto release = reports::release_of({view_event(aligned), receipt.entry.first_position + receipt.inner->index, receipt.index, receipt.entry.recorded_at, receipt.entry.author});
  if (!release) return refuted(event_file.string() + " is no report.released event");
  const std::string standing = verdict.standing == Standing::witnessed ? "witnessed" : "logged";
  return std::optional(Proven{*release, standing + " in " + verdict.checkpoint.origin + " under the checkpoint of " + std::to_string(verdict.checkpoint.size) + " entries"});
}

// From the bundle's own events: the release of these very bytes, else of an edition at the same place.
Result<std::optional<Proven>> proven_within(const Bundle& bundle, std::span<const Release> all, const Edition& edition, const Hash& digest) {
  auto found = std::ranges::find(all, digest, &Release::sha256);
  if (found == all.end()) found = std::ranges::find(all, reports::place_of(edition), [](const Release& each) { return reports::place_of(each); });
  if (found == all.end()) return std::optional<Proven>();
  const std::string standing = bundle.verdict.standing == Standing::witnessed ? "witnessed" : "logged";
  return std::optional(Proven{*found, standing + " in the bundle of " + bundle.verdict.checkpoint.origin + ", " + std::to_string(bundle.verdict.checkpoint.size) + " entries"});
}

// ── every figure again ──

struct Recount {
  Edition edition;
  reports::Withheld withheld;
  bool service_key = false;  // the release's author is the ledger's service
  bool counted = true;       // false: this program counts otherwise, and the edition is as it was told
  std::vector<std::string> not_checked;
  reports::SuppressionReport suppression;
};

// A released edition that the bundle brings along; nothing where it does not.
std::optional<reports::EditionFile> kept(const Bundle& bundle, std::span<const Release> all, const Hash& digest) {
  const auto release = std::ranges::find(all, digest, &Release::sha256);
  if (release == all.end()) return std::nullopt;
  auto read = edition_in(bundle.folder / edition_path(reports::place_of(*release)));
  if (!read || read->digest != digest) return std::nullopt;
  return std::move(*read);
}

Result<Recount> recount(const Bundle& bundle, const Edition& told, std::span<const Release> all, const PublicKey& author) {
  Recount out;
  const auto events = reports::events_of(*bundle.served, out.withheld);
  const std::uint64_t size = told.as_of.size;
  TRY_AS(of, reports::find_template(told.template_id));
  TRY_AS(period, parse_report_period(told.period.label));
  TRY_AS(adopted, reports::adopted_in(events, size, told.origin));
  TRY_AS(governed, adopted.governed(size, events.entry_at));
  const auto* enrolment = adopted.authority().find(author);
  out.service_key = enrolment && enrolment->has(rules::Role::service);
  if (told.template_version != of->version || told.definitions_version != reports::definitions_version) {
    out.counted = false;
    out.edition = told;
    out.not_checked.push_back("the figures: a caseledger that counts " + told.template_id + " by version " + told.template_version + " of the template and version " + told.definitions_version +
                              " of the definitions counts them again; this one counts by versions " + std::string(of->version) + " and " + std::string(reports::definitions_version) +
                              " (docs/reports.md says what changed)");
    return out;
  }
  TRY_AS(last, bundle.served->entry({size - 1}));
  const reports::Withheld withheld = out.withheld;  // of the whole prefix
  const auto was = told.restatement ? kept(bundle, all, told.restatement->supersedes) : std::nullopt;
  if (was && was->edition.as_of.size > size)
    return refuted("it says to supersede an edition as of " + std::to_string(was->edition.as_of.size) + " entries, and is as of " + std::to_string(size) + " itself");
  TRY_AS(folds, reports::fold(events, was ? was->edition.as_of.size : size));
  const auto previous = told.previous ? kept(bundle, all, *told.previous) : std::nullopt;
  const reports::Terms terms{bundle.verdict.checkpoint.origin, period, {size, bundle.as_of_root, last.recorded_at}, governed, previous ? &*previous : nullptr};
  std::optional<reports::Steps> steps;
  if (was) {
    TRY_AS(gone, reports::steps_from(was->edition, folds, *of, terms, events));
    steps = std::move(gone);
  }
  TRY_AS(counted, reports::make_edition(folds, *of, terms));
  TRY_AS(suppression, reports::suppression_rules(adopted, last.recorded_at));
  const auto before = reports::editions_before(terms.previous, [&](const Hash& digest) { return kept(bundle, all, digest); });
  if ((told.previous && !previous) || !before.complete) {
    counted.previous = told.previous;
    counted.suppression = suppression.named;
    reports::withhold_alike(counted, told);
    reports::tell_withheld(counted);
    out.not_checked.push_back("what is withheld: the bundle does not have every edition that suppression reckoned with");
  } else {
    TRY_AS(report, reports::make_publishable(counted, folds, *of, terms, suppression, before.editions));
    out.suppression = std::move(report);
  }
  if (steps) {
    counted.restatement = reports::restatement_of(*was, counted, told.restatement->reason, *steps);
  } else if (told.restatement) {
    counted.restatement = told.restatement;
    out.not_checked.push_back("how it differs from the edition it supersedes: the bundle does not have that one");
  }
  out.withheld = withheld;
  out.edition = std::move(counted);
  return out;
}

}  // namespace

Result<EditionVerdict> verify_edition(const path& file, const std::string& json, const Policy& policy, const path& bundle_folder) {
  const Hash digest = reports::edition_digest(json);
  TRY_AS(beside, proven_beside(file, policy));
  const auto edition = reports::parse_edition(json);
  if (beside && beside->release.sha256 != digest && (!edition || bundle_folder.empty()))
    return refuted("its SHA-256 is " + hex(digest.bytes) + ", and what was released has " + hex(beside->release.sha256.bytes) + (edition ? std::string() : "; it is no edition any more: " + edition.error().sentence));
  if (!edition) return fail(edition.error().code, "it is no edition: " + edition.error().sentence);

  EditionVerdict verdict;
  std::optional<Proven> proven = beside;
  if (bundle_folder.empty()) {
    if (!proven)
      return fail(Errc::not_found, "nothing shows that it was released: wanted " + path(file).replace_extension(".tlog-proof").string() + " and " + path(file).replace_extension(".event").string() +
                                       ", or --bundle");
    TRY(reports::check_release(proven->release, *edition, digest));
    verdict.not_checked.push_back("the figures: counting them again needs the log (--bundle)");
    verdict.not_checked.push_back("that author " + hex(proven->release.author) + " is the ledger's service, as genesis names it: this needs the log");
  } else {
    TRY_AS(bundle, open_bundle(bundle_folder, policy, edition->as_of.size));
    if (edition->origin != bundle.verdict.checkpoint.origin) return refuted("the edition is of " + edition->origin + ", the bundle of " + bundle.verdict.checkpoint.origin);
    if (edition->as_of.root != bundle.as_of_root) return refuted("its as-of has another root than the first " + std::to_string(edition->as_of.size) + " entries of the bundle");
    reports::Withheld ignored;
    TRY_AS(all, reports::releases_in(reports::events_of(*bundle.served, ignored), bundle.verdict.checkpoint.size));
    TRY(check_editions(bundle, all));
    if (!proven) {
      TRY_AS(within, proven_within(bundle, all, *edition, digest));
      proven = within;
    }
    if (!proven) return fail(Errc::not_found, "nothing shows that it was released: there is no such event in the bundle, nor a receipt beside the file");
    TRY_AS(again, recount(bundle, *edition, all, proven->release.author));
    verdict.not_checked = again.not_checked;
    verdict.suppression = again.suppression;
    const auto differs = reports::first_difference(*edition, again.edition);
    if (again.withheld.events > 0) {
      verdict.not_checked.push_back("the bundle withholds " + std::to_string(again.withheld.events) + " events, the first at position " + std::to_string(again.withheld.first->value) +
                                    (differs ? ": the figures cannot be counted again; without them the first that comes out otherwise is " + *differs : ""));
    } else if (differs) {
      return refuted(*differs);
    }
    TRY(reports::check_release(proven->release, *edition, digest));
    if (!again.service_key) return refuted("author " + hex(proven->release.author) + " of the release is not the ledger's service");
    if (!differs && again.counted) proven->said += "; every figure " + std::string(verdict.not_checked.empty() ? "" : "that it tells ") + "was counted again from the bundle and is the same to the byte";
  }
  verdict.said = "released at position " + std::to_string(proven->release.position.value) + ", recorded " + to_rfc3339(proven->release.recorded_at) + ", " + proven->said;
  return verdict;
}

}  // namespace caseledger::api
