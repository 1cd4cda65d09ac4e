#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& forensics_section() {
  static const SectionPlan plan{
      .id = "T11",
      .title = "Forensics and identification",
      .clock = "an examination counts in the period in which it was requested, an item of evidence in the one in which it was taken in, a victim in the one in which it was identified",
      .tables = {{{"T11"}}, {{"T11"}, {"exam"}}, {{"T11"}, {"criteria"}}},
      .sums = {{"T11.whereabouts", "T11.items", {"T11.items.held", "T11.items.returned", "T11.items.destroyed"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
