// References to a version of a stream, as JSON.
#pragma once

#include "ledger/core/id.h"

namespace samples {

inline std::string ref(const caseledger::StreamId& stream, caseledger::Version version) {
  return R"({"stream":")" + to_string(stream) + R"(","version":)" + std::to_string(version) + '}';
}
// A list of causes that names just that one.
inline std::string causes(const caseledger::StreamId& stream, caseledger::Version version) { return '[' + ref(stream, version) + ']'; }

}  // namespace samples
