#include "api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace caseledger::api {

namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using Registry = prometheus::Registry;

constexpr std::size_t codes = static_cast<std::size_t>(last_errc) + 1;
constexpr double second = 1e6;  // in microseconds

const Histogram::BucketBoundaries commit_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

Counter& counter(Registry& registry, const char* name, const char* help) { return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({}); }
Gauge& gauge(Registry& registry, const char* name, const char* help) { return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({}); }

}  // namespace

struct Metrics::Series {
  Registry registry;

  Counter& events = counter(registry, "caseledger_events_appended_total", "Events recorded since the start.");
  Counter& batches = counter(registry, "caseledger_batches_appended_total", "Batches recorded since the start.");
  std::array<Counter*, codes> refused{};

  Histogram& commit = prometheus::BuildHistogram()
                          .Name("caseledger_commit_seconds")
                          .Help("Time from taking a group of batches to its signed checkpoint.")
                          .Register(registry)
                          .Add({}, commit_buckets);
  prometheus::Family<Histogram>& stages =
      prometheus::BuildHistogram().Name("caseledger_commit_stage_seconds").Help("Parts of a commit: admit, write (synced), mark (what was signed).").Register(registry);
  Histogram& admit = stages.Add({{"stage", "admit"}}, commit_buckets);
  Histogram& write = stages.Add({{"stage", "write"}}, commit_buckets);
  Histogram& mark = stages.Add({{"stage", "mark"}}, commit_buckets);

  Gauge& sessions = gauge(registry, "caseledger_sessions", "Open sessions.");
  Gauge& subscriptions = gauge(registry, "caseledger_subscriptions", "Open subscriptions.");
  prometheus::Family<Counter>& requests =
      prometheus::BuildCounter().Name("caseledger_http_requests_total").Help("HTTP requests answered, by route and class of status.").Register(registry);

  Gauge& size = gauge(registry, "caseledger_log_entries", "Entries under the published checkpoint.");
  Gauge& next = gauge(registry, "caseledger_log_next_position", "The position that the next event will have.");
  Gauge& recorded_at = gauge(registry, "caseledger_log_last_recorded_timestamp_seconds", "When the last entry was recorded; 0 without one.");
  Gauge& waiting = gauge(registry, "caseledger_waiting_batches", "Batches waiting to be verified or recorded.");
  Gauge& streams = gauge(registry, "caseledger_streams", "Streams with at least one event.");
  Gauge& folded = gauge(registry, "caseledger_projection_entries", "Entries that the projections have folded.");
  Gauge& lag = gauge(registry, "caseledger_projection_lag_entries", "Entries published and not yet folded.");
  Gauge& excised_owed = gauge(registry, "caseledger_excised_events_in_files", "Excised events whose bytes some file of the log may still hold.");
  Gauge& admitting = gauge(registry, "caseledger_admitting", "1 while the ledger admits batches, 0 once it has stopped.");

  Series() {
    auto& family = prometheus::BuildCounter().Name("caseledger_batches_refused_total").Help("Batches refused since the start, by the first reason.").Register(registry);
    for (std::size_t code = 0; code < codes; ++code) refused[code] = &family.Add({{"code", std::string(name(static_cast<Errc>(code)))}});
  }
};

Metrics::Metrics() : series_(std::make_unique<Series>()) {}
Metrics::~Metrics() = default;

void Metrics::committed(const CommitTimes& times) {
  if (times.batches == 0) return;  // everything in the group was refused
  series_->events.Increment(static_cast<double>(times.events));
  series_->batches.Increment(static_cast<double>(times.batches));
  series_->commit.Observe(static_cast<double>(times.admit_us + times.write_us + times.mark_us) / second);
  series_->admit.Observe(static_cast<double>(times.admit_us) / second);
  series_->write.Observe(static_cast<double>(times.write_us) / second);
  series_->mark.Observe(static_cast<double>(times.mark_us) / second);
}

void Metrics::answered(const Outcome& outcome) {
  for (const Refused& each : outcome.refused) refused(each.rejection.error.code);
}

void Metrics::refused(Errc code) { series_->refused[static_cast<std::size_t>(code)]->Increment(); }

void Metrics::session_opened() { series_->sessions.Increment(); }
void Metrics::session_closed() { series_->sessions.Decrement(); }
void Metrics::subscription_opened() { series_->subscriptions.Increment(); }
void Metrics::subscription_closed() { series_->subscriptions.Decrement(); }

Metrics::Route Metrics::route(std::string_view path) {
  std::array<Counter*, 5> by_class{};
  for (std::size_t i = 0; i < by_class.size(); ++i)
    by_class[i] = &series_->requests.Add({{"route", std::string(path)}, {"status", std::to_string(i + 1) + "xx"}});
  return Route(by_class);
}

void Metrics::Route::answered(unsigned status) const { by_class_.at(status / 100 - 1)->Increment(); }

std::string Metrics::text(const Ledger& ledger, const projections::Runner& runner) const {
  const std::uint64_t folded = runner.cursor().value;  // before the head, so that the lag is never below zero
  const Head head = ledger.head();
  series_->size.Set(static_cast<double>(head.size));
  series_->next.Set(static_cast<double>(head.next.value));
  series_->recorded_at.Set(static_cast<double>(head.recorded_at) / second);
  series_->waiting.Set(static_cast<double>(ledger.waiting()));
  series_->streams.Set(static_cast<double>(ledger.heads().size()));
  series_->folded.Set(static_cast<double>(folded));
  series_->lag.Set(static_cast<double>(head.size - folded));
  if (const auto owed = ledger.log().owed()) series_->excised_owed.Set(static_cast<double>(owed->size()));
  series_->admitting.Set(ledger.failure() ? 0 : 1);
  return prometheus::TextSerializer().Serialize(series_->registry.Collect());
}

}  // namespace caseledger::api
