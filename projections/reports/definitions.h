// What every figure means, apart from any ledger: a figure of an id is never something else under the same version.
//
// The list follows from the figures themselves, over sums in which there is nothing. Their titles are written so that what the numerator
// and the denominator count can be read off: "Of the reports, those …", "Accepted, of the services …", "Incidents per report".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caseledger::reports {

// Of all of them together, as editions name it. One that changes has another version of its own, which its tables tell.
inline constexpr std::string_view definitions_version = "1";

struct Definition {
  std::string id, title, unit;
  std::uint32_t version = 1;
  std::string numerator, denominator;  // what they count; empty: there is none

  friend auto operator<=>(const Definition&, const Definition&) = default;
};

// Of every figure there is, in the order figures are answered.
const std::vector<Definition>& definitions();

// Is there a figure of this id, or one beneath it?
bool is_defined(std::string_view id);

// What figures may be split by.
std::span<const std::string_view> dimensions();

}  // namespace caseledger::reports
