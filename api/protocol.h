// What both ends of a session agree on beside its frames: the statement a client signs, subprotocols, close codes.
#pragma once

#include <array>

#include "ledger/core/bytes.h"

namespace caseledger::api {

// Who the client is, to whom it speaks, over which connection: caseledger/session/v1, origin, authority dialled, both nonces in base64, the TLS exporter in base64 or `-`: a line each.
inline std::string session_text(std::string_view origin, std::string_view authority, const std::array<std::uint8_t, 32>& server_nonce,
                                const std::array<std::uint8_t, 32>& client_nonce, std::string_view exporter) {
  std::string text = "caseledger/session/v1\n";
  text.append(origin).append("\n").append(authority).append("\n");
  text.append(base64(server_nonce)).append("\n").append(base64(client_nonce)).append("\n");
  text.append(exporter).append("\n");
  return text;
}

inline constexpr std::string_view no_exporter = "-";

// How the frames of a session are written: FlatBuffers in binary messages, or JSON in text messages.
inline constexpr std::string_view binary_subprotocol = "caseledger.v1", json_subprotocol = "caseledger.v1+json";

enum class CloseCode : std::uint16_t { normal = 1000, draining = 1001, protocol = 1002, wrong_frame_type = 1003, policy = 1008, too_big = 1009, try_later = 1013 };

}  // namespace caseledger::api
