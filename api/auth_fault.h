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

// Why a TLS handshake was refused. Counted and never renamed, like those above.
enum class HandshakeFault : unsigned char {
  no_certificate,   // one was demanded
  bad_certificate,  // by nobody who is trusted here, expired, or without its key
  old_version,      // older than TLS 1.3
  not_tls,
  by_client,        // it does not take the server's certificate, or its ciphers
  timed_out,
  other,
};
inline constexpr std::array<std::string_view, 7> handshake_fault_names = {"no_certificate", "bad_certificate", "old_version", "not_tls", "by_client", "timed_out", "other"};
constexpr std::string_view name(HandshakeFault fault) { return handshake_fault_names[static_cast<std::size_t>(fault)]; }

}  // namespace caseledger::api
