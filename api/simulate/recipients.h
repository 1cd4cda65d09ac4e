// To whom a report is made available, and at which level of detail: as many referrals of each class as the tables say.
//
// Reports with a user in the U.S. or at an unknown place go to agencies of the U.S., the others abroad; that is how the published totals lie.
// Each report of such a group has as many recipients as the group has on average, and some one more.
#pragma once

#include "api/simulate/report_tables.h"

namespace caseledger::api::simulate {

struct Referral {
  std::uint64_t number;   // among all of the year
  std::size_t recipient;  // 0 ICAC, 1 local, 2 federal, 3 international
  std::size_t detail;
  bool answered;          // law enforcement gives feedback
};

class Recipients {
 public:
  Recipients(const ReportTables& tables, std::uint64_t seed);

  // Of the report at a place of WhereTable's order.
  std::uint64_t count(std::uint64_t place) const;
  Referral referral(std::uint64_t place, std::uint64_t nth) const;

 private:
  std::uint64_t domestic_reports_, international_reports_, domestic_referrals_;
  std::vector<std::uint64_t> domestic_ends_;  // by referral_cell(), where each cell of the domestic ones ends
  Deal detail_;                               // of the international ones
  std::vector<std::uint64_t> feedback_;
};

}  // namespace caseledger::api::simulate
