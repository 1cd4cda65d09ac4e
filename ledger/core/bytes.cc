#include "ledger/core/bytes.h"

#include <charconv>
#include <sodium.h>

namespace caseledger {

std::string hex(Bytes bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

Result<Buffer> from_hex(std::string_view text) {
  Buffer bytes(text.size() / 2);
  std::size_t length = 0;
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr) != 0 ||
      length != bytes.size())
    return fail(Errc::malformed, "not hexadecimal: \"" + std::string(text.substr(0, 80)) + "\"");
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
    return fail(Errc::malformed, "not base64: \"" + std::string(text.substr(0, 80)) + "\"");
  bytes.resize(length);
  if (base64(bytes) != text)
    return fail(Errc::malformed, "base64 with stray bits: \"" + std::string(text.substr(0, 80)) + "\"");
  return bytes;
}

Result<std::uint64_t> from_decimal(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || (text.size() > 1 && text[0] == '0'))
    return fail(Errc::malformed, "not a decimal number: \"" + std::string(text.substr(0, 40)) + "\"");
  return value;
}

}  // namespace caseledger
