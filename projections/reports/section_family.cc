#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& family_section() {
  static const SectionPlan plan{
      .id = "T13",
      .title = "Families",
      .clock = "a contact counts in the period in which its case was opened, a service in the one in which its month begins; consents are those of the as-of",
      .tables = {{{"T13"}}, {{"T13"}, {"service"}}, {{"T13.consents"}, {"scope"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
