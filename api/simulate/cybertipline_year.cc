#include "api/simulate/cybertipline_year.h"

#include <chrono>

namespace caseledger::api {

using namespace simulate;

namespace {

Micros begin_of(unsigned year) {
  const std::chrono::sys_days day = std::chrono::year(static_cast<int>(year)) / 1 / 1;
  return std::chrono::duration_cast<std::chrono::microseconds>(day.time_since_epoch()).count();
}

ReportTables published_tables(unsigned year, std::uint64_t parts) {
  ENSURE(year >= first_published_year && year - first_published_year < published_years_count && parts > 0);
  return tables_of(published_years()[year - first_published_year], {1, parts});
}

}  // namespace

CyberTiplineYear::CyberTiplineYear(unsigned year, std::uint64_t parts, std::uint64_t seed)
    : seed_(seed), reports_(published_tables(year, parts), begin_of(year), begin_of(year + 1), seed), recipients_(reports_.tables(), seed) {}

std::uint64_t CyberTiplineYear::groups(Phase phase) const { return phase == Phase::reports || phase == Phase::referrals ? reports_.count() : 0; }

void CyberTiplineYear::write_group(Phase phase, std::uint64_t number, EventWriter& writer, Group& out) const {
  const Report report = reports_.at(number);
  if (phase == Phase::reports) return reports_.write(report, writer, out);
  for (std::uint64_t nth = 0; nth < recipients_.count(report.place); ++nth) {
    const Referral referral = recipients_.referral(report.place, nth);
    const ReferralTerms terms{.priority = referral.detail == actionable ? schema::Priority::P2 : schema::Priority::P4};
    write_referral(reports_, report, referral, published_course(referral, report.received_at, reports_.last_moment()), terms, seed_, writer, out);
  }
}

}  // namespace caseledger::api
