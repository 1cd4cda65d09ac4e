// One who attacks published tables with a solver: what is the least, and the most, that a withheld cell can be?
//
// Every combination of the dimensions' leaves is an unknown whole number, not negative. Every told cell is an equation, a cell that is not
// listed though its table is equals zero. He may know the rules as well.
#pragma once

#include <string>

#include "projections/reports/disclosure.h"
#include "tests/support/solver.h"

namespace samples {

class Attacker {
 public:
  Attacker(const caseledger::reports::disclosure::Population& population, const std::vector<caseledger::reports::disclosure::Decision>& decisions,
           const caseledger::rules::SuppressionPolicy& policy, bool knows_the_rules);

  Range range(std::size_t cell, bool whole_numbers) { return solver_.range(unknowns_of_[cell], whole_numbers); }

 private:
  Solver solver_;
  std::vector<std::vector<int>> unknowns_of_;  // of each cell, what it is the sum of
};

// What the policy promises of withheld cells and the attacker breaks, a sentence each; only every n-th cell is attacked.
std::vector<std::string> broken_promises(const caseledger::reports::disclosure::Population& population, const caseledger::reports::disclosure::Verdict& verdict,
                                         const caseledger::rules::SuppressionPolicy& policy, bool whole_numbers, std::size_t every = 1);

}  // namespace samples
