// Which events a reader wants: what is empty matches everything.
#pragma once

#include <bitset>

#include "api/frames.h"

namespace caseledger::api {

// "case". Nothing: there is no such kind.
std::optional<StreamKind> kind_named(std::string_view name);

struct EventFilter {
  std::bitset<256> kinds;
  std::bitset<body_numbers> types;
  std::vector<std::string> jurisdictions;  // "US" covers "US-TX"
  std::optional<StreamId> stream;

  bool matches(const EventView& event) const;
  bool operator==(const EventFilter&) const = default;
};
// In one order, whichever the filter came in. Errors: value_out_of_range, too_large.
Result<EventFilter> parse_filter(const frames::Filter& filter, std::size_t terms_max);

}  // namespace caseledger::api

template <>
struct std::hash<caseledger::api::EventFilter> {
  std::size_t operator()(const caseledger::api::EventFilter& filter) const;
};
