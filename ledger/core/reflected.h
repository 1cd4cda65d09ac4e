// The binary schema that is compiled in, and how its attributes are read: for schema.cc and strict.cc alone.
#pragma once

#include <algorithm>
#include <flatbuffers/reflection.h>
#include <string_view>

#include "event_bfbs_generated.h"

namespace caseledger::reflected {

inline const reflection::Schema& binary_schema() {
  static const auto* schema = reflection::GetSchema(schema::EventBinarySchema::data());
  return *schema;
}

template <class Object>
std::string_view attribute(const Object& object, std::string_view key) {
  if (const auto* all = object.attributes())
    for (const auto* each : *all)
      if (each->key()->string_view() == key) return each->value() ? each->value()->string_view() : std::string_view{};
  return {};
}
template <class Object>
bool has_attribute(const Object& object, std::string_view key) {
  if (const auto* all = object.attributes())
    return std::ranges::any_of(*all, [&](const auto* each) { return each->key()->string_view() == key; });
  return false;
}

inline std::string_view short_name(const flatbuffers::String& full) {
  const std::string_view text = full.string_view();
  return text.substr(text.rfind('.') + 1);
}

}  // namespace caseledger::reflected
