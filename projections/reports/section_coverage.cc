#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& coverage_section() {
  static const SectionPlan plan{
      .id = "T6",
      .title = "Licence-plate readers and hot lists",
      .clock = "coverage is that of the newest snapshots at the as-of; a hot-list entry counts in the period in which it was added, removed or expired",
      .tables = {{{"coverage", "T6"}},
                 {{"coverage"}, {"state"}},
                 {{"coverage.portals", "coverage.cameras", "coverage.cameras_per_100000_persons", "coverage.cameras_per_1000_km", "coverage.sharing_orgs"}, {"jurisdiction"}},
                 {{"T6"}, {"list"}}},
      .unsummed = {"coverage.cameras_per_100000_persons", "coverage.cameras_per_1000_km"},
  };
  return plan;
}

}  // namespace caseledger::reports
