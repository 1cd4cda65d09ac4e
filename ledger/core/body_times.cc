#include "ledger/core/body_times.h"

#include <array>
#include <vector>

#include "ledger/core/reflected.h"
#include "ledger/core/schema.h"

namespace caseledger {

using namespace reflected;

namespace {

const reflection::Object& object_of(const reflection::Type& type) { return *binary_schema().objects()->Get(static_cast<unsigned>(type.index())); }

// Of a table, which the body is or holds where `found` says.
void read_times(const reflection::Object& table, BodyTime found, std::vector<BodyTime>& times) {
  found.table = short_name(*table.name());
  for (const auto* field : *table.fields()) {
    if (!has_attribute(*field, "time")) continue;
    BodyTime time = found;
    time.name = field->name()->string_view();
    time.slot = field->offset();
    time.ahead = has_attribute(*field, "ahead");
    time.after_name = attribute(*field, "after");
    if (!time.after_name.empty()) {
      const auto* earlier = table.fields()->LookupByKey(time.after_name.data());
      ENSURE(earlier && has_attribute(*earlier, "time"));
      time.after = earlier->offset();
    }
    if (!time.ahead || time.after != 0) times.push_back(time);
  }
}

std::vector<BodyTime> times_of(const reflection::Object& body) {
  std::vector<BodyTime> times;
  read_times(body, {}, times);
  for (const auto* field : *body.fields()) {
    const auto& type = *field->type();
    const bool many = type.base_type() == reflection::BaseType::Vector;
    if ((many ? type.element() : type.base_type()) == reflection::BaseType::Obj && !object_of(type).is_struct())
      read_times(object_of(type), {.within = field->offset(), .many = many}, times);
  }
  return times;
}

using Times = std::array<std::vector<BodyTime>, body_numbers>;

Times read_all() {
  Times all;
  for (const auto* enumeration : *binary_schema().enums()) {
    if (short_name(*enumeration->name()) != "Body") continue;
    for (const auto* member : *enumeration->values())
      if (member->value() != 0) all[static_cast<std::size_t>(member->value())] = times_of(object_of(*member->union_type()));
  }
  return all;
}

}  // namespace

std::span<const BodyTime> body_times(schema::Body type) {
  static const Times all = read_all();
  return all[static_cast<std::size_t>(type)];
}

}  // namespace caseledger
