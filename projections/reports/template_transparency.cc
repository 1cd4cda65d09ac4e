#include "projections/reports/template.h"

namespace caseledger::reports {

const Template& transparency() {
  static const Template all{"transparency",
                            "6",
                            "Transparency report",
                            {&recovery_section(), &statutory_section(), &timeliness_section(), &intake_section(), &triage_section(), &automation_section(), &expedited_section(), &alerts_section(),
                             &coverage_section(), &searches_section(), &routing_section(), &border_section(), &response_section(), &forensics_section(), &leads_section(),
                             &family_section(), &policy_section(), &integrity_section(), &privacy_section()}};
  return all;
}

}  // namespace caseledger::reports
