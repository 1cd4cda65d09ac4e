// What the simulator hands out: exact event bytes, the openings that belong to them, and who is to sign.
#pragma once

#include <vector>

#include "api/simulate/phase.h"
#include "ledger/core/sealed.h"

namespace caseledger::api {

struct SimulatedEvent {
  Buffer event;
  std::vector<Opening> openings;  // one for each sealed part, in order; the index of the event is the batch's to set
  Author author = Author::case_system;
  bool begins_group = false;      // a batch may begin here
};

}  // namespace caseledger::api
