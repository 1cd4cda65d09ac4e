// What a client signs to open a session: who it is, to whom it speaks, over which connection.
#pragma once

#include <array>

#include "ledger/core/bytes.h"

namespace caseledger::api {

// caseledger/session/v1, origin, authority dialled, both nonces in base64, the TLS exporter in base64 or `-`: a line each.
inline std::string session_text(std::string_view origin, std::string_view authority, const std::array<std::uint8_t, 32>& server_nonce,
                                const std::array<std::uint8_t, 32>& client_nonce, std::string_view exporter) {
  std::string text = "caseledger/session/v1\n";
  text.append(origin).append("\n").append(authority).append("\n");
  text.append(base64(server_nonce)).append("\n").append(base64(client_nonce)).append("\n");
  text.append(exporter).append("\n");
  return text;
}

inline constexpr std::string_view no_exporter = "-";

}  // namespace caseledger::api
