// Time, injected: nothing below the composition root reads a clock of its own.
#pragma once

#include <functional>

#include "ledger/core/id.h"

namespace caseledger {

struct Clock {
  std::function<Micros()> wall;  // microseconds since the epoch
  std::function<Micros()> boot;  // microseconds since some fixed moment, never set back, counting through suspends
};

Clock system_clock();

}  // namespace caseledger
