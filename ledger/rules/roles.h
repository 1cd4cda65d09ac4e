// Which event types a set of roles may append.
#pragma once

#include <bitset>

#include "ledger/core/schema.h"

namespace caseledger::rules {

using schema::Role;
using Roles = std::uint16_t;  // bit (1 << Role)

constexpr Roles bit(Role role) { return static_cast<Roles>(1u << static_cast<int>(role)); }

// groups: bit (1 << EventGroup), narrowing what the roles allow; 0 does not narrow.
std::bitset<body_numbers> events_of(Roles roles, std::uint16_t groups);

std::vector<std::string> names(Roles roles);

}  // namespace caseledger::rules
