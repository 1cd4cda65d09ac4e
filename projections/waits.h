// How long something takes, what still waits for it included: durations, and their quantiles by Kaplan–Meier as figures.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include "projections/days.h"
#include "projections/sheet.h"
#include "projections/survival.h"

namespace caseledger::projections {

class Waits {
 public:
  // exact: to the microsecond; binned: as days.h keeps them.
  enum class Grain : bool { exact, binned };
  explicit Waits(Micros as_of = 0, Grain grain = Grain::exact) : as_of_(as_of), grain_(grain) {}

  // `count` waits alike. reached: when what was waited for came; gone: when waiting for it ended without it. 0 is never, and so is what
  // lies beyond the as-of: who waits then is censored there, who has gone is censored when they went. An end before the begin is one at it.
  void add(Micros begun, Micros reached, Micros gone, std::int64_t count);

  // The same of waits that began on a day, by their slot (days.h). What is on record as reached or gone is so whatever the as-of's clock says.
  void add(Day begun_on, std::uint32_t slot, std::int64_t count);

  Grain grain() const { return grain_; }
  SurvivalCurve curve() const;

 private:
  Micros as_of_;
  Grain grain_;
  struct Ended {
    std::int64_t events = 0, censored = 0;
  };
  void end(Micros lasted, bool event, std::int64_t count);
  boost::unordered_flat_map<Micros, Ended> ended_;  // by how long they lasted
};

// The figures <id>.p50, .p90, .p95 and .p99, or the percentiles asked for. The numerator counts those that were reached, the denominator all.
void write_waits(Sheet& sheet, const std::string& id, const std::string& title, const Waits& waits, std::initializer_list<int> percents = {50, 90, 95, 99});

}  // namespace caseledger::projections
