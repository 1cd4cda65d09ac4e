#include "ledger/clock.h"

#include <ctime>

namespace caseledger {

namespace {
Micros read(clockid_t which) {
  timespec now{};
  clock_gettime(which, &now);
  return Micros{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}
}  // namespace

Clock system_clock() {
  return {[] { return read(CLOCK_REALTIME); }, [] { return read(CLOCK_BOOTTIME); }};
}

}  // namespace caseledger
