// What ends first when several endings compete: the cumulative incidence of one of them, by Aalen and Johansen.
//
// O. O. Aalen and S. Johansen, "An empirical transition matrix for non-homogeneous Markov chains based on censored observations",
// Scand. J. Statist. 5 (1978), for one origin and several endings:
//   F(t) = Σ S(tᵢ⁻) dᵢ/nᵢ over times tᵢ ≤ t, where dᵢ had the ending at it, nᵢ were still there before it, and S is the Kaplan–Meier curve of
//   all endings together. With a censored competitor 1 − S would count what can no longer happen; F does not.
// At one time endings come before censorings. Variance by the delta method (E. Marubini and M. G. Valsecchi, "Analysing Survival Data from
// Clinical Trials and Observational Studies", 1995), Greenwood's where nothing competes; interval 95 %, log-log: F^exp(±z √Var / (F ln F)).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "projections/decimal.h"
#include "projections/interval.h"

namespace caseledger::projections {

// What ended at one time: so many with the ending asked about, with another, and without any.
struct Endings {
  std::int64_t time;
  std::int64_t events, others, censored;
};

// F at one time.
struct Incidence {
  std::int64_t observations = 0, events = 0;  // all there are; those with the ending by then
  bool observed = false;                      // someone was watched for that long, or nobody was left before
  Decimal value = 0;
  Decimal variance = 0;

  // None where F is 0 or 1: the formula has no value there.
  std::optional<Interval> interval() const;
};

// F at each of the times, which ascend. The endings come in any order and add up; a sum below zero is a bug and aborts.
std::vector<Incidence> cumulative_incidence(std::vector<Endings> endings, std::span<const std::int64_t> times);

}  // namespace caseledger::projections
