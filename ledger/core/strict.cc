// Bytes held to the strict shape, which is compiled once from the reflection into flat tables.
#include <array>
#include <bitset>
#include <cstdlib>

#include "ledger/core/body_times.h"
#include "ledger/core/reflected.h"
#include "ledger/core/schema.h"

namespace caseledger {

using namespace reflected;

namespace {

enum class Shape : std::uint8_t { none, scalar, fixed, text, scalars, fixeds, texts, table, tables, union_type, union_value };

struct FieldShape {
  Shape shape = Shape::none;
  std::uint8_t size = 0;  // inline bytes, or of one element
  bool must = false, code = false, time = false, is_ref = false, p4 = false, bounded = false, enumerated = false;
  std::int32_t table = -1;        // of a table, or of a vector's elements
  std::int32_t closed_enum = -1;  // index into Shapes::enums
  std::uint32_t min = 0, max = 64;  // bytes of a text, elements of a vector, or the value of a bounded scalar
  std::uint32_t each = 64;          // most bytes of a text in a vector
  std::string_view name;
};

struct TableShape {
  std::string_view name;
  std::vector<FieldShape> fields;    // by id
  std::vector<std::uint16_t> needs;  // ids of the fields that have to be there: left out, they would be unset
};

struct Shapes {
  std::vector<TableShape> tables;             // as reflection numbers them
  std::vector<std::bitset<256>> enums;
  std::vector<std::array<std::int32_t, 256>> unions;  // as reflection numbers the enums: member → table, or -1
  std::int32_t event = -1;
};

std::uint8_t scalar_size(reflection::BaseType type) {
  using enum reflection::BaseType;
  switch (type) {
    case Bool: case Byte: case UByte: case UType: return 1;
    case Short: case UShort: return 2;
    case Int: case UInt: return 4;
    case Long: case ULong: return 8;
    default: return 0;
  }
}

FieldShape field_shape(const reflection::Field& field) {
  using enum reflection::BaseType;
  FieldShape shape;
  shape.name = field.name()->string_view();
  shape.must = has_attribute(field, "must");
  shape.code = has_attribute(field, "code");
  shape.time = has_attribute(field, "time");
  shape.p4 = attribute(field, "pii") == "P4";
  const auto bound = [&](std::string_view key, std::uint32_t& to) {
    if (const auto value = attribute(field, key); !value.empty()) to = static_cast<std::uint32_t>(*from_decimal(value));
  };
  bound("min", shape.min);
  bound("max", shape.max);
  bound("each", shape.each);
  if (field.required() && field.type()->base_type() == String) shape.min = std::max(shape.min, 1u);
  const auto& type = *field.type();
  const auto object = [&] { return binary_schema().objects()->Get(static_cast<unsigned>(type.index())); };
  const auto enumerated = [&](reflection::BaseType scalar) {
    if (type.index() < 0 || scalar_size(scalar) != 1) return;
    shape.enumerated = true;
    if (!has_attribute(*binary_schema().enums()->Get(static_cast<unsigned>(type.index())), "open")) shape.closed_enum = type.index();
  };
  const auto structure = [&](Shape one) {
    shape.shape = one;
    shape.size = static_cast<std::uint8_t>(object()->bytesize());
    shape.is_ref = short_name(*object()->name()) == "Ref";
  };
  switch (type.base_type()) {
    case String: shape.shape = Shape::text; break;
    case Obj:
      if (object()->is_struct()) structure(Shape::fixed);
      else shape.shape = Shape::table, shape.table = type.index();
      break;
    case UType: shape.shape = Shape::union_type, shape.size = 1, shape.table = type.index(); break;
    case Union: shape.shape = Shape::union_value, shape.table = type.index(); break;
    case Vector:
      if (type.element() == String) shape.shape = Shape::texts;
      else if (type.element() == Obj && object()->is_struct()) structure(Shape::fixeds);
      else if (type.element() == Obj) shape.shape = Shape::tables, shape.table = type.index();
      else shape.shape = Shape::scalars, shape.size = scalar_size(type.element()), enumerated(type.element());
      break;
    default:
      shape.shape = Shape::scalar;
      shape.size = scalar_size(type.base_type());
      shape.bounded = has_attribute(field, "min") || has_attribute(field, "max");
      if (shape.bounded && !has_attribute(field, "max")) shape.max = UINT32_MAX;
      if (type.base_type() == Bool) shape.bounded = true, shape.max = 1;
      enumerated(type.base_type());
      ENSURE(shape.size != 0);  // no floating point in any schema
  }
  return shape;
}

Shapes read_shapes() {
  Shapes shapes;
  const auto& all = binary_schema();
  for (const auto* object : *all.objects()) {
    TableShape table{short_name(*object->name()), {}, {}};
    if (!object->is_struct())
      for (const auto* field : *object->fields()) {
        if (table.fields.size() <= field->id()) table.fields.resize(field->id() + 1u);
        const FieldShape& shape = table.fields[field->id()] = field_shape(*field);
        if (shape.must && (shape.enumerated || shape.time || shape.min > 0)) table.needs.push_back(field->id());
      }
    if (table.name == "Event") shapes.event = static_cast<std::int32_t>(shapes.tables.size());
    shapes.tables.push_back(std::move(table));
  }
  for (unsigned i = 0; i < all.enums()->size(); ++i) {
    std::bitset<256> known;
    std::array<std::int32_t, 256> members;
    members.fill(-1);
    for (const auto* value : *all.enums()->Get(i)->values()) {
      if (value->value() >= 0 && value->value() < 256 && value->name()->string_view() != "unset") known.set(static_cast<std::size_t>(value->value()));
      if (all.enums()->Get(i)->is_union() && value->value() != 0)
        members[static_cast<std::uint8_t>(value->value())] = value->union_type()->index();
    }
    shapes.enums.push_back(known);
    shapes.unions.push_back(members);
  }
  return shapes;
}

const Shapes& shapes() {
  static const Shapes compiled = read_shapes();
  return compiled;
}

// Which bytes of a buffer some field reaches.
class Reached {
 public:
  explicit Reached(std::size_t size) : size_(size) { std::fill_n(bits_, size / 64 + 1, 0); }

