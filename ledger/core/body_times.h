// The times of a body that are held to something when an event is recorded (ledger/rules/claims.h), and what a code is.
#pragma once

#include <span>
#include <string_view>

#include "event_generated.h"

namespace caseledger {

// A time in the body's own table, or in those of one of its fields. Places are vtable slots.
struct BodyTime {
  std::string_view table = {}, name = {};  // "Clock", "until"
  std::string_view after_name = {};        // the time of the same table that it does not precede, at `after`; 0: none
  std::uint16_t slot = 0, after = 0;
  bool ahead = false;                      // it may lie in the future
  std::uint16_t within = 0;                // the body's field that holds the table; 0: the body itself is it
  bool many = false;                       // that field is a vector of tables
};

// Those of an event type that have to have come, or to be in order.
std::span<const BodyTime> body_times(schema::Body type);

// Letters, digits and `_ - . : /`: what the attribute `code` asks for.
bool is_code(std::string_view text);

}  // namespace caseledger
