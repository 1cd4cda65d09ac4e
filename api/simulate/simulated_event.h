// What the simulator hands out: exact event bytes, the openings that belong to them, and who is to sign.
#pragma once

#include <vector>

#include "ledger/core/sealed.h"

namespace caseledger::api {

// The roles that write the year; whoever appends it holds a key for each of them.
enum class Author : std::uint8_t { case_system, automated_source, analyst, supervisor };
inline constexpr std::size_t authors = 4;

struct SimulatedEvent {
  Buffer event;
  std::vector<Opening> openings;  // one for each sealed part, in order; the index of the event is the batch's to set
  Author author = Author::case_system;
  bool begins_stream_group = false;  // a batch may begin here
};

}  // namespace caseledger::api