  void mark(std::size_t from, std::size_t count) {
    while (count > 0) {
      const std::size_t bit = from % 64, here = std::min(count, 64 - bit);
      bits_[from / 64] |= (here == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << here) - 1) << bit;
      from += here;
      count -= here;
    }
  }

  // The first byte that is not reached and no padding: padding is zero and shorter than the widest alignment.
  std::optional<std::size_t> stray(Bytes bytes) const {
    std::size_t run = 0;
    for (std::size_t word = 0; word * 64 < size_; ++word) {
      std::uint64_t open = ~bits_[word];
      if (size_ - word * 64 < 64) open &= (std::uint64_t{1} << (size_ - word * 64)) - 1;
      if (open == 0) continue;
      for (; open != 0; open &= open - 1) {
        const std::size_t at = word * 64 + static_cast<std::size_t>(std::countr_zero(open));
        run = at > 0 && last_ == at - 1 && run > 0 ? run + 1 : 1;
        last_ = at;
        if (bytes[at] != 0 || run > 7) return at;
      }
    }
    return std::nullopt;
  }

 private:
  std::size_t size_;
  mutable std::size_t last_ = 0;
  std::uint64_t bits_[event_bytes_max / 64 + 1];
};

constexpr Micros year_1 = -62'135'596'800'000'000, year_10000 = 253'402'300'800'000'000;

// What a byte may be: 1 in a code, 2 in a text as ASCII, 4 in a text as part of UTF-8.
constexpr std::array<std::uint8_t, 256> byte_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool code = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' || c == ':' || c == '/';
    const bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    classes[c] = static_cast<std::uint8_t>(code | (!control && c < 0x80) << 1 | (c >= 0x80) << 2);
  }
  return classes;
}();
std::uint8_t classes_of_all(std::string_view text) {
  std::uint8_t all = 7;
  for (const unsigned char c : text) all = static_cast<std::uint8_t>(all & byte_classes[c]);
  return all;
}

// UTF-8 without control characters but newline and tab.
bool is_text(std::string_view text) {
  return (classes_of_all(text) & 2) || (std::ranges::none_of(text, [](unsigned char c) { return byte_classes[c] == 0; }) && is_utf8(text));
}

// Walks what the FlatBuffers verifier has already found to lie within the buffer.
class Walk {
 public:
  Walk(Bytes bytes, std::vector<FoundRef>& refs) : bytes_(bytes), refs_(refs), reached_(bytes.size()) {}

