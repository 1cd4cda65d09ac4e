// What meets bytes of strangers, each as a function that must not stumble whatever it is given: no crash, no refusal without a sentence,
// and what it accepts it writes again as the same.
//
// The same functions run under libFuzzer (scripts/fuzz), and in the unit tests with a few thousand mutations of the same seeds.
#pragma once

#include <span>
#include <vector>

#include "ledger/core/bytes.h"

namespace fuzz {

using caseledger::Buffer;
using caseledger::Bytes;

struct Target {
  std::string_view name;
  void (*run)(Bytes input);
  std::vector<Buffer> (*seeds)();
};

std::span<const Target> targets();

// A broken promise ends the process, as a crash would.
void expect(bool promise, std::string_view what);

}  // namespace fuzz
