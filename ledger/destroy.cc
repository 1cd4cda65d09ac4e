// What an erasure destroys: keys first, so that nothing readable is left at any moment after them, then the ciphertexts.
#include <algorithm>

#include "ledger/erasure.h"
#include "ledger/history.h"

namespace caseledger {

namespace {

struct Part {
  Position position;
  PartPlace place;
  Hash commitment;
};

using Take = std::function<void(const SubjectId&, const Part&)>;

Result<void> each_part(const store::Log& log, Position from, Position end, const Take& take) {
  Buffer scratch;
  TRY_AS(scan, log.scan_from(from));
  for (; scan.valid(); scan.next()) {
    TRY_AS(row, scan.batch());
    if (row.first >= end) break;
    TRY(each_event(row, scratch, [&](const EventView& event, Position position) {
      const auto* sealed = event.fields->parts();
      for (std::uint16_t i = 0; sealed && i < sealed->size(); ++i) {
        take(uuid_of(*sealed->Get(i)->subject()), {position, {event.stream, event.version, i}, hash_of(*sealed->Get(i)->commitment())});
      }
    }));
  }
  return scan.status();
}

// What is unreadable already is not kept: its key would be that of something else.
Result<bool> opens(const store::Log& log, const store::Vault& vault, const std::string& origin, const SubjectId& subject, const Part& part) {
  const auto sealed = log.sealed_part(part.position, part.place.part);
  if (!sealed && sealed.error().code == Errc::not_found) return false;
  if (!sealed) return std::unexpected(sealed.error());
  const auto key = vault.find(subject, part.place);
  return key && unseal_part(*key, origin, part.place, part.commitment, bytes_of(*sealed)).has_value();
}

}  // namespace

bool GrantedErasure::covers(const StreamId& of, Version version, Position position) const {
  if (!spares) return true;
  return position < spares->before && std::ranges::none_of(spares->what, [&](const auto& each) { return each.first == of && (each.second == 0 || each.second == version); });
}

Result<std::vector<Destroyed>> destroy(store::Log& log, store::Vault& vault, const std::string& origin, std::span<const GrantedErasure> erasures, Position from, Position end) {
  std::vector<Destroyed> destroyed(erasures.size());
  if (erasures.empty()) return destroyed;
  std::vector<SubjectId> whole;
  std::map<SubjectId, std::vector<Part>> kept;  // of those that are erased in part
  for (const GrantedErasure& each : erasures)
    if (!each.spares) whole.push_back(each.subject);
  TRY(vault.erase(whole));  // all at once: each bucket has its new key once
  for (const GrantedErasure& each : erasures)
    if (!vault.erased(each.subject)) kept[each.subject];

  std::vector<store::Log::PartId> parts;
  const Take take = [&](const SubjectId& subject, const Part& part) {
    bool covered = false;
    for (std::size_t i = 0; i < erasures.size(); ++i) {
      if (erasures[i].subject != subject || !erasures[i].covers(part.place.stream, part.place.version, part.position)) continue;
      ++destroyed[i].parts;
      covered = true;
    }
    if (covered) parts.push_back({part.position, part.place.part});
    else if (const auto of = kept.find(subject); of != kept.end()) of->second.push_back(part);
  };
  TRY(each_part(log, from, end, take));
  std::map<SubjectId, bool> had_key;
  if (!kept.empty()) {
    const auto sealing = vault.sealing();
    TRY_AS(now, log.end());
    TRY(each_part(log, end, now.next, take));
    for (const auto& [subject, all] : kept) {
      std::vector<PartPlace> places;
      for (const Part& part : all) {
        TRY_AS(readable, opens(log, vault, origin, subject, part));
        if (readable) places.push_back(part.place);
      }
      TRY_AS(had, vault.exchange(subject, places));
      had_key[subject] = had;
    }
  }
  TRY(log.erase_parts(parts));
  for (std::size_t i = 0; i < erasures.size(); ++i) {
    const SubjectId& subject = erasures[i].subject;
    if (const auto had = had_key.find(subject); had != had_key.end()) {
      destroyed[i].keys = had->second;
    } else {
      TRY_AS(keys, vault.erase(std::span(&subject, 1)));
      destroyed[i].keys = keys;
    }
  }
  return destroyed;
}

}  // namespace caseledger
