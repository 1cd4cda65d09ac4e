// One national year, simulated: 29,568 missing-child cases with their course, and 20.5 million CyberTipline reports.
//
// Cases are decided when the year is made, in about 10 MB; reports are told on demand. What is published and what is assumed stands beside
// the numbers: published.h, case_plan.h, alert_plan.h, deployment_plan.h, reports.cc, report_story.cc.
#pragma once

#include "api/simulate/report_desk.h"
#include "api/simulate/simulated_year.h"
#include "api/simulate/totals.h"

namespace caseledger::api {

// 1:N of the year, for reports and for cases with all that belongs to them. N ≥ 1.
struct Scale {
  std::uint64_t reports = 1, cases = 1;
};

class NationalYear final : public SimulatedYear {
 public:
  NationalYear(Scale scale, std::uint64_t seed);

  // Exact.
  const Totals& planned() const { return totals_; }
  const simulate::ReportTables& reports() const { return reports_.tables(); }

  std::uint64_t groups(Phase phase) const override;
  std::vector<StreamId> policies() const override;

 private:
  void write_group(Phase phase, std::uint64_t number, simulate::EventWriter& writer, simulate::Group& out) const override;

  simulate::YearPlan plan_;
  simulate::Reports reports_;
  simulate::ReportDesk desk_;
  Totals totals_;
};

}  // namespace caseledger::api
