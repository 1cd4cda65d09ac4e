// The schemas as JSON sees them, and the two generic directions between FlatBuffers bytes and JSON values.
#pragma once

#include <boost/json/object.hpp>
#include <flatbuffers/flatbuffer_builder.h>

#include "ledger/core/bytes.h"

namespace caseledger::api {

// How one value is written in JSON.
enum class Spelling : std::uint8_t {
  boolean, integer, name, time, text, uuid, hex,
  base64,   // of a struct's bytes, or of a [ubyte]
  record,   // an object: a struct or a table
  variant,  // an object with "type": a union
};

struct FieldSpelling {
  std::string_view name;
  Spelling spelling{};
  bool list = false;        // of values spelled so
  bool named = false;       // JSON has to name it
  bool optional = false;    // a scalar that may be absent
  bool is_signed = false;
  std::uint16_t slot = 0;   // of a table's vtable; within a struct, the offset itself
  std::uint8_t size = 0;    // bytes a value takes in its table, struct or vector; 0 where only an offset to it stands there
  std::uint8_t align = 1;
  std::int64_t fallback = 0;
  std::size_t of = 0;       // which record or enumeration
};

struct Record {
  std::string_view name;
  bool is_struct = false;
  std::vector<FieldSpelling> fields;  // in the order of their ids
};

struct Enumeration {
  std::string_view name;
  bool open = false;
  std::vector<std::string_view> names;   // by value; empty where it has none, and of `unset`
  std::vector<std::size_t> members;      // of a union, by value: which record
};

struct Spellings {
  std::vector<Record> records;
  std::vector<Enumeration> enumerations;
  std::size_t root = 0;           // record
  bool wide_as_text = false;      // 64-bit numbers are always decimal strings
  bool defaults_written = false;  // scalars that equal their default too

  const Enumeration& union_of(const Record& record, std::string_view field) const;
};

const Spellings& event_spellings();
const Spellings& frame_spellings();

// A place in JSON, spelled out only when there is something to say about it.
struct Place {
  const Place* within = nullptr;
  std::string_view member;
  std::size_t element = SIZE_MAX;

  std::string text() const;  // "body.clocks[0].at"
};
std::unexpected<Error> refuse_at(const Place& place, std::string_view what, Errc code = Errc::malformed);

// Bytes to JSON. The bytes have to be verified before; the only thing left to go wrong is text that is no UTF-8.
class Writer {
 public:
  explicit Writer(const Spellings& spellings) : spellings_(spellings) {}

  boost::json::object record(const std::uint8_t* at, const Record& shape);
  boost::json::object member(const std::uint8_t* table, const Enumeration& of, std::uint8_t type);
  bool sound() const { return sound_; }

 private:
  boost::json::value field(const std::uint8_t* here, const FieldSpelling& field);
  boost::json::value one(const std::uint8_t* here, const FieldSpelling& field);
  boost::json::value number(std::uint64_t bits, const FieldSpelling& field) const;
  boost::json::value scalar(std::uint64_t bits, const FieldSpelling& field) const;
  boost::json::string text(const std::uint8_t* string);

  const Spellings& spellings_;
  bool sound_ = true;
};

// JSON to bytes, laid out as the generated Create functions would: children first, in the order of their ids.
class Reader {
 public:
  using Offset = flatbuffers::uoffset_t;
  struct Member {
    std::uint8_t type = 0;
    Offset table = 0;
  };

  Reader(const Spellings& spellings, flatbuffers::FlatBufferBuilder& builder) : spellings_(spellings), builder_(builder) {}

  // `unnamed`: members of the object that are not the record's and have been looked at already.
  Result<Offset> table(const boost::json::value& json, const Record& shape, const Place& place, std::size_t unnamed = 0);
  Result<Member> member(const boost::json::value& json, const Enumeration& of, const Place& place);

 private:
  struct Slot;

  Result<Slot> field(const boost::json::value& json, const FieldSpelling& field, const Place& place);
  Result<Offset> list(const boost::json::value& json, const FieldSpelling& field, const Place& place);
  Result<Offset> child(const boost::json::value& json, const FieldSpelling& field, const Place& place);
  Result<void> one(const boost::json::value& json, const FieldSpelling& field, std::uint8_t* to, const Place& place);
  Result<void> structure(const boost::json::value& json, const Record& shape, std::uint8_t* to, const Place& place);
  Result<std::uint64_t> integer(const boost::json::value& json, const FieldSpelling& field, const Place& place);
  Result<std::uint64_t> named(const boost::json::value& json, const Enumeration& of, const Place& place);
  Offset assemble(const std::vector<Slot>& slots);

  const Spellings& spellings_;
  flatbuffers::FlatBufferBuilder& builder_;
};

}  // namespace caseledger::api
