// Plain structs as bytes, for the states and the cell keys of projections: what is packed comes out again as it went in.
//
// Fields stand one behind the other in their order: whole numbers in groups of seven bits, the lowest first (small ones take one byte, and
// signed ones count 0, −1, 1, −2, …), texts and lists behind their length, what may be missing behind a yes or no. A struct is any aggregate of such fields; equal values give equal bytes.
#pragma once

#include <boost/pfr/core.hpp>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ledger/core/result.h"

namespace caseledger::projections {

namespace inside_packed {

// What is bytes already: an id, a code, a yes or no.
template <class Value>
inline constexpr bool is_raw = alignof(Value) == 1 && std::is_trivially_copyable_v<Value> &&
                               (std::has_unique_object_representations_v<Value> || std::is_same_v<Value, bool>) && !std::is_enum_v<Value>;

template <class Value>
inline constexpr bool is_optional = false;
template <class Item>
inline constexpr bool is_optional<std::optional<Item>> = true;

template <class Value>
inline constexpr bool is_list = false;
template <class Item>
inline constexpr bool is_list<std::vector<Item>> = true;
template <>
inline constexpr bool is_list<std::string> = true;

// Writes behind a text, many small pieces at a time.
class Writer {
 public:
  explicit Writer(std::string& to) : to_(to) {}
  Writer(const Writer&) = delete;
  ~Writer() { to_.append(held_, size_); }

  void number(std::uint64_t number) {
    if (sizeof held_ - size_ < 10) flush();
    for (; number >= 0x80; number >>= 7) held_[size_++] = static_cast<char>(number | 0x80);
    held_[size_++] = static_cast<char>(number);
  }
  void bytes(const void* bytes, std::size_t size) {
    if (sizeof held_ - size_ < size) flush();
    if (sizeof held_ < size) {
      to_.append(static_cast<const char*>(bytes), size);
    } else if (size > 0) {
      std::memcpy(held_ + size_, bytes, size);
      size_ += size;
    }
  }

 private:
  void flush() { to_.append(held_, std::exchange(size_, 0)); }

  std::string& to_;
  std::size_t size_ = 0;
  char held_[256];
};

constexpr std::uint64_t unsigned_of(std::int64_t number) { return static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63); }
constexpr std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1); }

// False where the bytes are no number.
inline bool read_number(std::string_view& rest, std::uint64_t& number) {
  if (!rest.empty() && static_cast<std::uint8_t>(rest.front()) < 0x80) {
    number = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    return true;
  }
  number = 0;
  for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

inline std::uint64_t take_number(std::string_view& rest) {
  std::uint64_t number = 0;
  ENSURE(read_number(rest, number));
  return number;
}

template <class Value>
void put(Writer& out, const Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    put(out, static_cast<std::underlying_type_t<Value>>(value));
  } else if constexpr (is_raw<Value>) {
    out.bytes(&value, sizeof value);
  } else if constexpr (std::signed_integral<Value>) {
    out.number(unsigned_of(value));
  } else if constexpr (std::unsigned_integral<Value>) {
    out.number(value);
  } else if constexpr (is_list<Value>) {
    out.number(value.size());
    if constexpr (is_raw<typename Value::value_type>) out.bytes(value.data(), value.size() * sizeof(value[0]));
    else
      for (const auto& item : value) put(out, item);
  } else if constexpr (is_optional<Value>) {
    put(out, value.has_value());
    if (value) put(out, *value);
  } else {
    boost::pfr::for_each_field(value, [&](const auto& field) { put(out, field); });
  }
}
template <class Value>
void put(std::string& out, const Value& value) {
  Writer writer(out);
  put(writer, value);
}

template <class Value>
void take(std::string_view& rest, Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    std::underlying_type_t<Value> number{};
    take(rest, number);
    value = static_cast<Value>(number);
  } else if constexpr (is_raw<Value>) {
    ENSURE(rest.size() >= sizeof value);
    std::memcpy(&value, rest.data(), sizeof value);
    rest.remove_prefix(sizeof value);
  } else if constexpr (std::signed_integral<Value>) {
    value = static_cast<Value>(signed_of(take_number(rest)));
  } else if constexpr (std::unsigned_integral<Value>) {
    value = static_cast<Value>(take_number(rest));
  } else if constexpr (is_list<Value>) {
    const std::uint64_t count = take_number(rest);
    ENSURE(count <= rest.size());
    value.resize(count);
    if constexpr (is_raw<typename Value::value_type>) {
      ENSURE(count * sizeof(value[0]) <= rest.size());
      if (count > 0) std::memcpy(value.data(), rest.data(), count * sizeof(value[0]));
      rest.remove_prefix(count * sizeof(value[0]));
    } else {
      for (auto& item : value) take(rest, item);
    }
  } else if constexpr (is_optional<Value>) {
    bool there = false;
    take(rest, there);
    if (there) take(rest, value.emplace());
  } else {
    boost::pfr::for_each_field(value, [&](auto& field) { take(rest, field); });
  }
}

}  // namespace inside_packed

template <class Struct>
void pack(std::string& bytes, const Struct& value) {
  bytes.clear();
  inside_packed::put(bytes, value);
}
template <class Struct>
std::string packed(const Struct& value) {
  std::string bytes;
  inside_packed::put(bytes, value);
  return bytes;
}

// Of no bytes: a struct as it begins.
template <class Struct>
Struct unpacked(std::string_view bytes) {
  Struct value{};
  if (bytes.empty()) return value;
  inside_packed::take(bytes, value);
  ENSURE(bytes.empty());
  return value;
}

// Cells of several sorts in one projection: a letter says which a key is of.
template <class Struct>
std::string cell_key(char sort, const Struct& value) {
  std::string key(1, sort);
  inside_packed::put(key, value);
  return key;
}

// Where a sort of cell has a type of its own: Cell::sort.
template <class Cell>
std::string cell_key(const Cell& cell) {
  std::string key(1, Cell::sort);
  inside_packed::put(key, cell);
  return key;
}
template <class Cell>
std::optional<Cell> cell_of(std::string_view key) {
  if (key.empty() || key[0] != Cell::sort) return std::nullopt;
  return unpacked<Cell>(key.substr(1));
}

}  // namespace caseledger::projections
