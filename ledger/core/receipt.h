// Receipts: a C2SP tlog-proof that an author's batch, or one event of it, stands in the log.
//
// Verified offline, from the inside out: event bytes → batch root (inner path) → the author's signature → entry leaf →
// log root (outer path) → the log's signature → the quorum of witnesses. A receipt does not show the author's
// authority, nor a later correction or retraction: these need the log.
#pragma once

#include "ledger/core/entry.h"
#include "ledger/core/merkle.h"

namespace caseledger {

struct Receipt {
  struct Inner {  // for one event
    std::uint32_t index = 0;
    Hashes path;
  };

  Entry entry;
  std::optional<Inner> inner;
  EntryIndex index;
  Hashes path;             // outer, leaf to root
  std::string checkpoint;  // the signed note, verbatim

  std::string text() const;  // .tlog-proof
};
Result<Receipt> parse_receipt(std::string_view text);

// C2SP tlog-policy: the log's key, the witnesses, and how many of them are needed.
struct Policy {
  struct Group {
    std::string name;
    std::size_t threshold = 0;
    std::vector<std::string> members;  // witnesses or earlier groups
  };

  std::vector<Vkey> logs;
  std::vector<std::pair<std::string, Vkey>> witnesses;
  std::vector<Group> groups;
  std::string quorum = "none";

  std::vector<Vkey> witness_keys() const;
  bool satisfied_by(const std::vector<SignedCheckpoint::Cosignature>& cosignatures) const;
};
Result<Policy> parse_policy(std::string_view text);

enum class Standing { logged, witnessed };

struct Verdict {
  Standing standing;
  Checkpoint checkpoint;
  std::vector<std::string> witnesses;
};

// event: the event's bytes for a receipt of one event, else empty. Errors: verification_failed, malformed, wrong_origin, usage.
Result<Verdict> verify_receipt(const Receipt& receipt, const Policy& policy, Bytes event = {});

}  // namespace caseledger
