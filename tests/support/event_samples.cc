#include "tests/support/event_samples.h"

#include <algorithm>
#include <flatbuffers/reflection.h>
#include <map>
#include <ranges>

#include "event_bfbs_generated.h"
#include "session_bfbs_generated.h"

namespace samples {

using namespace caseledger;

namespace {

using enum reflection::BaseType;
using flatbuffers::uoffset_t;

const reflection::KeyValue* attribute(const auto& described, std::string_view key) {
  if (const auto* all = described.attributes())
    for (const auto* each : *all)
      if (each->key()->string_view() == key) return each;
  return nullptr;
}
bool has(const auto& described, std::string_view key) { return attribute(described, key) != nullptr; }
std::uint64_t bound(const reflection::Field& field, std::string_view key, std::uint64_t otherwise) {
  const auto* found = attribute(field, key);
  return found ? *from_decimal(found->value()->string_view()) : otherwise;
}

const auto scalar_size = flatbuffers::GetTypeSize;

// The value of one field, as far as it stands in its table; `child` where only an offset does.
struct Made {
  const reflection::Field* field;
  Buffer inline_value;
  std::size_t align = 4;
  uoffset_t child = 0;
  std::uint8_t member = 0;  // of a union
};

class Maker {
 public:
  Maker(const std::uint8_t* binary_schema, bool maximal, std::uint64_t seed)
      : schema_(*reflection::GetSchema(binary_schema)), maximal_(maximal), state_(seed) {}

  // What a field of the root holds instead of what its type would give it.
  std::map<std::string_view, std::uint64_t> scalars;
  std::map<std::string_view, std::uint8_t> members;
  std::vector<std::string_view> sealed, sealed_must;  // fields of its parts
  Buffer event_within;                                // what a [ubyte] of an event holds

  Buffer finish(const char* identifier) {
    builder_.Finish(flatbuffers::Offset<void>(table(*schema_.root_table(), true)), identifier);
    return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
  }

