// How the referrals of an item fare, for the waits of T2 that end outside its own stream.
//
// A referral is a stream of its own. It tells the stream of the item that it refers, and that adds up what its referrals tell.
#pragma once

#include "ledger/core/event.h"
#include "projections/heard.h"

namespace caseledger::projections {

// One referral. Times are 0 where there is none (yet).
struct Referred {
  Micros delivered = 0, accepted = 0, revoked = 0;
};

// The state of a referral's stream.
struct ReferralStream {
  StreamKind kind = StreamKind::referral;
  StreamId item;
  Referred told;
};

// Takes in one event of any type.
void take(ReferralStream& referral, const EventView& event);

// All referrals of one item.
struct ReferralsOfItem {
  bool any = false, standing = false;    // there is one; one that was not revoked
  Micros delivered = 0, accepted = 0;    // the first of any
  Micros revoked = 0;                    // the last
};
ReferralsOfItem referrals_in(const Heard& heard);

}  // namespace caseledger::projections
