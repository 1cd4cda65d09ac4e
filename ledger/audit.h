// The audit: everything that a ledger, a bundle or a served log holds is recomputed and held to what was signed.
//
// Entries chain and hash to every checkpoint; authors' signatures hold over the very bytes of their events; the events are of
// the strict form and follow the rules and the authority of their moment; tiles, links, heads and sealed parts are what follows
// from them. Nothing stops it: each damage is a finding that names its place, and what could not be checked is said.
#pragma once

#include "ledger/bundle.h"

namespace caseledger {

enum class Severity : std::uint8_t {
  error,    // not what was signed, not what the rules admit, or not to be read
  warning,  // for people to judge: signed by a key known to be compromised, ciphertext whose key is gone, a stray file
};
std::string_view name(Severity severity);

// Where: as many of these as are known.
struct Place {
  std::string path = {};  // a file of the bundle, or a part of the data folder
  std::optional<EntryIndex> entry = {};
  std::optional<Position> position = {};
  StreamId stream = {};   // nil where it is not about an event
  Version version = 0;

  std::string text() const;  // "batch/000.p/3, entry 1, position 3, stream 0192… version 2"
};

// Codes are stable: "<what>.<how>", for the rules "rules.<code of the error>".
struct Finding {
  Severity severity;
  std::string code;
  Place place;
  std::string sentence;
};

struct AuditCounts {
  std::uint64_t entries = 0, events = 0, event_bytes = 0, streams = 0;
  std::uint64_t signatures = 0;          // by authors and by the log, that hold
  std::uint64_t checkpoints = 0, tiles = 0;
  std::uint64_t withheld_events = 0;     // their leaf hash stands in their place
  std::uint64_t excised_events = 0;      // by the governors' decision: their leaf hash stands in their place, for good
  std::uint64_t unjudged_events = 0;     // whose rules depend on events that are withheld or damaged
  std::uint64_t imported_anomalies = 0;  // facts recorded elsewhere that the rules would have refused
  std::uint64_t policy_breaches = 0;     // decisions that name a policy not in force, or that it does not yield
  std::uint64_t suspect_entries = 0;     // by keys said to be compromised at the time
  std::uint64_t suspect_events = 0;      // in them, from the position on that the revocation names
  std::uint64_t editions = 0;            // that were released, and are here as they were
  std::uint64_t sealed_parts = 0, opened_parts = 0, erased_parts = 0;
};

struct Audit {
  AuditCounts counts;
  std::vector<Finding> findings;         // in the order they were met
  std::uint64_t further_findings = 0;    // past the maximum: counted only
  std::uint64_t errors = 0;              // findings of that severity, counted all
  std::optional<Checkpoint> checkpoint;  // the latest whose signature holds
  std::vector<std::string> not_checked;  // sentences

  bool sound() const { return errors == 0; }
};

struct AuditOptions {
  std::optional<Vkey> log_key = {};     // trusted; without it the source's own, which is then said
  std::vector<Vkey> witnesses = {};     // cosignatures to verify
  std::chrono::microseconds clock_tolerance = std::chrono::minutes(5);
  bool folds = true;                    // of a data folder: the tiles, heads and skips it keeps, too
  unsigned threads = 2;                 // that hash and verify; reading and the rules have one of their own
  std::size_t findings_max = 1000;
  std::function<void(std::uint64_t done, std::uint64_t of)> progress = {};  // in entries
};

// A ledger's data folder, running or not. Errors: not_found.
Result<Audit> audit_folder(const std::filesystem::path& ledger, const AuditOptions& options = {});

// An offline bundle. Errors: not_found.
Result<Audit> audit_bundle(const std::filesystem::path& bundle, const AuditOptions& options = {});

// A log at an address: checkpoint, tiles and entries; batches where they are served. Errors: usage (no trusted key), and what
// the fetch of the checkpoint fails with.
Result<Audit> audit_served(Fetch fetch, const AuditOptions& options);

}  // namespace caseledger
