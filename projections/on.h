// The body of an event, told to whom its type concerns.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "ledger/core/event.h"

namespace caseledger::projections {

template <class Table, class Tell>
void on(const EventView& event, Tell tell_it) {
  if (event.type == schema::BodyTraits<Table>::enum_value) tell_it(event.body<Table>());
}

inline bool is_among(schema::Body type, std::initializer_list<schema::Body> types) { return std::ranges::find(types, type) != types.end(); }

// The schema's word for a value of an open enum, without the underscore that generated names dodge C++ keywords with; of a value that this
// version has no word for, its number.
template <class Enum>
std::string name_or_number(Enum value, const char* (*name_of)(Enum)) {
  std::string_view name = name_of(value);
  if (name.ends_with('_')) name.remove_suffix(1);
  return name.empty() ? std::to_string(static_cast<unsigned>(value)) : std::string(name);
}

}  // namespace caseledger::projections
