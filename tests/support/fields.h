// Where everything in an event's bytes stands: a plain second reader that follows the reflection, for tests that put something else there.
//
// It takes the bytes to be a valid event.
#pragma once

#include <flatbuffers/reflection.h>
#include <functional>
#include <optional>

#include "ledger/core/event.h"

namespace samples {

using namespace caseledger;

// A field that is present.
struct Found {
  const reflection::Object* table;
  const reflection::Field* field;
  std::size_t slot;                   // of its offset in the vtable
  std::size_t at;                     // its value, or the offset that leads to it
  std::size_t target = 0;             // where that offset leads: the length of a text, the count of a vector, a table
  std::vector<std::size_t> elements;  // of a vector
  std::size_t stride = 0;             // of its elements, where they are no offsets

  reflection::BaseType type() const { return field->type()->base_type(); }
  bool is_offset() const { return target != 0; }
  std::string name() const;           // "CaseOpened.clocks"
};

struct Tables {
  std::vector<Found> fields;
  std::vector<std::size_t> tables;    // where each begins
  std::vector<const reflection::Object*> shapes;
  std::vector<bool> reached;          // by byte
};
Tables read_tables(Bytes event);

bool has(const reflection::Field& field, std::string_view attribute);
bool is_p4(const reflection::Field& field);
std::optional<std::uint64_t> number(const reflection::Field& field, std::string_view attribute);
// Of a field, or of its elements; nullptr when it is none.
const reflection::Enum* enumeration(const reflection::Field& field);
bool is_open(const reflection::Enum& all);
bool knows(const reflection::Enum& all, std::uint8_t value);  // `unset` is no value

// ── what a test does to bytes ──

// Puts bytes behind the event, on an 8-byte boundary, with zeros up to the next; returns where.
std::size_t add(Buffer& event, Bytes bytes);
// Leads an offset to bytes put behind the event, past the first few of them.
void redirect(Buffer& event, std::size_t at, Bytes to, std::size_t past = 0);
Buffer text_bytes(std::string_view text);  // length, text, zero

// ── on every field of every event type ──

struct Sample {
  Buffer event;
  Tables tables;
};
const std::vector<Sample>& all_samples();  // of every type several, smallest and largest

std::string verdict(const Buffer& event);  // "accepted", or "malformed: …"

// Does something to each field in turn, where it says that it found something to do, and sees that this is refused, or is not.
using Change = std::function<bool(Buffer& event, const Found& found)>;
void refused_everywhere(Errc code, const Change& change);
void accepted_everywhere(const Change& change);

}  // namespace samples
