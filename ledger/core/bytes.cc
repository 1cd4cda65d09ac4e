#include "ledger/core/bytes.h"

#include <charconv>
#include <sodium.h>

namespace caseledger {

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text.substr(0, 40)) quoted += c >= 0x20 && c < 0x7f && c != '"' ? c : '?';
  return quoted + (text.size() > 40 ? "…\"" : "\"");
}

std::string hex(Bytes bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

Result<Buffer> from_hex(std::string_view text) {
  if (text.empty()) return Buffer{};  // libsodium wants somewhere to write
  Buffer bytes(text.size() / 2);
  std::size_t length = 0;
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr) != 0 ||
      length != bytes.size())
    return fail(Errc::malformed, "not hexadecimal: " + quote(text));
  return bytes;
}

std::string base64(Bytes bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

Result<Buffer> from_base64(std::string_view text) {
  Buffer bytes(text.size() / 4 * 3 + 3);
  std::size_t length = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr,
                        sodium_base64_VARIANT_ORIGINAL) != 0)
    return fail(Errc::malformed, "not base64: " + quote(text));
  bytes.resize(length);
  if (base64(bytes) != text)
    return fail(Errc::malformed, "base64 with stray bits: " + quote(text));
  return bytes;
}

Result<std::uint64_t> from_decimal(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || (text.size() > 1 && text[0] == '0'))
    return fail(Errc::malformed, "not a decimal number: " + quote(text));
  return value;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < length) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
    const auto second = static_cast<unsigned char>(length > 1 ? text[1] : 0);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
      return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace caseledger
