#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& policy_section() {
  static const SectionPlan plan{
      .id = "T14",
      .title = "Policies and resources",
      .clock = "an allocation counts as far as the time it is given for lies in the period, money where that time begins in it",
      .tables = {{{"T14"}}, {{"T14"}, {"unit"}}, {{"T14"}, {"unit", "unit_name"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
