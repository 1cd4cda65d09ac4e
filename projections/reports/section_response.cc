#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& response_section() {
  static const SectionPlan plan{
      .id = "T10",
      .title = "Rapid response",
      .clock = "a deployment counts in the period in which it was requested",
      .tables = {{{"T10"}}, {{"T10"}, {"mode"}}, {{"T10"}, {"reason"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
