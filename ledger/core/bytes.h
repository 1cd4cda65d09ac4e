// Bytes, the numbers inside them, and their text forms.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/core/result.h"

namespace caseledger {

static_assert(std::endian::native == std::endian::little, "the formats are little-endian and read in place");

using Bytes = std::span<const std::uint8_t>;
using Buffer = std::vector<std::uint8_t>;

inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline bool equal(Bytes a, Bytes b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

template <class Integer>
Integer load_le(const std::uint8_t* at) {
  Integer value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <class Integer>
void store_le(std::uint8_t* at, Integer value) {
  std::memcpy(at, &value, sizeof value);
}
template <class Integer>
Integer load_be(const std::uint8_t* at) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = static_cast<Integer>(value << 8 | at[i]);
  return value;
}
template <class Integer>
void store_be(std::uint8_t* at, Integer value) {
  for (std::size_t i = sizeof value; i-- > 0; value = static_cast<Integer>(value >> 8)) at[i] = static_cast<std::uint8_t>(value);
}

template <class Container>
void append(Container& to, Bytes what) {
  auto* from = reinterpret_cast<const typename Container::value_type*>(what.data());
  to.insert(to.end(), from, from + what.size());
}
template <class Integer, class Container>
void append_le(Container& to, Integer value) {
  std::uint8_t raw[sizeof value];
  store_le(raw, value);
  append(to, Bytes(raw));
}
template <class Integer, class Container>
void append_be(Container& to, Integer value) {
  std::uint8_t raw[sizeof value];
  store_be(raw, value);
  append(to, Bytes(raw));
}

// The beginning of a text, for sentences: in quotes, printable ASCII only.
std::string quote(std::string_view text);

std::string hex(Bytes bytes);
Result<Buffer> from_hex(std::string_view text);

// Standard alphabet with padding. Decoding accepts only what encoding gives back.
std::string base64(Bytes bytes);
Result<Buffer> from_base64(std::string_view text);

template <std::size_t N>
Result<std::array<std::uint8_t, N>> exactly(const Result<Buffer>& bytes) {
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->size() != N)
    return fail(Errc::malformed, "found " + std::to_string(bytes->size()) + " bytes where " + std::to_string(N) + " belong");
  std::array<std::uint8_t, N> out;
  std::memcpy(out.data(), bytes->data(), N);
  return out;
}

// A decimal without sign, leading zeros or anything else around it.
Result<std::uint64_t> from_decimal(std::string_view text);

bool is_utf8(std::string_view text);  // RFC 3629: shortest forms only, no surrogates

}  // namespace caseledger
