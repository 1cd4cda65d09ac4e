// JSON to FlatBuffers bytes.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <ranges>

#include "api/json_reflect.h"
#include "ledger/core/id.h"

namespace caseledger::api {

namespace {

namespace json = boost::json;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

// A member's name as a sentence may repeat it.
std::string shown(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, 40)) out += c > 0x20 && c < 0x7f && c != '"' ? c : '?';
  return '"' + out + (name.size() > 40 ? "…\"" : "\"");
}

// The members of an object in the order of the fields; nullptr where there is none.
Result<std::vector<const json::value*>> members_of(const json::value& json, const Record& shape, const Place& place, std::size_t unnamed) {
  const json::object* object = json.if_object();
  if (!object) return refuse_at(place, "wanted an object");
  std::vector<const json::value*> found;
  std::size_t known = unnamed;
  for (const auto& field : shape.fields) {
    found.push_back(object->if_contains(field.name));
    known += found.back() != nullptr;
  }
  if (known != object->size())
    for (const auto& each : *object) {
      const bool hoisted = unnamed > 0 && each.key() == "type";
      if (!hoisted && std::ranges::find(shape.fields, std::string_view(each.key()), &FieldSpelling::name) == shape.fields.end())
        return refuse_at(place, "unknown member " + shown(each.key()));
    }
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!found[i] && shape.fields[i].named) return refuse_at({&place, shape.fields[i].name}, "is missing");
  return found;
}

template <std::size_t N>
Result<void> copy_exactly(const Result<Buffer>& bytes, std::uint8_t* to, std::string_view wanted, const Place& place) {
  const auto exact = exactly<N>(bytes);
  if (!exact) return refuse_at(place, wanted);
  std::memcpy(to, exact->data(), N);
  return {};
}

}  // namespace

struct Reader::Slot {
  const FieldSpelling* field = nullptr;
  std::array<std::uint8_t, 64> value{};  // of a scalar or a struct; of a variant its type
  Offset child = 0;                      // of everything else
};

Result<Reader::Offset> Reader::table(const json::value& json, const Record& shape, const Place& place, std::size_t unnamed) {
  TRY_AS(members, members_of(json, shape, place, unnamed));
  std::vector<Slot> slots;
  slots.reserve(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i]) continue;
    TRY_AS(slot, field(*members[i], shape.fields[i], {&place, shape.fields[i].name}));
    slots.push_back(slot);
  }
  return assemble(slots);
}

Result<Reader::Member> Reader::member(const json::value& json, const Enumeration& of, const Place& place) {
  const json::object* object = json.if_object();
  if (!object) return refuse_at(place, "wanted an object");
  const Place type_place{&place, "type"};
  const json::value* type = object->if_contains("type");
  if (!type) return refuse_at(type_place, "is missing");
  TRY_AS(number, named(*type, of, type_place));
  TRY_AS(fields, table(json, spellings_.records[of.members[number]], place, 1));
  return Member{static_cast<std::uint8_t>(number), fields};
}

Result<Reader::Slot> Reader::field(const json::value& json, const FieldSpelling& field, const Place& place) {
  Slot slot{&field};
  if (field.list) {
    TRY_AS(offset, list(json, field, place));
    slot.child = offset;
  } else if (field.spelling == Spelling::variant) {
    TRY_AS(found, member(json, spellings_.enumerations[field.of], place));
    slot.value[0] = found.type;
    slot.child = found.table;
  } else if (field.size > 0) {
    ENSURE(field.size <= slot.value.size());
    TRY(one(json, field, slot.value.data(), place));
  } else {
    TRY_AS(offset, child(json, field, place));
    slot.child = offset;
  }
  return slot;
}

Result<Reader::Offset> Reader::list(const json::value& json, const FieldSpelling& field, const Place& place) {
  const json::array* array = json.if_array();
  if (!array) return refuse_at(place, "wanted an array");
  const std::size_t count = array->size();
  if (field.size == 0) {
    std::vector<flatbuffers::Offset<void>> offsets;
    for (std::size_t i = 0; i < count; ++i) {
      TRY_AS(offset, child((*array)[i], field, {&place, {}, i}));
      offsets.emplace_back(offset);
    }
    return builder_.CreateVector(offsets).o;
  }
  Buffer values(count * field.size);
  for (std::size_t i = 0; i < count; ++i) TRY(one((*array)[i], field, values.data() + i * field.size, {&place, {}, i}));
  builder_.StartVector(values.size() / field.align, field.align);
  builder_.PushBytes(values.data(), values.size());
  return builder_.EndVector(count);
}

Result<Reader::Offset> Reader::child(const json::value& json, const FieldSpelling& field, const Place& place) {
  if (field.spelling == Spelling::record) return table(json, spellings_.records[field.of], place);
  const json::string* text = json.if_string();
  if (!text) return refuse_at(place, field.spelling == Spelling::text ? "wanted text" : "wanted base64 text");
  if (field.spelling == Spelling::text) return builder_.CreateString(text->data(), text->size()).o;
  const auto bytes = from_base64(view(*text));
  if (!bytes) return refuse_at(place, "not base64");
  builder_.ForceVectorAlignment(bytes->size(), 1, 8);  // a batch or an event within is read in place
  return builder_.CreateVector(bytes->data(), bytes->size()).o;
}

