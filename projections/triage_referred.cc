#include "projections/triage_referred.h"

#include <algorithm>

#include "projections/moment.h"
#include "projections/on.h"
#include "projections/packed.h"

namespace caseledger::projections {

using namespace schema;

void take(ReferralStream& referral, const EventView& event) {
  Referred& told = referral.told;
  on<ReferralMade>(event, [&](const auto& body) { referral.item = uuid_of(body.item_ref()->stream()); });
  on<ReferralDelivered>(event, [&](const auto& body) {
    if (told.delivered == 0) told.delivered = body.delivered_at();
  });
  on<ReferralResponded>(event, [&](const auto& body) {
    if (told.accepted == 0 && body.response() == ReferralResponse::accepted) told.accepted = body.responded_at();
  });
  on<ReferralRevoked>(event, [&](const auto&) { told.revoked = moment_of(event).at; });
}

ReferralsOfItem referrals_in(const Heard& heard) {
  ReferralsOfItem all;
  const auto note_first = [](Micros& first, Micros at) {
    if (at != 0 && (first == 0 || at < first)) first = at;
  };
  heard.each([&](std::string_view what, std::int64_t) {
    const auto one = unpacked<Referred>(what);
    all.any = true;
    all.standing |= one.revoked == 0;
    note_first(all.delivered, one.delivered);
    note_first(all.accepted, one.accepted);
    all.revoked = std::max(all.revoked, one.revoked);
  });
  return all;
}

}  // namespace caseledger::projections
