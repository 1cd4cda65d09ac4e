// Takes out of an edition what may not be told: whatever a withheld count is in loses its numbers and flags, and says by which rule.
#pragma once

#include "projections/reports/coarsen.h"
#include "projections/reports/suppress.h"

namespace caseledger::reports {

struct Untold {
  std::string rule, because;
};
using AllUntold = std::map<std::pair<std::string, Place>, Untold>;  // by measure and place

// "R1 by jurisdiction = US-WY"
std::string name_of_count(const std::string& measure, const Place& place);

// now: what the edition tells. Rows by region stay where they stand for their states, and nowhere else.
std::vector<Withholding> take_out(Edition& edition, const AllUntold& untold, const Told& now, const Coarsening& coarsening, const rules::SuppressionPolicy& policy);

// Takes out what another edition withholds, by its rules: where the editions before it are not at hand, the rest can still be compared.
void withhold_alike(Edition& counted, const Edition& told);

// How many figures of an edition are withheld, and by which rule: what its rows say one by one, and so nothing that they do not tell.
std::vector<Table> withheld_tables(const Edition& edition);
// Adds these to the section on privacy (T16), where there is one.
void tell_withheld(Edition& edition);

}  // namespace caseledger::reports
