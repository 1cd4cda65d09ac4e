// Why someone was not let in. The names are counted in AuthFailed events and never renamed.
#pragma once

#include <array>
#include <string_view>

namespace caseledger::api {

enum class AuthFault : unsigned char {
  malformed,         // no token of the form that was wanted
  wrong_origin,      // made for another ledger
  wrong_authority,   // made for another server
  not_yet_valid,
  expired,
  too_long,          // it would be valid for longer than any may be
  bad_signature,
  unknown_key,
  revoked_key,
};
inline constexpr std::array<std::string_view, 9> auth_fault_names = {"malformed", "wrong_origin",  "wrong_authority", "not_yet_valid", "expired",
                                                                     "too_long",  "bad_signature", "unknown_key",     "revoked_key"};
constexpr std::string_view name(AuthFault fault) { return auth_fault_names[static_cast<std::size_t>(fault)]; }

}  // namespace caseledger::api