  Result<void> event() {
    reached_.mark(0, 8);  // root offset and file identifier
    TRY(table(load_le<std::uint32_t>(bytes_.data()), shapes_.event));
    if (const auto at = reached_.stray(bytes_))
      return fail(Errc::malformed, "the event hides bytes: no field reaches byte " + std::to_string(*at));
    const auto& fields = *reinterpret_cast<const schema::Event*>(bytes_.data() + load_le<std::uint32_t>(bytes_.data()));
    const Micros local = fields.occurred_at() + fields.occurred_offset_minutes() * Micros{60'000'000};
    if (std::abs(fields.occurred_offset_minutes()) >= 24 * 60 || local < year_1 || local >= year_10000)
      return fail(Errc::value_out_of_range, "Event.occurred_offset_minutes makes no local time that RFC 3339 can write");
    if (found_p4_ && fields.handling() != schema::Handling::child_sensitive)
      return fail(Errc::value_out_of_range, std::string(p4_name_) + " is child-sensitive: the event's handling has to be child_sensitive");
    return {};
  }

 private:
  std::unexpected<Error> refuse(Errc code, const TableShape& table, const FieldShape& field, const std::string& why) {
    return fail(code, std::string(table.name) + '.' + std::string(field.name) + ' ' + why);
  }

  static std::string wanted(const FieldShape& field) {
    return ", wanted " + std::to_string(field.min) + (field.max == UINT32_MAX ? " or more" : " to " + std::to_string(field.max));
  }

  // What is 0 has no bytes: nothing tells it from what was left out.
  std::unexpected<Error> lacks(const TableShape& table, const FieldShape& field) {
    if (field.time) return refuse(Errc::malformed, table, field, "is missing; 1970-01-01T00:00:00Z stands for no time");
    if (field.enumerated) return refuse(Errc::malformed, table, field, "is missing or unset");
    return refuse(Errc::malformed, table, field, "is 0 or missing" + wanted(field));
  }

  Result<void> table(std::size_t at, std::int32_t number) {
    const TableShape& shape = shapes_.tables[static_cast<std::size_t>(number)];
    if (++tables_ > 256) return fail(Errc::too_large, "an event has at most 256 tables");
    const std::size_t vtable = at - static_cast<std::size_t>(static_cast<std::int64_t>(load_le<std::int32_t>(bytes_.data() + at)));
    const std::size_t vtable_bytes = load_le<std::uint16_t>(bytes_.data() + vtable);
    if (vtable_bytes < 4) return fail(Errc::malformed, std::string(shape.name) + " has a vtable too short for its own sizes");  // the verifier takes it
    reached_.mark(vtable, vtable_bytes);
    reached_.mark(at, 4);
    const std::size_t slots = (vtable_bytes - 4) / 2;
    for (std::size_t id = shape.fields.size(); id < slots; ++id)
      if (load_le<std::uint16_t>(bytes_.data() + vtable + 4 + 2 * id) != 0)
        return fail(Errc::malformed, std::string(shape.name) + " has an unknown field " + std::to_string(id));
    const auto offset = [&](std::size_t id) -> std::size_t { return id < slots ? load_le<std::uint16_t>(bytes_.data() + vtable + 4 + 2 * id) : 0; };
    for (const std::uint16_t id : shape.needs)
      if (offset(id) == 0) return lacks(shape, shape.fields[id]);
    std::uint8_t member = 0;
    const FieldShape* const fields = shape.fields.data();
    for (std::size_t id = 0, end = std::min(slots, shape.fields.size()); id < end; ++id) {
      if (offset(id) == 0) continue;
      if (fields[id].p4) found_p4_ = true, p4_name_ = fields[id].name;
      TRY(value(at + offset(id), shape, fields[id], member));
    }
    return {};
  }

  Result<void> value(std::size_t at, const TableShape& owner, const FieldShape& field, std::uint8_t& member) {
    const std::uint8_t* here = bytes_.data() + at;
    switch (field.shape) {
      case Shape::none: return refuse(Errc::malformed, owner, field, "is unknown");
      case Shape::scalar:
        reached_.mark(at, field.size);
        return scalar(here, owner, field);
      case Shape::union_type:
        reached_.mark(at, 1);
        member = *here;
        return {};
      case Shape::fixed:
        reached_.mark(at, field.size);
        if (field.is_ref) note_ref(here);
        return {};
      default: break;
    }
    reached_.mark(at, 4);
    const std::size_t target = at + load_le<std::uint32_t>(here);
    if (field.shape == Shape::table) return table(target, field.table);
    if (field.shape == Shape::union_value) {
      const std::int32_t number = shapes_.unions[static_cast<std::size_t>(field.table)][member];
      if (number < 0) return refuse(Errc::malformed, owner, field, "is of an unknown type (" + std::to_string(member) + ")");
      return table(target, number);
    }
    if (field.shape == Shape::text) return text(target, owner, field);
    return vector(target, owner, field);
  }

