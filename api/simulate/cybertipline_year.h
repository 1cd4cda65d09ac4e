// A published CyberTipline year and nothing else: at 1:1 every published table comes out exactly, at 1:N by largest remainder.
//
// A report is one event, a referral one more; where law enforcement gave feedback, three. The user's location is where the ledger places the
// report (the envelope's jurisdiction: US-CA, US, a country, or none where it is unknown); the country is what the report lists
// (geo_countries). Those two are published as different figures, and differ.
#pragma once

#include "api/simulate/referrals.h"
#include "api/simulate/simulated_year.h"

namespace caseledger::api {

class CyberTiplineYear final : public SimulatedYear {
 public:
  // parts: 1:N. The year has to be published.
  CyberTiplineYear(unsigned year, std::uint64_t parts, std::uint64_t seed);

  const simulate::ReportTables& planned() const { return reports_.tables(); }

  std::uint64_t groups(Phase phase) const override;
  std::vector<StreamId> policies() const override { return {}; }

 private:
  void write_group(Phase phase, std::uint64_t number, simulate::EventWriter& writer, simulate::Group& out) const override;

  std::uint64_t seed_;
  simulate::Reports reports_;
  simulate::Recipients recipients_;
};

}  // namespace caseledger::api
