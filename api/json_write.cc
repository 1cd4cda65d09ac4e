// FlatBuffers bytes to JSON.
#include "api/json_reflect.h"
#include "ledger/core/id.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

constexpr std::int64_t exact_in_double = (std::int64_t{1} << 53) - 1;  // what any reader of JSON numbers can hold

const std::uint8_t* follow(const std::uint8_t* at) { return at + load_le<std::uint32_t>(at); }

// Where a table keeps a field; nullptr when it has none.
const std::uint8_t* slot_of(const std::uint8_t* table, std::uint16_t slot) {
  const std::uint8_t* vtable = table - load_le<std::int32_t>(table);
  if (slot >= load_le<std::uint16_t>(vtable)) return nullptr;
  const auto offset = load_le<std::uint16_t>(vtable + slot);
  return offset == 0 ? nullptr : table + offset;
}

Bytes bytes_at(const std::uint8_t* vector) { return {vector + 4, load_le<std::uint32_t>(vector)}; }

bool is_scalar(const FieldSpelling& field) { return !field.list && field.spelling <= Spelling::time; }

}  // namespace

json::object Writer::record(const std::uint8_t* at, const Record& shape) {
  json::object out;
  out.reserve(shape.fields.size());
  for (const auto& each : shape.fields) {
    const std::uint8_t* here = shape.is_struct ? at + each.slot : slot_of(at, each.slot);
    if (is_scalar(each) && !each.optional) {
      std::uint64_t bits = static_cast<std::uint64_t>(each.fallback);
      if (here) std::memcpy(&bits, here, each.size);
      const bool told = each.named || spellings_.defaults_written || std::memcmp(&bits, &each.fallback, each.size) != 0;
      if (told) out.emplace(each.name, scalar(bits, each));
    } else if (here && each.spelling == Spelling::variant) {
      const std::uint8_t* type = slot_of(at, static_cast<std::uint16_t>(each.slot - 2));
      out.emplace(each.name, member(follow(here), spellings_.enumerations[each.of], type ? *type : std::uint8_t{0}));
    } else if (here) {
      out.emplace(each.name, field(here, each));
    }
  }
  return out;
}

json::object Writer::member(const std::uint8_t* table, const Enumeration& of, std::uint8_t type) {
  if (type >= of.names.size() || of.names[type].empty()) {
    sound_ = false;
    return {};
  }
  json::object fields = record(table, spellings_.records[of.members[type]]);
  json::object out;
  out.reserve(fields.size() + 1);
  out.emplace("type", of.names[type]);
  for (auto& each : fields) out.emplace(each.key(), std::move(each.value()));
  return out;
}

json::value Writer::field(const std::uint8_t* here, const FieldSpelling& field) {
  if (!field.list) return one(here, field);
  const std::uint8_t* vector = follow(here);
  const std::size_t stride = field.size > 0 ? field.size : 4;
  json::array out;
  out.reserve(load_le<std::uint32_t>(vector));
  for (std::uint32_t i = 0; i < load_le<std::uint32_t>(vector); ++i) out.push_back(one(vector + 4 + i * stride, field));
  return out;
}

json::value Writer::one(const std::uint8_t* here, const FieldSpelling& field) {
  const Bytes inline_bytes(here, field.size);
  switch (field.spelling) {
    case Spelling::boolean: case Spelling::integer: case Spelling::name: case Spelling::time: {
      std::uint64_t bits = 0;
      std::memcpy(&bits, here, field.size);
      return scalar(bits, field);
    }
    case Spelling::text: return text(follow(here));
    case Spelling::uuid: {
      Uuid id;
      std::memcpy(id.bytes.data(), here, sizeof id.bytes);
      return json::string(to_string(id));
    }
    case Spelling::hex: return json::string(hex(inline_bytes));
    case Spelling::base64: return json::string(base64(field.size > 0 ? inline_bytes : bytes_at(follow(here))));
    case Spelling::record: {
      const Record& shape = spellings_.records[field.of];
      return record(shape.is_struct ? here : follow(here), shape);
    }
    case Spelling::variant: break;  // needs the table it stands in: see record()
  }
  ENSURE(false && "a union stands in a table");
  return nullptr;
}

json::value Writer::scalar(std::uint64_t bits, const FieldSpelling& field) const {
  switch (field.spelling) {
    case Spelling::boolean: return bits != 0;
    case Spelling::time: return json::string(to_rfc3339(static_cast<Micros>(bits)));
    case Spelling::name: {
      const auto& names = spellings_.enumerations[field.of].names;
      const std::size_t value = bits & 0xff;
      if (value < names.size() && !names[value].empty()) return json::string(names[value]);
      return value;
    }
    default: return number(bits, field);
  }
}

json::value Writer::number(std::uint64_t bits, const FieldSpelling& field) const {
  if (field.is_signed) {
    const int unused = 64 - 8 * field.size;
    const auto value = static_cast<std::int64_t>(bits << unused) >> unused;
    const bool as_text = field.size == 8 && (spellings_.wide_as_text || value > exact_in_double || value < -exact_in_double);
    return as_text ? json::value(std::to_string(value)) : json::value(value);
  }
  const bool as_text = field.size == 8 && (spellings_.wide_as_text || bits > std::uint64_t{exact_in_double});
  return as_text ? json::value(std::to_string(bits)) : json::value(bits);
}

json::string Writer::text(const std::uint8_t* string) {
  const std::string_view value = text_of(bytes_at(string));
  if (!is_utf8(value)) sound_ = false;
  return json::string(value);
}

}  // namespace caseledger::api