  Result<void> scalar(const std::uint8_t* here, const TableShape& owner, const FieldShape& field) {
    if (field.enumerated && field.must && *here == 0) return refuse(Errc::malformed, owner, field, "is unset");
    if (field.closed_enum >= 0 && !shapes_.enums[static_cast<std::size_t>(field.closed_enum)].test(*here))
      return refuse(Errc::value_out_of_range, owner, field, *here == 0 ? "is unset" : "has the unknown value " + std::to_string(*here));
    if (field.bounded) {
      std::uint64_t value = 0;
      std::memcpy(&value, here, field.size);
      if (value < field.min || value > field.max)
        return refuse(Errc::value_out_of_range, owner, field, "is " + std::to_string(value) + wanted(field));
    }
    if (field.time) {
      const auto micros = load_le<Micros>(here);
      if (micros < year_1 || micros >= year_10000) return refuse(Errc::value_out_of_range, owner, field, "lies outside the years 1 to 9999");
      if (field.must && micros == 0) return lacks(owner, field);
    }
    return {};
  }

  Result<void> text(std::size_t at, const TableShape& owner, const FieldShape& field) {
    const std::size_t length = load_le<std::uint32_t>(bytes_.data() + at);
    reached_.mark(at, 4 + length + 1);
    const std::string_view value = text_of(bytes_.subspan(at + 4, length));
    if (length > field.max && field.shape == Shape::text)
      return refuse(Errc::too_large, owner, field, "has " + std::to_string(length) + " bytes, at most " + std::to_string(field.max) + " belong there");
    if (length > field.each && field.shape == Shape::texts)
      return refuse(Errc::too_large, owner, field, "has a text of " + std::to_string(length) + " bytes, at most " + std::to_string(field.each) + " belong there");
    if (length == 0 && (field.shape == Shape::texts || field.min > 0)) return refuse(Errc::malformed, owner, field, "is empty");
    if (field.code ? !is_code(value) : !is_text(value))
      return refuse(Errc::value_out_of_range, owner, field, field.code ? "is no code: letters, digits and _-.:/ only" : "is no plain UTF-8 text");
    return {};
  }

  Result<void> vector(std::size_t at, const TableShape& owner, const FieldShape& field) {
    const std::size_t count = load_le<std::uint32_t>(bytes_.data() + at), first = at + 4;
    if (count > field.max)
      return refuse(Errc::too_large, owner, field, "has " + std::to_string(count) + " elements, at most " + std::to_string(field.max) + " belong there");
    if (count < field.min) return refuse(Errc::malformed, owner, field, "has fewer than " + std::to_string(field.min) + " elements");
    const bool direct = field.shape == Shape::scalars || field.shape == Shape::fixeds;
    const std::size_t stride = direct ? field.size : 4;
    reached_.mark(at, 4 + count * stride);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t element = first + i * stride;
      switch (field.shape) {
        case Shape::scalars:
          if (field.closed_enum < 0) return {};
          TRY(scalar(bytes_.data() + element, owner, field));
          break;
        case Shape::fixeds:
          if (!field.is_ref) return {};
          note_ref(bytes_.data() + element);
          break;
        case Shape::texts: TRY(text(element + load_le<std::uint32_t>(bytes_.data() + element), owner, field)); break;
        default: TRY(table(element + load_le<std::uint32_t>(bytes_.data() + element), field.table));
      }
    }
    return {};
  }

  void note_ref(const std::uint8_t* at) {
    FoundRef ref;
    std::memcpy(ref.stream.bytes.data(), at, 16);
    ref.version = load_le<std::uint32_t>(at + 16);
    refs_.push_back(ref);
  }

  const Shapes& shapes_ = shapes();
  Bytes bytes_;
  std::vector<FoundRef>& refs_;
  Reached reached_;
  int tables_ = 0;
  bool found_p4_ = false;
  std::string_view p4_name_;
};

}  // namespace

bool is_code(std::string_view text) { return classes_of_all(text) & 1; }

Result<void> check_event_bytes(Bytes event, std::vector<FoundRef>& refs) {
  if (event.size() > event_bytes_max)
    return fail(Errc::too_large, "an event of " + std::to_string(event.size()) + " bytes; at most 32,768 are allowed");
  if (event.size() < 8 || event.size() % 8 != 0) return fail(Errc::malformed, "an event's size is a multiple of 8, found " + std::to_string(event.size()));
  flatbuffers::Verifier verifier(event.data(), event.size(), 16, 256);
  if (!schema::VerifyEventBuffer(verifier)) return fail(Errc::malformed, "not an event (FlatBuffers table Event, identifier CLEV)");
  return Walk(event, refs).event();
}

}  // namespace caseledger
