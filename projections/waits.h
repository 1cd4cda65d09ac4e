// How long something takes, what still waits for it included: durations, and their quantiles by Kaplan–Meier as figures.
#pragma once

#include "projections/sheet.h"
#include "projections/survival.h"

namespace caseledger::projections {

class Waits {
 public:
  explicit Waits(Micros as_of = 0) : as_of_(as_of) {}

  // `count` waits alike. reached: when what was waited for came; gone: when waiting for it ended without it. 0 is never, and so is what
  // lies beyond the as-of: who waits then is censored there, who has gone is censored when they went. An end before the begin is one at it.
  void add(Micros begun, Micros reached, Micros gone, std::int64_t count);

  SurvivalCurve curve() const { return SurvivalCurve(tallies_); }

 private:
  Micros as_of_;
  std::vector<Tally> tallies_;
};

// The figures <id>.p50, .p90, .p95 and .p99, or the percentiles asked for. The numerator counts those that were reached, the denominator all.
void write_waits(Sheet& sheet, const std::string& id, const std::string& title, const Waits& waits, std::initializer_list<int> percents = {50, 90, 95, 99});

}  // namespace caseledger::projections
