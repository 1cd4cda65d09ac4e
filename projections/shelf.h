// Where the states of streams rest that memory has no room for.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "ledger/core/id.h"
#include "ledger/core/result.h"

namespace caseledger::projections {

class Shelf {
 public:
  virtual ~Shelf() = default;

  // Errors of all: io, verification_failed.
  virtual Result<std::string> states(const StreamId& stream) const = 0;  // empty: there are none
  virtual Result<void> each(const std::function<void(const StreamId& stream, std::string_view states)>& visit) const = 0;  // in the order of streams

  using Row = std::pair<std::string, std::string>;  // as Folds keeps them
  virtual Result<void> put(std::span<const Row> sorted) = 0;
};

}  // namespace caseledger::projections
