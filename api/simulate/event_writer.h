// Makes events: the envelope round a body, sealed parts with their openings, and the bytes.
#pragma once

#include "api/simulate/chance.h"
#include "api/simulate/simulated_event.h"
#include "ledger/core/event.h"

namespace caseledger::api::simulate {

using TextOffset = flatbuffers::Offset<flatbuffers::String>;

inline schema::Uuid uuid_for(const Uuid& id) {
  schema::Uuid out;
  std::memcpy(static_cast<void*>(&out), id.bytes.data(), 16);
  return out;
}
inline schema::Bytes32 bytes32_for(const std::array<std::uint8_t, 32>& bytes) {
  schema::Bytes32 out;
  std::memcpy(static_cast<void*>(&out), bytes.data(), 32);
  return out;
}
inline schema::Ref ref_to(const StreamId& stream, Version version) { return {uuid_for(stream), version}; }

// The part of an event that all types share. Texts are borrowed until the event is made.
struct Envelope {
  StreamKind kind;
  StreamId stream;
  Version version = 0;
  Micros occurred_at = 0;
  schema::Precision precision = schema::Precision::s;
  std::string_view operator_code;
  std::string_view system = {};  // set: automated
  std::string_view jurisdiction = {};
  std::string_view purpose;
  std::string_view legal_basis = {};
  schema::Handling handling;
  std::span<const schema::Ref> causes = {};
};

// Begin with builder(): make the body there, seal() what is personal, then write(). One writer makes many events, one at a time.
class EventWriter {
 public:
  flatbuffers::FlatBufferBuilder& builder() { return builder_; }
  TextOffset text(std::string_view value) { return builder_.CreateString(value.data(), value.size()); }
  TextOffset text_if(std::string_view value) { return value.empty() ? TextOffset() : text(value); }
  flatbuffers::Offset<flatbuffers::Vector<TextOffset>> texts(std::span<const std::string_view> values);

  // A part of one subject with one field, whose value is `json`.
  void seal(const SubjectId& subject, std::string_view field, std::string_view json, Chance& chance);

  template <class Table>
  void write(const Envelope& envelope, flatbuffers::Offset<Table> body, Chance& chance, SimulatedEvent& out) {
    finish(envelope, schema::BodyTraits<Table>::enum_value, body.Union(), chance, out);
  }

 private:
  void finish(const Envelope& envelope, schema::Body type, flatbuffers::Offset<void> body, Chance& chance, SimulatedEvent& out);

  flatbuffers::FlatBufferBuilder builder_{2048};
  std::vector<flatbuffers::Offset<schema::SealedPart>> parts_;
  std::vector<Opening> openings_;
};

}  // namespace caseledger::api::simulate
