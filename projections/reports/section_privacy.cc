#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& privacy_section() {
  static const SectionPlan plan{
      .id = "T16",
      .title = "Privacy",
      .clock = "a view or dissemination counts in the period in which its month begins, an erasure in the one in which it was requested, a hold in the one in which it began or ended",
      .tables = {{{"T16"}}, {{"T16.views"}, {"purpose"}}, {{"T16.disseminations"}, {"reason"}}, {{"T16.erasures"}, {"basis"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
