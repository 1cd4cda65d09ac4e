#include "projections/reports/prefix.h"

#include <deque>
#include <unordered_map>

#include "ledger/core/schema.h"
#include "ledger/history.h"
#include "projections/standing.h"

namespace caseledger::reports {

using projections::Fact;

namespace {
constexpr std::uint64_t run_events = 65'536;  // settled at once

// Of a log or a bundle: both have entry().
template <class Entries>
EntryAt entry_at(const Entries& entries) {
  return [&entries](EntryIndex index) -> Result<std::optional<Entry>> {
    TRY_AS(entry, entries.entry(index));
    return entry;
  };
}

}  // namespace

Events events_of(const store::Log& log) {
  const auto each = [&log](EntryIndex from, EntryIndex to, const Visit& visit) -> Result<void> {
    Buffer scratch;
    TRY_AS(scan, log.scan(from));
    for (; scan.valid(); scan.next()) {
      TRY_AS(row, scan.batch());
      TRY_AS(entry, scan.entry());
      if (row.index >= to) break;
      TRY(each_event(row, scratch, [&](const EventView& event, Position position) { return visit({event, position, row.index, entry.recorded_at, entry.author}); }));
    }
    return scan.status();
  };
  return {each, entry_at(log)};
}

namespace {

// One record of a bundle: entry ‖ items.
Result<void> visit_record(Bytes record, EntryIndex index, const Visit& visit, Withheld& withheld) {
  if (record.size() < entry_bytes) return fail(Errc::malformed, "the record of entry " + std::to_string(index.value) + " is cut short");
  TRY_AS(entry, parse_entry(record.first(entry_bytes)));
  TRY_AS(items, parse_items(record.subspan(entry_bytes), entry.count));
  Buffer aligned;
  std::vector<FoundRef> refs;
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    const Position position = entry.first_position + i;
    if (items[i].kind == ItemKind::leaf) {
      if (withheld.events++ == 0) withheld.first = position;
      continue;
    }
    aligned.assign(items[i].bytes.begin(), items[i].bytes.end());
    refs.clear();
    TRY(check_event_bytes(aligned, refs));
    TRY(visit({view_event(aligned), position, index, entry.recorded_at, entry.author}));
  }
  return {};
}

}  // namespace

Events events_of(const Served& served, Withheld& withheld) {
  const auto each = [&](EntryIndex from, EntryIndex to, const Visit& visit) -> Result<void> {
    withheld = {};
    for (std::uint64_t file = from.value / 256; file * 256 < to.value; ++file) {
      TRY_AS(bytes, served.batches(file));
      const unsigned width = served.width(file);
      const auto records = records_of(bytes, width);
      if (records.size() < width) return fail(Errc::malformed, batch_path(file, width) + ": it ends within record " + std::to_string(records.size()));
      for (std::uint64_t i = 0; i < records.size(); ++i) {
        const EntryIndex index{file * 256 + i};
        if (index >= from && index < to) TRY(visit_record(records[i], index, visit, withheld));
      }
    }
    return {};
  };
  return {each, entry_at(served)};
}

Result<projections::Folds> fold(const Events& events, std::uint64_t size) {
  struct Kept {
    std::deque<Buffer> bytes;
    std::vector<Fact> facts;
  };
  std::unordered_map<StreamId, Kept> amended;
  TRY(events({0}, {size}, [&](const Fact& fact) -> Result<void> {
    if (rules::amends(fact.event)) amended.try_emplace(fact.event.stream);
    return {};
  }));
  projections::Folds folds;
  std::uint64_t applied = 0;
  const Visit take = [&](const Fact& fact) -> Result<void> {
    const auto kept = amended.find(fact.event.stream);
    if (kept == amended.end()) {
      TRY(folds.apply(fact));
      if (++applied % run_events == 0) folds.settle();
    } else {
      const Bytes bytes = fact.event.bytes;
      Fact copy = fact;
      copy.event = view_event(kept->second.bytes.emplace_back(bytes.begin(), bytes.end()));
      kept->second.facts.push_back(copy);
    }
    return {};
  };
  TRY(events({0}, {size}, take));
  for (const auto& [stream, kept] : amended) TRY(folds.refold(stream, projections::Standing(kept.facts)));
  folds.settle();
  return folds;
}

Result<Adopted> adopted_in(const Events& events, std::uint64_t size, std::string origin) {
  Adopted adopted(std::move(origin));
  TRY(events({0}, {size}, [&](const Fact& fact) -> Result<void> {
    adopted.take(fact);
    return {};
  }));
  return adopted;
}

Result<std::vector<Release>> releases_in(const Events& events, std::uint64_t size) {
  std::vector<Release> all;
  TRY(events({0}, {size}, [&](const Fact& fact) -> Result<void> {
    if (auto release = release_of(fact)) all.push_back(std::move(*release));
    return {};
  }));
  return all;
}

}  // namespace caseledger::reports
