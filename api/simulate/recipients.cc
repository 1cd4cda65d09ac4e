#include "api/simulate/recipients.h"

#include <algorithm>

namespace caseledger::api::simulate {

namespace {

constexpr std::size_t international = recipient_classes - 1;

std::vector<std::uint64_t> abroad(const ReportTables& tables) {
  const auto of = [&](Detail detail) { return tables.referred[referral_cell(international, detail)]; };
  return {of(actionable), of(informational)};
}

// How many of `things`, dealt one after the other in rounds to `places`, the place gets.
std::uint64_t dealt(std::uint64_t things, std::uint64_t places, std::uint64_t place) { return things / places + (place < things % places ? 1 : 0); }

}  // namespace

Recipients::Recipients(const ReportTables& tables, std::uint64_t seed)
    : international_reports_(tables.by_location[static_cast<std::size_t>(UserLocation::international)]),
      detail_(abroad(tables), seed, Draw::shuffle_details),
      feedback_(tables.feedback) {
  domestic_reports_ = tables.reports - international_reports_;
  domestic_referrals_ = 0;
  for (std::size_t cell = 0; cell < referral_cell(international, 0); ++cell) domestic_ends_.push_back(domestic_referrals_ += tables.referred[cell]);
}

std::uint64_t Recipients::count(std::uint64_t place) const {
  if (place < domestic_reports_) return dealt(domestic_referrals_, domestic_reports_, place);
  return dealt(detail_.shares()[0] + detail_.shares()[1], international_reports_, place - domestic_reports_);
}

Referral Recipients::referral(std::uint64_t place, std::uint64_t nth) const {
  if (place >= domestic_reports_) {
    const std::uint64_t number = place - domestic_reports_ + nth * international_reports_;
    const auto given = detail_(number);
    return {domestic_referrals_ + number, international, given.slot, given.slot == actionable && given.place < feedback_[international]};
  }
  const std::uint64_t number = place + nth * domestic_reports_;
  const auto cell = static_cast<std::size_t>(std::ranges::upper_bound(domestic_ends_, number) - domestic_ends_.begin());
  const std::uint64_t among = number - (cell == 0 ? 0 : domestic_ends_[cell - 1]);
  const std::size_t recipient = cell / details, detail = cell % details;
  return {number, recipient, detail, detail == actionable && among < feedback_[recipient]};
}

}  // namespace caseledger::api::simulate
