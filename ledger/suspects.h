// What keys signed from where they are said to be compromised on until they were revoked.
//
// Which keys those are is known only behind what they signed: a second look at the entries, from the first that may be one to the last
// revocation. The audit lists them, an edition counts them.
#pragma once

#include <functional>
#include <span>

#include "ledger/core/entry.h"
#include "ledger/rules/authority.h"

namespace caseledger {

// An entry as a copy of the log has it; none: it cannot be read there, and is passed over.
using EntryAt = std::function<Result<std::optional<Entry>>(EntryIndex)>;

// Of a log of so many entries the first that reaches beyond a position: the one that holds it. Errors: those of entry_at.
Result<EntryIndex> first_beyond(Position position, std::uint64_t size, const EntryAt& entry_at);

struct Suspect {
  EntryIndex index;
  Entry entry;
  std::uint64_t events;                        // of it, that stand where a revocation puts them in doubt
  const rules::Authority::Revocation& doubted_by;  // the first that does
};

// Each entry once, in order. Errors: those of entry_at.
Result<void> each_suspect(std::span<const rules::Authority::Revocation> revocations, std::uint64_t size, const EntryAt& entry_at, const std::function<void(const Suspect&)>& visit);

}  // namespace caseledger
