// A figure: a number that says what it counts, over what, as known when.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "ledger/core/id.h"

namespace caseledger::projections {

struct Figure {
  std::string id;                       // "R1"
  std::string title;                    // what it is, in words
  std::uint32_t definition = 1;         // version of the definition
  std::string unit;                     // "ratio", "episodes", "us" (microseconds), "cameras", …
  std::vector<std::pair<std::string, std::string>> group;  // dimension → value, in a fixed order; empty: all
  std::optional<std::int64_t> numerator, denominator;
  std::optional<std::string> value;     // an integer, or a decimal with six places; none: no data, not reached
  std::optional<std::pair<std::string, std::string>> interval;  // 95 %
  std::vector<std::string> flags;       // "not_reached", "no_data", …
  std::string note;
};

struct FigureQuery {
  Micros as_of = 0;                     // the clock of the as-of: recorded_at of its last entry
  struct Period {
    Micros from, to;                    // [from, to)
  };
  std::optional<Period> period;         // none: everything up to as_of
  std::vector<std::string> by;          // dimensions to split by, e.g. {"case_type", "jurisdiction"}
  std::vector<std::string> wanted = {};  // ids, or families of them ("T2" has T2.queue.p50): others may be told too, or not; none: all

  // Whether a figure of this family may be wanted.
  bool wants(std::string_view family) const {
    const auto within = [](std::string_view id, std::string_view of) { return id.starts_with(of) && (id.size() == of.size() || id[of.size()] == '.'); };
    return wanted.empty() || std::ranges::any_of(wanted, [&](std::string_view each) { return within(family, each) || within(each, family); });
  }
};

}  // namespace caseledger::projections
