#include "api/editions.h"

#include "api/as_of.h"
#include "api/stream_events.h"
#include "ledger/core/merkle.h"

namespace caseledger::api {

namespace {

constexpr Version policy_events_max = 10'000;

// 2024-03-05 where that is all there is to say.
std::string date_or_time(Micros at) {
  const std::string text = to_rfc3339(at);
  return text.ends_with("T00:00:00Z") ? text.substr(0, text.find('T')) : text;
}

Error nothing_recorded() { return {Errc::not_found, "nothing is recorded yet: there is no checkpoint to make an edition at"}; }

}  // namespace

Result<reports::Period> parse_report_period(std::string_view text) {
  TRY_AS(period, parse_period(text));
  const bool named = text.find('/') == text.npos;
  return reports::Period{period.from, period.to, named ? std::string(text) : date_or_time(period.from) + '/' + date_or_time(period.to)};
}

Result<std::vector<reports::Period>> months_of(const reports::Period& period) {
  const auto year = period.label.substr(0, 4);
  const bool quarter = period.label.find("-Q") == 4;
  if (!quarter && period.label.size() != 4) return fail(Errc::usage, "months are of a year (2024) or a quarter (2024-Q3); found " + quote(period.label));
  const int first = quarter ? (period.label.back() - '1') * 3 + 1 : 1;
  std::vector<reports::Period> months;
  for (int month = first; month < first + (quarter ? 3 : 12); ++month) {
    TRY_AS(each, parse_report_period(year + (month < 10 ? "-0" : "-") + std::to_string(month)));
    months.push_back(each);
  }
  return months;
}

Result<reports::AsOfCheckpoint> as_of_checkpoint(const Ledger& ledger, std::uint64_t size) {
  TRY_AS(as_of, as_of_size(ledger.log(), size));
  if (!as_of.recorded_at) return std::unexpected(nothing_recorded());
  TRY_AS(root, ledger.tiles().root(size));
  return reports::AsOfCheckpoint{size, root, *as_of.recorded_at};
}

Result<reports::Adopted> adopted(const Ledger& ledger, std::uint64_t size) {
  TRY_AS(as_of, as_of_size(ledger.log(), size));
  reports::Adopted all(ledger.authority(), as_of.next);
  for (const StreamId& policy : all.streams()) {
    TRY_AS(events, events_before(ledger, policy, as_of.next, policy_events_max));
    for (const auto& fact : events.facts) all.take(fact);
  }
  return all;
}

Result<reports::AsOfCheckpoint> as_of_checkpoint(const store::Log& log, std::uint64_t size) {
  TRY_AS(as_of, as_of_size(log, size));
  if (!as_of.recorded_at) return std::unexpected(nothing_recorded());
  Edge edge;
  TRY_AS(scan, log.scan({0}));
  for (; scan.valid() && edge.size() < size; scan.next()) {
    TRY_AS(entry, scan.entry());
    edge.append(leaf_hash(entry.encode()));
    if (edge.size() % 4096 == 0) edge.trim();
  }
  TRY(scan.status());
  if (edge.size() < size) return fail(Errc::io, "the log ends after " + std::to_string(edge.size()) + " entries, before the as-of of " + std::to_string(size));
  return reports::AsOfCheckpoint{size, edge.root(), *as_of.recorded_at};
}

}  // namespace caseledger::api
