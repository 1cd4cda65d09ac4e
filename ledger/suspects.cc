#include "ledger/suspects.h"

#include <algorithm>

namespace caseledger {

namespace {

using Revocation = rules::Authority::Revocation;

bool doubts(const Revocation& revocation, const PublicKey& author, Position position) {
  return revocation.vkey.key == author && *revocation.compromised_from <= position && position < revocation.decided;
}

}  // namespace

Result<EntryIndex> first_beyond(Position position, std::uint64_t size, const EntryAt& entry_at) {
  std::uint64_t begin = 0, end = size;
  while (begin < end) {
    const std::uint64_t middle = begin + (end - begin) / 2;
    TRY_AS(entry, entry_at({middle}));
    if (entry && entry->end() <= position) begin = middle + 1;
    else end = middle;
  }
  return EntryIndex{begin};
}

Result<void> each_suspect(std::span<const Revocation> revocations, std::uint64_t size, const EntryAt& entry_at, const std::function<void(const Suspect&)>& visit) {
  std::vector<Revocation> doubting;
  std::ranges::copy_if(revocations, std::back_inserter(doubting), [](const Revocation& each) { return each.compromised_from && *each.compromised_from < each.decided; });
  if (doubting.empty()) return {};
  const Position from = *std::ranges::min(doubting, {}, &Revocation::compromised_from).compromised_from;
  const Position end = std::ranges::max(doubting, {}, &Revocation::decided).decided;
  TRY_AS(first, first_beyond(from, size, entry_at));
  for (EntryIndex index = first; index.value < size; ++index.value) {
    TRY_AS(entry, entry_at(index));
    if (!entry) continue;
    if (entry->first_position >= end) break;
    const Revocation* by = nullptr;
    std::uint64_t events = 0;
    for (Position position = entry->first_position; position < entry->end(); ++position.value) {
      const auto found = std::ranges::find_if(doubting, [&](const Revocation& each) { return doubts(each, entry->author, position); });
      if (found == doubting.end()) continue;
      if (events++ == 0) by = &*found;
    }
    if (by) visit({index, *entry, events, *by});
  }
  return {};
}

}  // namespace caseledger
