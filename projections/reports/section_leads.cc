#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& leads_section() {
  static const SectionPlan plan{
      .id = "T12",
      .title = "Tips, leads and analyses",
      .clock = "a tip counts in the period in which it was received, a lead in the one in which it was created, an analysis in the one in which it was requested",
      .tables = {{{"T12", "analyses"}}, {{"T12"}, {"channel"}}, {{"T12"}, {"urgency"}}, {{"T12.leads"}, {"source"}}, {{"analyses"}, {"analysis"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
