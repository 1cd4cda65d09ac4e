#include "ledger/core/batch.h"

namespace caseledger {

Result<BatchParts> parse_batch(Bytes bytes) {
  if (bytes.size() > batch_bytes_max)
    return fail(Errc::too_large, "a batch of " + std::to_string(bytes.size()) + " bytes; at most 1,048,576 are allowed");
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 8, 2 * events_per_batch_max);
  if (bytes.size() < 8 || !schema::VerifyBatchBuffer(verifier)) return fail(Errc::malformed, "not a batch (FlatBuffers table Batch, identifier CLBT)");
  const auto* batch = schema::GetBatch(bytes.data());
  const auto count = batch->events()->size();
  if (count < 1 || count > events_per_batch_max)
    return fail(Errc::malformed, "a batch holds 1 to 1,024 events, found " + std::to_string(count));
  BatchParts parts;
  std::memcpy(parts.author.data(), batch->author(), 32);
  std::memcpy(parts.signature.data(), batch->signature(), 64);
  parts.events.reserve(count);
  for (const auto* event : *batch->events()) {
    const Bytes exact{event->bytes()->data(), event->bytes()->size()};
    if ((exact.data() - bytes.data()) % 8 != 0)
      return fail(Errc::malformed, "event " + std::to_string(parts.events.size()) + " does not start on an 8-byte boundary of its batch");
    parts.events.push_back(exact);
  }
  return parts;
}

Buffer sign_batch(const std::vector<Bytes>& events, std::string_view origin, const Signer& author) {
  Hashes leaves;
  std::size_t bytes = 256;
  for (const Bytes event : events) leaves.push_back(leaf_hash(event)), bytes += event.size() + 32;
  const Hash root = tree_head(leaves);
  const Signature signed_root = author.sign(bytes_of(batch_text(origin, static_cast<std::uint32_t>(events.size()), root)));

  flatbuffers::FlatBufferBuilder builder(bytes);
  std::vector<flatbuffers::Offset<schema::EventBytes>> offsets;
  for (const Bytes event : events) {
    builder.ForceVectorAlignment(event.size(), 1, 8);
    offsets.push_back(schema::CreateEventBytes(builder, builder.CreateVector(event.data(), event.size())));
  }
  const auto vector = builder.CreateVector(offsets);
  schema::Bytes32 key;
  schema::Signature signature;
  std::memcpy(&key, author.vkey().key.data(), 32);
  std::memcpy(&signature, signed_root.data(), 64);
  builder.Finish(schema::CreateBatch(builder, &key, vector, &signature), schema::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace caseledger
