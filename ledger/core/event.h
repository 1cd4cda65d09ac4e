// One event: a view into its exact bytes.
#pragma once

#include "ledger/core/hash.h"
#include "ledger/core/schema.h"

namespace caseledger {

using schema::StreamKind;

struct EventView {
  const schema::Event* fields = nullptr;
  Bytes bytes;
  StreamId stream;
  Version version = 0;
  StreamKind kind = StreamKind::unset;
  schema::Body type = schema::Body::NONE;

  template <class Table>
  const Table& body() const {
    return *static_cast<const Table*>(fields->body());
  }
};

// A view of bytes that check_event_bytes has accepted, now or before they were stored.
inline EventView view_event(Bytes bytes) {
  const auto* fields = schema::GetEvent(bytes.data());
  EventView view{fields, bytes, {}, fields->version(), fields->kind(), fields->body_type()};
  std::memcpy(view.stream.bytes.data(), fields->stream(), 16);
  return view;
}

inline Uuid uuid_of(const schema::Uuid& id) {
  Uuid out;
  std::memcpy(out.bytes.data(), &id, 16);
  return out;
}

inline Hash hash_of(const schema::Bytes32& bytes) {
  Hash out;
  std::memcpy(out.bytes.data(), &bytes, 32);
  return out;
}

inline std::string_view text_of(const flatbuffers::String* text) { return text ? text->string_view() : std::string_view{}; }

// "case": the schema's own word, where the generated name dodges C++ keywords ("case_").
std::string_view kind_name(StreamKind kind);

// "case 0192f0c1-…", for sentences.
std::string describe(StreamKind kind, const StreamId& stream);

}  // namespace caseledger
