// Evidence as it lies in files: told apart by what it is, and verified offline with nothing but a policy.
//
// A policy may be a C2SP tlog-policy or, shorter, the log's vkey alone.
#pragma once

#include <filesystem>

#include "ledger/core/receipt.h"

namespace caseledger {

enum class EvidenceKind {
  receipt,     // a tlog-proof
  checkpoint,  // a signed note
  bundle,      // a folder with a checkpoint
  event,       // the exact bytes of one event, which its receipt needs
  json,        // an edition or an opening
  unknown,
};
std::string_view name(EvidenceKind kind);

struct Evidence {
  EvidenceKind kind;
  std::string bytes;  // nothing for a bundle
};

// Errors: not_found, too_large, io.
Result<Evidence> read_evidence(const std::filesystem::path& path);

// Errors: malformed.
Result<Policy> parse_policy_or_vkey(std::string_view text);

// A checkpoint by itself: signed by a log of the policy and, where it wants a quorum, by enough of its witnesses.
// Errors: verification_failed, wrong_origin, malformed.
Result<Verdict> verify_checkpoint(std::string_view note, const Policy& policy);

// A receipt against a bundle of the same log.
struct InBundle {
  Checkpoint checkpoint;        // of the bundle
  bool consistent = false;      // the receipt's checkpoint is proven to be an earlier state of it; false: it is later, which a bundle cannot show
  bool event_withheld = false;  // the receipt is of one event, of which the bundle has only the leaf hash
};
// receipt: verified before. Errors: verification_failed (another entry there, or a fork), not_found (the entry lies beyond the bundle, or a
// file is missing), wrong_origin, malformed, io.
Result<InBundle> verify_in_bundle(const Receipt& receipt, const Verdict& verdict, const Policy& policy, const std::filesystem::path& bundle);

}  // namespace caseledger
