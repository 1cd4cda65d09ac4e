// 128 bits: sums of any number of 64-bit counts, and products of two of them.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace caseledger {

__extension__ using Wide = unsigned __int128;

// As a count, where it is small enough for one.
constexpr std::optional<std::int64_t> exact(Wide n) {
  if (n > Wide{std::numeric_limits<std::int64_t>::max()}) return std::nullopt;
  return static_cast<std::int64_t>(n);
}

}  // namespace caseledger
