#include "projections/reports/section.h"

namespace caseledger::reports {

const SectionPlan& alerts_section() {
  static const SectionPlan plan{
      .id = "T5",
      .title = "Automated alerts",
      .clock = "an alert counts in the period in which it was observed, a recovery in the one in which it came",
      .tables = {{{"T5"}},
                 {{"T5"}, {"vendor"}},
                 {{"T5"}, {"detector_kind"}},
                 {{"T5.episodes", "T5.adjudicated", "T5.coverage", "T5.precision", "T5.false_discovery"}, {"jurisdiction"}},
                 {{"T5.episodes", "T5.adjudicated", "T5.coverage", "T5.precision", "T5.false_discovery"}, {"list"}},
                 {{"T5.episodes", "T5.adjudicated", "T5.coverage", "T5.precision", "T5.false_discovery"}, {"vendor", "detector_kind"}}},
      .sums = {{"T5.outcomes", "T5.episodes", {"T5.adjudicated", "T5.duplicates", "T5.unverifiable", "T5.unadjudicated"}},
               {"T5.right_or_wrong", "T5.adjudicated", {"T5.true_matches", "T5.false_positives"}},
               {"T5.classes", "T5.false_positives", {"T5.false_positives.misread", "T5.false_positives.wrong_state", "T5.false_positives.stale_list", "T5.false_positives.wrong_vehicle_or_person"}}},
  };
  return plan;
}

}  // namespace caseledger::reports
