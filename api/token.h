// Bearer tokens: a short statement, signed by an enrolled key, that whoever shows it reads on that key's behalf.
//
// A token names the ledger, the server it is for and a span of at most 15 minutes. It says nothing of what may be read: that follows from
// the key's enrolment whenever the token is shown. Nobody keeps a password or a session.
#pragma once

#include <expected>
#include <functional>
#include <span>

#include "api/auth_fault.h"
#include "ledger/core/note.h"

namespace caseledger::api {

inline constexpr std::int64_t token_seconds_max = 15 * 60;   // from not_before to expires
inline constexpr std::int64_t token_skew_seconds_max = 60;   // how far ahead of ours the clock of whoever made it may be
inline constexpr std::size_t token_bytes_max = 2048;         // as it is sent

struct Token {
  std::string origin, authority;  // authority: host[:port] as it is dialled
  std::int64_t not_before = 0, expires = 0;  // seconds since the epoch
  PublicKey key{};
  std::array<std::uint8_t, 16> nonce{};

  // What is signed: caseledger/token/v1, origin, authority, not before, expires, key and nonce in base64: a line each.
  std::string text() const;
};

// The token as it stands behind "Bearer ": base64url of its text and a line with the signature.
std::string sign_token(const Token& token, const Signer& key);

// One for the next five minutes.
std::string new_token(std::string_view origin, std::string_view authority, const Signer& key, Micros now,
                      const std::function<void(std::span<std::uint8_t>)>& random);

struct AuthFailure {
  AuthFault fault;
  std::string sentence;
};

// The key that signed it, for this ledger, one of these authorities and this moment. Whether that key is enrolled is another question.
std::expected<PublicKey, AuthFailure> check_token(std::string_view token, std::string_view origin, std::span<const std::string> authorities, Micros now);

}  // namespace caseledger::api
