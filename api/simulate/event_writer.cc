#include "api/simulate/event_writer.h"

namespace caseledger::api::simulate {

flatbuffers::Offset<flatbuffers::Vector<TextOffset>> EventWriter::texts(std::span<const std::string_view> values) {
  std::array<TextOffset, 16> offsets;
  ENSURE(values.size() <= offsets.size());
  for (std::size_t i = 0; i < values.size(); ++i) offsets[i] = text(values[i]);
  return builder_.CreateVector(offsets.data(), values.size());
}

void EventWriter::seal(const SubjectId& subject, std::string_view field, std::string_view json, Chance& chance) {
  Opening opening;
  opening.part = static_cast<std::uint16_t>(parts_.size());
  opening.salt = chance.bytes<32>();
  opening.plaintext.append("{\"").append(field).append("\":").append(json).append("}");
  const auto fields = texts(std::span(&field, 1));
  const auto owner = uuid_for(subject);
  const auto commitment = bytes32_for(part_commitment(opening.salt, opening.plaintext).bytes);
  parts_.push_back(schema::CreateSealedPart(builder_, &owner, schema::Handling::child_sensitive, fields, &commitment));
  openings_.push_back(std::move(opening));
}

void EventWriter::finish(const Envelope& envelope, schema::Body type, flatbuffers::Offset<void> body, Chance& chance, SimulatedEvent& out) {
  const auto operator_code = text(envelope.operator_code);
  const auto system = text_if(envelope.system);
  const auto jurisdiction = text_if(envelope.jurisdiction);
  const auto purpose = text(envelope.purpose);
  const auto legal_basis = text_if(envelope.legal_basis);
  const auto causes = envelope.causes.empty() ? 0 : builder_.CreateVectorOfStructs(envelope.causes.data(), envelope.causes.size());
  const auto parts = parts_.empty() ? 0 : builder_.CreateVector(parts_);
  const auto stream = uuid_for(envelope.stream);
  const auto random = chance.bytes<16>();
  schema::Salt salt;
  std::memcpy(static_cast<void*>(&salt), random.data(), random.size());

  schema::EventBuilder event(builder_);
  event.add_occurred_at(envelope.occurred_at);
  event.add_stream(&stream);
  event.add_salt(&salt);
  event.add_version(envelope.version);
  event.add_operator_(operator_code);
  if (!envelope.system.empty()) {
    event.add_system(system);
    event.add_automated(true);
  }
  if (!envelope.jurisdiction.empty()) event.add_jurisdiction(jurisdiction);
  event.add_purpose(purpose);
  if (!envelope.legal_basis.empty()) event.add_legal_basis(legal_basis);
  if (!envelope.causes.empty()) event.add_causes(causes);
  if (!parts_.empty()) event.add_parts(parts);
  event.add_body(body);
  event.add_kind(envelope.kind);
  event.add_precision(envelope.precision);
  event.add_handling(envelope.handling);
  event.add_body_type(type);
  schema::FinishEventBuffer(builder_, event.Finish());

  const auto* bytes = builder_.GetBufferPointer();
  out.event.assign(bytes, bytes + builder_.GetSize());
  out.openings.swap(openings_);
  openings_.clear();
  parts_.clear();
  builder_.Clear();
}

}  // namespace caseledger::api::simulate
