#include "api/token.h"

#include <algorithm>

namespace caseledger::api {

namespace {

constexpr std::string_view tag = "caseledger/token/v1";
constexpr std::int64_t new_token_seconds = 5 * 60, second = 1'000'000;

// RFC 4648 §5, without padding.
std::string base64url(Bytes bytes) {
  std::string text = base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

Result<Buffer> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != text.npos) return fail(Errc::malformed, "not base64url");
  std::string plain(text);
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  return from_base64(plain);
}

struct SignedToken {
  Token token;
  Signature signature;
};

Result<SignedToken> parse(std::string_view sent) {
  if (sent.size() > token_bytes_max) return fail(Errc::too_large, "a token has at most " + std::to_string(token_bytes_max) + " bytes");
  TRY_AS(bytes, from_base64url(sent));
  std::string_view rest = text_of(bytes);
  const auto line = [&]() -> Result<std::string_view> {
    const auto end = rest.find('\n');
    if (end == rest.npos) return fail(Errc::malformed, "a token has eight lines");
    const auto found = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return found;
  };
  SignedToken read;
  Token& token = read.token;
  TRY_AS(first, line());
  if (first != tag) return fail(Errc::malformed, "a token begins with " + std::string(tag));
  TRY_AS(origin, line());
  TRY_AS(authority, line());
  token.origin = origin, token.authority = authority;
  for (std::int64_t* time : {&token.not_before, &token.expires}) {
    TRY_AS(text, line());
    TRY_AS(seconds, from_decimal(text));
    if (seconds >> 40 != 0) return fail(Errc::malformed, "a time of the token lies beyond every calendar");
    *time = static_cast<std::int64_t>(seconds);
  }
  TRY_AS(key_text, line());
  TRY_AS(key, exactly<32>(from_base64(key_text)));
  TRY_AS(nonce_text, line());
  TRY_AS(nonce, exactly<16>(from_base64(nonce_text)));
  TRY_AS(signature_text, line());
  TRY_AS(signature, exactly<64>(from_base64(signature_text)));
  if (!rest.empty()) return fail(Errc::malformed, "a token has eight lines");
  token.key = key, token.nonce = nonce, read.signature = signature;
  return read;
}

}  // namespace

std::string Token::text() const {
  std::string text(tag);
  for (const std::string& line : {origin, authority, std::to_string(not_before), std::to_string(expires), base64(key), base64(nonce)})
    text.append("\n").append(line);
  return text + '\n';
}

std::string sign_token(const Token& token, const Signer& key) {
  const std::string text = token.text();
  return base64url(bytes_of(text + base64(key.sign(bytes_of(text))) + '\n'));
}

std::string new_token(std::string_view origin, std::string_view authority, const Signer& key, Micros now,
                      const std::function<void(std::span<std::uint8_t>)>& random) {
  Token token{std::string(origin), std::string(authority), now / second, now / second + new_token_seconds, key.vkey().key, {}};
  random(token.nonce);
  return sign_token(token, key);
}

std::expected<PublicKey, AuthFailure> check_token(std::string_view sent, std::string_view origin, std::span<const std::string> authorities, Micros now) {
  const auto refuse = [](AuthFault fault, std::string sentence) { return std::unexpected(AuthFailure{fault, std::move(sentence)}); };
  const auto read = parse(sent);
  if (!read) return refuse(AuthFault::malformed, read.error().sentence);
  const Token& token = read->token;
  const std::int64_t today = now / second;
  if (token.origin != origin) return refuse(AuthFault::wrong_origin, "the token is for another ledger, " + quote(token.origin));
  if (std::ranges::find(authorities, token.authority) == authorities.end())
    return refuse(AuthFault::wrong_authority, "the token is for another server, " + quote(token.authority));
  if (token.expires <= token.not_before || token.expires - token.not_before > token_seconds_max)
    return refuse(AuthFault::too_long, "a token is valid for at most " + std::to_string(token_seconds_max) + " s");
  if (token.not_before > today + token_skew_seconds_max) return refuse(AuthFault::not_yet_valid, "the token is not valid yet; is the clock right?");
  if (token.expires <= today) return refuse(AuthFault::expired, "the token has expired; make a new one");
  if (!verify_ed25519(token.key, bytes_of(token.text()), read->signature)) return refuse(AuthFault::bad_signature, "the token's signature does not hold");
  return token.key;
}

}  // namespace caseledger::api
