#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& searches_section() {
  static const SectionPlan plan{
      .id = "T7",
      .title = "Search audit",
      .clock = "a search counts in the period in which the month begins that it was made in",
      .tables = {{{"T7"}}, {{"T7"}, {"system"}}, {{"T7"}, {"reason"}}, {{"T7"}, {"organisation"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
