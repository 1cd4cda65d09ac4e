// Plain structs as bytes, for the states and the cell keys of projections: what is packed comes out again as it went in.
//
// Fields stand one behind the other in their order, numbers as the machine has them, texts and lists behind their length. A struct is any
// aggregate of such fields; equal values give equal bytes.
#pragma once

#include <boost/pfr/core.hpp>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ledger/core/result.h"

namespace caseledger::projections {

namespace inside_packed {

template <class Value>
inline constexpr bool is_raw = std::has_unique_object_representations_v<Value> && std::is_trivially_copyable_v<Value>;

template <class Value>
inline constexpr bool is_list = false;
template <class Item>
inline constexpr bool is_list<std::vector<Item>> = true;
template <>
inline constexpr bool is_list<std::string> = true;

template <class Value>
void put(std::string& out, const Value& value) {
  if constexpr (is_raw<Value>) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  } else if constexpr (is_list<Value>) {
    put(out, static_cast<std::uint32_t>(value.size()));
    if constexpr (is_raw<typename Value::value_type>) out.append(reinterpret_cast<const char*>(value.data()), value.size() * sizeof(value[0]));
    else
      for (const auto& item : value) put(out, item);
  } else {
    boost::pfr::for_each_field(value, [&](const auto& field) { put(out, field); });
  }
}

template <class Value>
void take(std::string_view& rest, Value& value) {
  if constexpr (is_raw<Value>) {
    ENSURE(rest.size() >= sizeof value);
    std::memcpy(&value, rest.data(), sizeof value);
    rest.remove_prefix(sizeof value);
  } else if constexpr (is_list<Value>) {
    std::uint32_t count = 0;
    take(rest, count);
    ENSURE(count <= rest.size());
    value.resize(count);
    for (auto& item : value) take(rest, item);
  } else {
    boost::pfr::for_each_field(value, [&](auto& field) { take(rest, field); });
  }
}

}  // namespace inside_packed

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