Result<void> Reader::one(const json::value& json, const FieldSpelling& field, std::uint8_t* to, const Place& place) {
  const auto store = [&](std::uint64_t bits) {
    std::memcpy(to, &bits, field.size);
    return Result<void>();
  };
  if (field.spelling == Spelling::record) return structure(json, spellings_.records[field.of], to, place);
  if (field.spelling == Spelling::boolean) return json.is_bool() ? store(json.get_bool()) : Result<void>(refuse_at(place, "wanted true or false"));
  if (field.spelling == Spelling::integer || field.spelling == Spelling::name) {
    TRY_AS(bits, field.spelling == Spelling::integer ? integer(json, field, place) : named(json, spellings_.enumerations[field.of], place));
    return store(bits);
  }
  const json::string* text = json.if_string();
  if (!text) return refuse_at(place, "wanted text");
  if (field.spelling == Spelling::time) {
    const auto time = parse_rfc3339(view(*text));
    if (!time) return refuse_at(place, "not an RFC 3339 time");
    if (time->at == 0 && field.named) return refuse_at(place, "1970-01-01T00:00:00Z stands for no time");
    return store(static_cast<std::uint64_t>(time->at));
  }
  if (field.spelling == Spelling::uuid) {
    const auto id = parse_uuid(view(*text));
    if (!id) return refuse_at(place, "not a UUID");
    std::memcpy(to, id->bytes.data(), 16);
    return {};
  }
  if (field.spelling == Spelling::hex) return copy_exactly<32>(from_hex(view(*text)), to, "wanted 64 hexadecimal digits", place);
  if (field.size == 16) return copy_exactly<16>(from_base64(view(*text)), to, "wanted 16 bytes as base64", place);
  ENSURE(field.size == 64);
  return copy_exactly<64>(from_base64(view(*text)), to, "wanted 64 bytes as base64", place);
}

Result<void> Reader::structure(const json::value& json, const Record& shape, std::uint8_t* to, const Place& place) {
  TRY_AS(members, members_of(json, shape, place, 0));
  for (std::size_t i = 0; i < members.size(); ++i)
    TRY(one(*members[i], shape.fields[i], to + shape.fields[i].slot, {&place, shape.fields[i].name}));
  return {};
}

// The value in two's complement, as it is stored.
Result<std::uint64_t> Reader::integer(const json::value& json, const FieldSpelling& field, const Place& place) {
  const bool wide = field.size == 8;
  const auto out_of_range = [&] { return refuse_at(place, "does not fit its " + std::to_string(8 * field.size) + " bits", Errc::value_out_of_range); };
  bool negative = false;
  std::uint64_t size = 0;  // without its sign
  if (const json::string* text = json.if_string(); text && wide) {
    negative = text->starts_with('-');
    const auto digits = from_decimal(view(*text).substr(negative));
    if (!digits || (negative && *digits == 0)) return refuse_at(place, "not a decimal number");
    size = *digits;
  } else if (wide && spellings_.wide_as_text) {
    return refuse_at(place, "wanted a number as decimal text");
  } else if (json.is_int64()) {
    negative = json.get_int64() < 0;
    size = static_cast<std::uint64_t>(json.get_int64());
    if (negative) size = 0 - size;
  } else if (json.is_uint64()) {
    size = json.get_uint64();
  } else {
    return refuse_at(place, "wanted a whole number");
  }
  const std::uint64_t half = std::uint64_t{1} << (8 * field.size - 1);
  const bool fits = field.is_signed ? size < half || (negative && size == half) : !negative && (wide || size < 2 * half);
  if (!fits) return out_of_range();
  return negative ? 0 - size : size;
}

Result<std::uint64_t> Reader::named(const json::value& json, const Enumeration& of, const Place& place) {
  if (const json::string* text = json.if_string(); text && !text->empty()) {
    const auto found = std::ranges::find(of.names, view(*text));
    if (found != of.names.end()) return static_cast<std::uint64_t>(found - of.names.begin());
  } else if (of.open && json.is_int64()) {
    const std::int64_t number = json.get_int64();
    if (number < 0 || number > 255) return refuse_at(place, "does not fit its 8 bits", Errc::value_out_of_range);
    return static_cast<std::uint64_t>(number);
  } else if (!text) {
    return refuse_at(place, of.open ? "wanted a name or a number" : "wanted a name");
  }
  std::string names;
  for (const auto name : of.names)
    if (!name.empty() && names.size() < 200) names.append(names.empty() ? "" : ", ").append(name);
  return refuse_at(place, "no " + std::string(of.name) + ": " + names + (names.size() < 200 ? "" : ", …"), Errc::value_out_of_range);
}

Reader::Offset Reader::assemble(const std::vector<Slot>& slots) {
  const auto start = builder_.StartTable();
  const auto put = [&](std::uint16_t at, const std::uint8_t* value, std::size_t size, std::size_t align) {
    builder_.Align(align);
    builder_.PushBytes(value, size);
    builder_.TrackField(at, builder_.GetSize());
  };
  for (std::size_t size = 8; size > 0; size /= 2)  // widest first, and backwards: no padding, as in generated code
    for (const auto& slot : slots | std::views::reverse) {
      const FieldSpelling& field = *slot.field;
      const bool scalar = !field.list && field.spelling <= Spelling::time;
      if ((scalar ? field.size : 4) == size) {
        if (scalar) {
          std::uint64_t bits = 0, fallback = static_cast<std::uint64_t>(field.fallback);
          std::memcpy(&bits, slot.value.data(), size);
          if (field.optional || std::memcmp(&bits, &fallback, size) != 0) put(field.slot, slot.value.data(), size, size);
        } else if (slot.child != 0) {
          builder_.AddOffset(field.slot, flatbuffers::Offset<void>(slot.child));
        } else {
          put(field.slot, slot.value.data(), field.size, field.align);
        }
      }
      if (size == 1 && field.spelling == Spelling::variant) put(static_cast<std::uint16_t>(field.slot - 2), slot.value.data(), 1, 1);
    }
  return builder_.EndTable(start);
}

}  // namespace caseledger::api
