#include "tests/support/fields.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "event_bfbs_generated.h"
#include "tests/support/event_samples.h"

namespace samples {

namespace {

using enum reflection::BaseType;

const reflection::Schema& binary_schema() { return *reflection::GetSchema(schema::EventBinarySchema::data()); }
const reflection::Object& object_of(const reflection::Type& type) { return *binary_schema().objects()->Get(static_cast<unsigned>(type.index())); }

class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) { found_.reached.resize(bytes.size()); }

  Tables read() {
    mark(0, 8);
    table(load_le<std::uint32_t>(bytes_.data()), *binary_schema().root_table());
    return std::move(found_);
  }

 private:
  void mark(std::size_t from, std::size_t count) { std::fill_n(found_.reached.begin() + static_cast<std::ptrdiff_t>(from), count, true); }
  std::size_t follow(std::size_t at) const { return at + load_le<std::uint32_t>(bytes_.data() + at); }

  void table(std::size_t at, const reflection::Object& shape) {
    const auto vtable = at - static_cast<std::size_t>(static_cast<std::int64_t>(load_le<std::int32_t>(bytes_.data() + at)));
    const std::size_t vtable_bytes = load_le<std::uint16_t>(bytes_.data() + vtable);
    mark(vtable, vtable_bytes);
    mark(at, 4);
    found_.tables.push_back(at);
    found_.shapes.push_back(&shape);
    for (const auto* field : *shape.fields()) {
      if (field->offset() >= vtable_bytes) continue;
      const std::size_t offset = load_le<std::uint16_t>(bytes_.data() + vtable + field->offset());
      if (offset == 0) continue;
      const auto* type = field->type();
      if (type->base_type() == Union) {
        const std::size_t type_offset = load_le<std::uint16_t>(bytes_.data() + vtable + field->offset() - 2);
        const auto member = bytes_[at + type_offset];
        const auto* of = binary_schema().enums()->Get(static_cast<unsigned>(type->index()))->values()->LookupByKey(member);
        put({&shape, field, vtable + field->offset(), at + offset, follow(at + offset), {}, 0});
        table(follow(at + offset), object_of(*of->union_type()));
      } else {
        value({&shape, field, vtable + field->offset(), at + offset, 0, {}, 0}, *type);
      }
    }
  }

  void put(Found found) {
    mark(found.at, 4);
    found_.fields.push_back(std::move(found));
  }

  void value(Found found, const reflection::Type& type) {
    const bool is_struct = type.base_type() == Obj && object_of(type).is_struct();
    if (flatbuffers::IsScalar(type.base_type()) || is_struct) {
      mark(found.at, is_struct ? static_cast<std::size_t>(object_of(type).bytesize()) : flatbuffers::GetTypeSize(type.base_type()));
      found_.fields.push_back(std::move(found));
      return;
    }
    found.target = follow(found.at);
    if (type.base_type() == String) text(found.target);
    if (type.base_type() == Vector) vector(found, type);
    const std::size_t target = found.target;
    put(std::move(found));
    if (type.base_type() == Obj) table(target, object_of(type));
  }

  void text(std::size_t at) { mark(at, 4 + load_le<std::uint32_t>(bytes_.data() + at) + 1); }

  void vector(Found& found, const reflection::Type& type) {
    const std::size_t count = load_le<std::uint32_t>(bytes_.data() + found.target);
    const bool is_struct = type.element() == Obj && object_of(type).is_struct();
    const bool is_inline = is_struct || flatbuffers::IsScalar(type.element());
    const std::size_t stride = is_struct ? static_cast<std::size_t>(object_of(type).bytesize()) : is_inline ? flatbuffers::GetTypeSize(type.element()) : 4;
    mark(found.target, 4 + count * stride);
    if (is_inline) found.stride = stride;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t element = found.target + 4 + i * stride;
      found.elements.push_back(element);
      if (type.element() == String) text(follow(element));
      else if (!is_inline) table(follow(element), object_of(type));
    }
  }

  Bytes bytes_;
  Tables found_;
};

const reflection::KeyValue* attribute(const auto& described, std::string_view key) {
  if (const auto* all = described.attributes())
    for (const auto* each : *all)
      if (each->key()->string_view() == key) return each;
  return nullptr;
}

}  // namespace

std::string Found::name() const {
  const std::string whole = table->name()->str();
  return whole.substr(whole.rfind('.') + 1) + '.' + field->name()->str();
}

Tables read_tables(Bytes event) { return Reader(event).read(); }

bool has(const reflection::Field& field, std::string_view key) { return attribute(field, key) != nullptr; }

bool is_p4(const reflection::Field& field) {
  const auto* found = attribute(field, "pii");
  return found && found->value()->string_view() == "P4";
}

std::optional<std::uint64_t> number(const reflection::Field& field, std::string_view key) {
  const auto* found = attribute(field, key);
  return found ? std::optional(*from_decimal(found->value()->string_view())) : std::nullopt;
}

const reflection::Enum* enumeration(const reflection::Field& field) {
  const auto& type = *field.type();
  const auto scalar = type.base_type() == Vector ? type.element() : type.base_type();
  if (type.index() < 0 || scalar != UByte) return nullptr;
  return binary_schema().enums()->Get(static_cast<unsigned>(type.index()));
}

bool is_open(const reflection::Enum& all) { return attribute(all, "open") != nullptr; }

bool knows(const reflection::Enum& all, std::uint8_t value) {
  const auto* found = all.values()->LookupByKey(value);
  return found && found->name()->string_view() != "unset";
}

std::size_t add(Buffer& event, Bytes bytes) {
  const std::size_t at = event.size();
  append(event, bytes);
  event.resize((event.size() + 7) / 8 * 8);
  return at;
}

void redirect(Buffer& event, std::size_t at, Bytes to, std::size_t past) {
  const std::size_t target = add(event, to) + past;
  store_le(event.data() + at, static_cast<std::uint32_t>(target - at));
}

Buffer text_bytes(std::string_view text) {
  Buffer bytes;
  append_le(bytes, static_cast<std::uint32_t>(text.size()));
  append(bytes, bytes_of(text));
  bytes.push_back(0);
  return bytes;
}

// ── on every field of every event type ──

const std::vector<Sample>& all_samples() {
  static const std::vector<Sample> made = [] {
    std::vector<Sample> samples;
    for (const auto type : event_types())
      for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7})
        for (const bool maximal : {false, true}) {
          Buffer event = sample_event(type, maximal, seed);
          Tables tables = read_tables(event);
          samples.push_back({std::move(event), std::move(tables)});
        }
    return samples;
  }();
  return made;
}

std::string verdict(const Buffer& event) {
  std::vector<FoundRef> refs;
  const auto answer = check_event_bytes(event, refs);
  return answer ? "accepted" : std::string(caseledger::name(answer.error().code)) + ": " + answer.error().sentence;
}

namespace {

void everywhere(std::string_view wanted, const Change& change) {
  unsigned tried = 0;
  for (const Sample& sample : all_samples())
    for (const Found& found : sample.tables.fields) {
      Buffer event = sample.event;
      if (!change(event, found)) continue;
      ++tried;
      if (const std::string answer = verdict(event); !answer.starts_with(wanted)) FAIL_CHECK(found.name() << ": " << answer << "; wanted " << wanted);
    }
  CHECK(tried > 0);
}

}  // namespace

void refused_everywhere(Errc code, const Change& change) { everywhere(caseledger::name(code), change); }
void accepted_everywhere(const Change& change) { everywhere("accepted", change); }

}  // namespace samples
