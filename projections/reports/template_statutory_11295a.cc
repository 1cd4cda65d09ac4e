#include "projections/reports/template.h"

namespace caseledger::reports {

const Template& statutory_11295a() {
  static const Template statutory{"statutory-11295a", "1", "Annual counts under 34 U.S.C. 11295a", {&statutory_section()}, true};
  return statutory;
}

}  // namespace caseledger::reports
