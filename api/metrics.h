// What the ledger counts about itself, as Prometheus reads it.
//
// Counters are told where the thing happens, from any thread; gauges of the ledger are looked up when someone asks for the text. No label
// has a value that a peer chooses.
#pragma once

#include <array>
#include <memory>

#include "projections/runner.h"

namespace prometheus {
class Counter;
}

namespace caseledger::api {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // ── writing ──
  void committed(const CommitTimes& times);  // the ledger's sink
  void answered(const Outcome& outcome);     // the ledger's other sink: counts what was refused, by code
  void refused(Errc code);                   // what never reached the sequencer: overloaded, draining

  // ── sessions ──
  void session_opened();
  void session_closed();
  void subscription_opened();
  void subscription_closed();

  // ── HTTP ──
  class Route {
   public:
    void answered(unsigned status) const;

   private:
    friend class Metrics;
    explicit Route(std::array<prometheus::Counter*, 5> by_class) : by_class_(by_class) {}
    std::array<prometheus::Counter*, 5> by_class_;  // 1xx to 5xx
  };
  Route route(std::string_view path);  // good as long as the Metrics

  // The text exposition format (version 0.0.4), with the ledger as it stands.
  std::string text(const Ledger& ledger, const projections::Runner& runner) const;

 private:
  struct Series;
  std::unique_ptr<Series> series_;
};

}  // namespace caseledger::api
