#include "api/json_reflect.h"

#include <algorithm>
#include <flatbuffers/reflection.h>

#include "event_bfbs_generated.h"
#include "session_bfbs_generated.h"

namespace caseledger::api {

namespace {

using enum reflection::BaseType;

std::string_view short_name(const flatbuffers::String& full) {
  const std::string_view text = full.string_view();
  return text.substr(text.rfind('.') + 1);
}

template <class Described>
bool has_attribute(const Described& described, std::string_view key) {
  const auto* all = described.attributes();
  return all && std::ranges::any_of(*all, [&](const auto* each) { return each->key()->string_view() == key; });
}

std::uint8_t scalar_size(reflection::BaseType type) {
  switch (type) {
    case Bool: case Byte: case UByte: case UType: return 1;
    case Short: case UShort: return 2;
    case Int: case UInt: return 4;
    case Long: case ULong: return 8;
    default: ENSURE(false && "no floating point in any schema");
  }
  return 0;
}

bool is_signed(reflection::BaseType type) { return type == Byte || type == Short || type == Int || type == Long; }

// A struct that is nothing but bytes is written as text.
Spelling spelling_of(const reflection::Object& object) {
  const auto& fields = *object.fields();
  const bool bytes = object.is_struct() && fields.size() == 1 && fields[0]->type()->base_type() == Array && fields[0]->type()->element() == UByte;
  if (!bytes) return Spelling::record;
  const std::string_view name = short_name(*object.name());
  return name == "Uuid" ? Spelling::uuid : name == "Bytes32" ? Spelling::hex : Spelling::base64;
}

void describe_value(FieldSpelling& to, const reflection::Schema& schema, const reflection::Type& type, reflection::BaseType value, bool is_time) {
  to.of = static_cast<std::size_t>(std::max(type.index(), 0));
  switch (value) {
    case String: to.spelling = Spelling::text; return;
    case Union: to.spelling = Spelling::variant; return;
    case Obj: {
      const auto& object = *schema.objects()->Get(static_cast<unsigned>(type.index()));
      to.spelling = spelling_of(object);
      if (!object.is_struct()) return;
      to.size = static_cast<std::uint8_t>(object.bytesize());
      to.align = static_cast<std::uint8_t>(object.minalign());
      return;
    }
    default:
      to.size = to.align = scalar_size(value);
      to.is_signed = is_signed(value);
      to.spelling = is_time ? Spelling::time : type.index() >= 0 ? Spelling::name : value == Bool ? Spelling::boolean : Spelling::integer;
      ENSURE(to.spelling != Spelling::name || to.size == 1);
  }
}

FieldSpelling describe_field(const reflection::Schema& schema, const reflection::Field& field) {
  const auto& type = *field.type();
  FieldSpelling out;
  out.name = field.name()->string_view();
  out.slot = field.offset();
  out.named = field.required() || has_attribute(field, "must");
  out.optional = field.optional();
  out.fallback = field.default_integer();
  out.list = type.base_type() == Vector;
  if (out.list && type.element() == UByte && type.index() < 0) {
    out.list = false;
    out.spelling = Spelling::base64;
  } else {
    describe_value(out, schema, type, out.list ? type.element() : type.base_type(), has_attribute(field, "time"));
  }
  ENSURE(!(out.list && out.spelling == Spelling::variant));
  return out;
}

Record describe_record(const reflection::Schema& schema, const reflection::Object& object) {
  Record out{short_name(*object.name()), object.is_struct(), {}};
  if (spelling_of(object) != Spelling::record) return out;
  std::vector<const reflection::Field*> fields(object.fields()->begin(), object.fields()->end());
  std::ranges::sort(fields, {}, [](const auto* field) { return field->id(); });
  for (const auto* field : fields) {
    if (field->type()->base_type() == UType) continue;  // told by its union
    out.fields.push_back(describe_field(schema, *field));
    if (out.is_struct) out.fields.back().named = true;
  }
  return out;
}

Enumeration describe_enumeration(const reflection::Enum& described) {
  Enumeration out{short_name(*described.name()), has_attribute(described, "open"), {}, {}};
  for (const auto* value : *described.values()) {
    const auto number = static_cast<std::size_t>(value->value());
    ENSURE(number < 256);
    if (out.names.size() <= number) out.names.resize(number + 1);
    const bool none = described.is_union() ? number == 0 : value->name()->string_view() == "unset";
    if (!none) out.names[number] = value->name()->string_view();
    if (!described.is_union()) continue;
    out.members.resize(out.names.size());
    if (!none) out.members[number] = static_cast<std::size_t>(value->union_type()->index());
  }
  return out;
}

Spellings describe(const std::uint8_t* binary_schema) {
  const auto& schema = *reflection::GetSchema(binary_schema);
  Spellings out;
  for (const auto* object : *schema.objects()) out.records.push_back(describe_record(schema, *object));
  for (const auto* each : *schema.enums()) out.enumerations.push_back(describe_enumeration(*each));
  const auto& objects = *schema.objects();
  const auto* root = *std::ranges::find(objects, schema.root_table());
  out.root = static_cast<std::size_t>(std::ranges::find(out.records, short_name(*root->name()), &Record::name) - out.records.begin());
  for (const auto& each : out.enumerations)
    for (const auto member : each.members)  // "type" is the union's own member
      ENSURE(std::ranges::none_of(out.records[member].fields, [](const auto& field) { return field.name == "type"; }));
  return out;
}

}  // namespace

const Enumeration& Spellings::union_of(const Record& record, std::string_view field) const {
  const auto found = std::ranges::find(record.fields, field, &FieldSpelling::name);
  ENSURE(found != record.fields.end() && found->spelling == Spelling::variant);
  return enumerations[found->of];
}

const Spellings& event_spellings() {
  static const Spellings described = describe(schema::EventBinarySchema::data());
  return described;
}

const Spellings& frame_spellings() {
  static const Spellings described = [] {
    Spellings frames = describe(schema::FrameBinarySchema::data());
    frames.wide_as_text = frames.defaults_written = true;
    return frames;
  }();
  return described;
}

std::string Place::text() const {
  std::string out = within ? within->text() : std::string();
  if (!member.empty()) out.append(out.empty() ? "" : ".").append(member);
  if (element != SIZE_MAX) out += '[' + std::to_string(element) + ']';
  return out;
}

std::unexpected<Error> refuse_at(const Place& place, std::string_view what, Errc code) {
  const std::string where = place.text();
  return fail(code, where.empty() ? std::string(what) : where + ": " + std::string(what));
}

}  // namespace caseledger::api
