#include "projections/reports/template.h"

namespace caseledger::reports {

const Template& cybertipline_annual() {
  static const Template annual{"cybertipline-annual", "1", "CyberTipline reports of a year", {&cybertipline_section()}};
  return annual;
}

}  // namespace caseledger::reports
