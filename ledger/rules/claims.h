// What an event claims, whatever its stream's state: its times have come and are in their order, its jurisdiction is a code.
//
// Held when an event is recorded, and not after: earlier versions recorded what they did not hold. It stands, folds count it, and the audit
// warns of it.
#pragma once

#include "ledger/rules/rules.h"

namespace caseledger::rules {

// Errors: future.
Result<void> has_come(const EventView& event, std::string_view what, Micros at, const Context& context);

// Whether no time of the body precedes one that it has to follow, by more than the event's precision and what two clocks may be apart. Of an
// imported fact it is not held when it is recorded.
bool times_in_order(const EventView& event, Micros two_clocks);

// Of an event that may follow in its stream (rules.h: admit), and of the replacement that a correction asks for.
// Errors: future, value_out_of_range.
Result<void> check_claims(const EventView& event, const Context& context);

}  // namespace caseledger::rules
