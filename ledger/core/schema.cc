#include "ledger/core/schema.h"

#include <algorithm>

#include "ledger/core/reflected.h"

namespace caseledger {

using namespace reflected;

namespace {

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) found.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

const reflection::Enum& enum_named(std::string_view name) {
  for (const auto* each : *binary_schema().enums())
    if (short_name(*each->name()) == name) return *each;
  ENSURE(false && "the schema has the enum");
  __builtin_unreachable();
}

std::uint32_t kind_bits(std::string_view names) {
  std::uint32_t bits = 0;
  for (const auto word : words(names)) {
    const auto& values = *enum_named("StreamKind").values();
    const auto* found = *std::ranges::find_if(values, [&](const auto* v) { return v->name()->string_view() == word; });
    bits |= 1u << found->value();
  }
  return bits;
}

std::vector<EventType> read_event_types() {
  std::vector<EventType> types(body_numbers);
  for (const auto* member : *enum_named("Body").values()) {
    if (member->value() == 0) continue;
    const auto& object = *binary_schema().objects()->Get(static_cast<unsigned>(member->union_type()->index()));
    EventType& type = types[static_cast<std::size_t>(member->value())];
    type.name = short_name(*object.name());
    if (const auto group = attribute(object, "group"); !group.empty()) type.group = group[0];
    type.streams = kind_bits(attribute(object, "streams"));
    type.opens = kind_bits(attribute(object, "opens"));
    type.sealed = words(attribute(object, "sealed"));
    type.sealed_must = words(attribute(object, "sealed_must"));
  }
  return types;
}

const std::vector<EventType>& event_types() {
  static const std::vector<EventType> types = read_event_types();
  return types;
}

}  // namespace

const EventType* event_type(schema::Body body) {
  const auto number = static_cast<std::size_t>(body);
  if (number >= body_numbers || event_types()[number].name.empty()) return nullptr;
  return &event_types()[number];
}

schema::Body body_named(std::string_view name) {
  for (std::size_t i = 0; i < body_numbers; ++i)
    if (event_types()[i].name == name && !name.empty()) return static_cast<schema::Body>(i);
  return schema::Body::NONE;
}

}  // namespace caseledger