 private:
  std::uint64_t random() {  // splitmix64
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  Buffer random_bytes(std::size_t count) {
    Buffer bytes(count);
    std::ranges::generate(bytes, [this] { return static_cast<std::uint8_t>(random()); });
    return bytes;
  }

  uoffset_t table(const reflection::Object& object, bool is_root = false) {
    std::vector<const reflection::Field*> fields(object.fields()->begin(), object.fields()->end());
    std::ranges::sort(fields, {}, [](const auto* field) { return field->id(); });
    std::vector<Made> made;
    for (const auto* field : fields) {
      const auto name = field->name()->string_view();
      if (field->type()->base_type() == UType) continue;  // comes with its union
      bool wanted = maximal_ || field->required() || has(*field, "must");
      if (is_root && name == "parts") wanted = maximal_ ? !sealed.empty() : !sealed_must.empty();
      if (wanted) made.push_back(value(*field, is_root));
    }
    return assemble(made);
  }

  Made value(const reflection::Field& field, bool of_root) {
    const auto& type = *field.type();
    const auto name = field.name()->string_view();
    Made made{&field, {}};
    if (type.base_type() == Vector) {
      made.child = vector(field);
    } else if (type.base_type() == String) {
      made.child = text(field, bound(field, "max", 64));
    } else if (type.base_type() == Union) {
      const auto& values = *enumeration(type).values();
      const auto at = of_root ? members.at(name) : 1 + random() % (values.size() - 1);
      const auto& member = *values.LookupByKey(static_cast<std::int64_t>(at));
      made.member = static_cast<std::uint8_t>(member.value());
      made.child = table(*schema_.objects()->Get(static_cast<unsigned>(member.union_type()->index())));
    } else if (type.base_type() == Obj && !object(type).is_struct()) {
      made.child = table(object(type));
    } else if (type.base_type() == Obj) {
      made.inline_value = structure(object(type));
      made.align = static_cast<std::size_t>(object(type).minalign());
    } else {
      made.align = scalar_size(type.base_type());
      const bool given = of_root && scalars.contains(name);
      made.inline_value = little_endian(given ? scalars.at(name) : scalar(field, type.base_type()), made.align);
    }
    return made;
  }

  uoffset_t vector(const reflection::Field& field) {
    const auto& type = *field.type();
    const std::uint64_t least = bound(field, "min", 0), most = bound(field, "max", 64);
    const std::size_t count = maximal_ ? std::clamp<std::uint64_t>(2, least, most) : least;
    if (field.name()->string_view() == "fields" && !sealed.empty()) {
      const auto& names = maximal_ ? sealed : sealed_must;
      return builder_.CreateVectorOfStrings(std::vector<std::string>(names.begin(), names.end())).o;
    }
    if (type.element() == UByte && type.index() < 0) {
      const Buffer bytes = event_within.empty() ? random_bytes(maximal_ ? 40 : 0) : event_within;
      builder_.ForceVectorAlignment(bytes.size(), 1, 8);
      return builder_.CreateVector(bytes.data(), bytes.size()).o;
    }
    const bool inline_values = type.element() != String && (type.element() != Obj || object(type).is_struct());
    if (!inline_values) {
      std::vector<flatbuffers::Offset<void>> offsets;
      for (std::size_t i = 0; i < count; ++i)
        offsets.emplace_back(type.element() == String ? text(field, bound(field, "each", 64)) : table(object(type)));
      return builder_.CreateVector(offsets).o;
    }
    Buffer values;
    const std::size_t align = type.element() == Obj ? static_cast<std::size_t>(object(type).minalign()) : scalar_size(type.element());
    for (std::size_t i = 0; i < count; ++i)
      append(values, type.element() == Obj ? structure(object(type)) : little_endian(scalar(field, type.element()), align));
    builder_.StartVector(values.size() / align, align);
    builder_.PushBytes(values.data(), values.size());
    return builder_.EndVector(count);
  }

  uoffset_t text(const reflection::Field& field, std::uint64_t most) {
    std::string words = has(field, "canonical") ? R"({"clauses":["a","b"],"weights":{"age":3}})" : field.name()->str();
    if (!has(field, "canonical")) words += has(field, "code") ? '-' + std::to_string(random() % 10'000) : " “" + std::to_string(random() % 10'000) + "”\n\tñ";
    if (words.size() > most) words.resize(most);
    while (!is_utf8(words)) words.pop_back();
    return builder_.CreateString(words).o;
  }

  Buffer structure(const reflection::Object& object) {
    Buffer bytes = random_bytes(static_cast<std::size_t>(object.bytesize()));
    const auto name = object.name()->string_view();
    if (name.ends_with(".Uuid") || name.ends_with(".Ref")) {
      const Uuid id = uuid_v7(1'704'067'200'000'000, Bytes(bytes).first(10));
      std::ranges::copy(id.bytes, bytes.begin());
    }
    if (name.ends_with(".Ref")) store_le(bytes.data() + 16, static_cast<std::uint32_t>(random() % 9));
    return bytes;
  }

  // Nothing is 0 in a maximal sample, everything that may be is in a minimal one.
  std::uint64_t scalar(const reflection::Field& field, reflection::BaseType type) {
    const std::uint64_t drawn = random();
    if (field.type()->index() >= 0) return enumerated(enumeration(*field.type()), drawn);
    if (has(field, "time")) return 1'704'067'200'000'000 + drawn % 31'536'000 * 1'000'000 + (drawn >> 63) * 123'456;  // in 2024
    if (!maximal_) return has(field, "min") && field.type()->base_type() != Vector ? bound(field, "min", 0) : 0;
    if (type == Bool) return 1;
    if (field.type()->base_type() != Vector && (has(field, "min") || has(field, "max"))) {
      const std::uint64_t least = std::max<std::uint64_t>(bound(field, "min", 0), 1);
      return least + drawn % std::min<std::uint64_t>(bound(field, "max", 1000) - least + 1, 100'000);
    }
    const std::size_t size = scalar_size(type);
    return drawn >> (drawn % 3 == 0 ? 0 : 64 - 8 * size + (size == 8 ? 20 : 3)) | 1;  // some fill all their bits
  }

  std::uint64_t enumerated(const reflection::Enum& all, std::uint64_t drawn) {
    if (has(all, "open") && maximal_ && drawn % 4 == 0) return 200;  // a value of a later version
    const bool has_zero = all.values()->Get(0)->value() == 0;  // unset, or what a minimal sample leaves out
    return static_cast<std::uint64_t>(all.values()->Get(has_zero + static_cast<unsigned>(drawn >> 8) % (all.values()->size() - has_zero))->value());
  }

  Buffer little_endian(std::uint64_t value, std::size_t size) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    return {bytes, bytes + size};
  }

  uoffset_t assemble(const std::vector<Made>& made) {
    const auto start = builder_.StartTable();
    const auto put = [&](std::uint16_t slot, const Buffer& value, std::size_t align) {
      builder_.Align(align);
      builder_.PushBytes(value.data(), value.size());
      builder_.TrackField(slot, builder_.GetSize());
    };
    for (const std::size_t size : {8, 4, 2, 1})
      for (const auto& each : made | std::views::reverse) {
        const auto& field = *each.field;
        const bool scalar = each.child == 0 && field.type()->base_type() != Obj;
        if ((scalar ? each.align : 4) == size) {
          const bool zero = std::ranges::all_of(each.inline_value, [](auto byte) { return byte == 0; });
          if (each.child != 0) builder_.AddOffset(field.offset(), flatbuffers::Offset<void>(each.child));
          else if (!scalar || field.optional() || !zero) put(field.offset(), each.inline_value, each.align);
        }
        if (size == 1 && each.member != 0) put(static_cast<std::uint16_t>(field.offset() - 2), {each.member}, 1);
      }
    return builder_.EndTable(start);
  }

  const reflection::Object& object(const reflection::Type& type) { return *schema_.objects()->Get(static_cast<unsigned>(type.index())); }
  const reflection::Enum& enumeration(const reflection::Type& type) { return *schema_.enums()->Get(static_cast<unsigned>(type.index())); }

  const reflection::Schema& schema_;
  const bool maximal_;
  std::uint64_t state_;
  flatbuffers::FlatBufferBuilder builder_;
};

}  // namespace

Buffer sample_event(schema::Body type, bool maximal, std::uint64_t seed) {
  const EventType* described = event_type(type);
  ENSURE(described);
  const auto number = static_cast<std::uint8_t>(type);
  Maker maker(schema::EventBinarySchema::data(), maximal, seed << 9 | std::uint64_t{number} << 1 | maximal);
  const std::uint32_t kinds = described->opens != 0 ? described->opens : described->streams;
  maker.scalars["kind"] = static_cast<std::uint64_t>(std::countr_zero(kinds));
  maker.scalars["version"] = described->opens != 0 ? 1 : 2;
  maker.scalars["handling"] = static_cast<std::uint64_t>(schema::Handling::child_sensitive);
  maker.scalars["occurred_offset_minutes"] = static_cast<std::uint64_t>(static_cast<std::int64_t>(seed % 2 == 0 ? 330 : -300));
  maker.members["body"] = number;
  maker.sealed = described->sealed;
  maker.sealed_must = described->sealed_must;
  if (type == schema::Body::CorrectionRequested) maker.event_within = sample_event(schema::Body::CaseClosed, maximal, seed);
  return maker.finish(schema::EventIdentifier());
}

Buffer sample_frame(schema::Message type, bool maximal, std::uint64_t seed) {
  const auto number = static_cast<std::uint8_t>(type);
  Maker maker(schema::FrameBinarySchema::data(), maximal, seed << 9 | std::uint64_t{number} << 1 | maximal);
  maker.members["message"] = number;
  return maker.finish(schema::FrameIdentifier());
}

std::vector<schema::Body> event_types() {
  std::vector<schema::Body> types;
  for (std::size_t i = 0; i < body_numbers; ++i)
    if (event_type(static_cast<schema::Body>(i))) types.push_back(static_cast<schema::Body>(i));
  return types;
}

}  // namespace samples
