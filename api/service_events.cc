#include "api/service_events.h"

#include <boost/json.hpp>

namespace caseledger::api {

namespace json = boost::json;

namespace {

constexpr Micros hour_us = Micros{3600} * 1'000'000;
constexpr std::size_t hours_max = 24;
constexpr int attempts_max = 5;  // governors write to the governance stream too

Micros hour_of(Micros time) { return time - time % hour_us; }

}  // namespace

StreamId ServiceEvents::access_stream(const PublicKey& service) { return uuid_v8("caseledger/access/v1", service); }

void ServiceEvents::count(Hourly& hourly, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  auto& counted = hourly[hour_of(clock_.wall())][reason];
  if (counted < ~std::uint32_t{0}) ++counted;
  if (hourly.size() > hours_max) hourly.erase(hourly.begin());
}

void ServiceEvents::answered(const Outcome& outcome) {
  for (const Refused& each : outcome.refused)
    if (each.ticket.session != 0) count(admission_, std::string(name(each.rejection.error.code)));
}

Result<void> ServiceEvents::write(Hours which) {
  auto auth = write(auth_, which, access_stream(book_.service), "access", "AuthFailed");
  auto admission = write(admission_, which, rules::governance_stream(book_.origin), "governance", "AdmissionRefused");
  return auth ? admission : auth;
}

Result<void> ServiceEvents::write(Hourly& hourly, Hours which, const StreamId& stream, std::string_view kind, std::string_view type) {
  const Micros now = hour_of(clock_.wall());
  for (;;) {
    Hourly::node_type taken;
    {
      const std::lock_guard lock(mutex_);
      if (hourly.empty() || (which == Hours::over && hourly.begin()->first >= now)) return {};
      taken = hourly.extract(hourly.begin());
    }
    auto recorded = record(taken.key(), taken.mapped(), stream, kind, type);
    if (recorded) continue;
    const std::lock_guard lock(mutex_);
    for (const auto& [reason, count] : taken.mapped()) hourly[taken.key()][reason] += count;
    return recorded;
  }
}

Result<void> ServiceEvents::record(Micros hour, const Counts& counts, const StreamId& stream, std::string_view kind, std::string_view type) const {
  json::array by_reason;
  for (const auto& [reason, count] : counts) by_reason.push_back({{"code", reason}, {"count", count}});
  json::object event{{"stream", to_string(stream)},
                     {"kind", kind},
                     {"version", 0},
                     {"type", type},
                     {"occurred_at", to_rfc3339(hour)},
                     {"precision", "hour"},
                     {"operator", "service"},
                     {"automated", true},
                     {"system", "caseledger"},
                     {"handling", "internal"},
                     {"body", {{"hour", to_rfc3339(hour)}, {"counts", std::move(by_reason)}}}};
  for (int attempt = 1;; ++attempt) {
    event["version"] = book_.version(stream) + 1;
    TRY_AS(draft, event_from_json(to_text(event), book_.random));
    auto appended = book_.append(draft.event);
    if (appended || appended.error().code != Errc::version_conflict || attempt == attempts_max) return appended;
  }
}

}  // namespace caseledger::api
