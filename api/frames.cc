// Writing frames. What every reader may rely on: nested batches and events start on 8-byte boundaries of the frame.
#include "api/frames.h"

#include <algorithm>

#include "ledger/sequencer.h"
#include "session_generated.h"

namespace caseledger::api::frames {

namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

template <class Raw, class From>
Raw raw(const From& bytes) {
  static_assert(sizeof(Raw) == sizeof(From));
  Raw out;
  std::memcpy(static_cast<void*>(&out), &bytes, sizeof out);
  return out;
}

template <class Table>
Buffer finish(FlatBufferBuilder& builder, Offset<Table> message) {
  schema::FinishFrameBuffer(builder, schema::CreateFrame(builder, schema::MessageTraits<Table>::enum_value, message.Union()));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Offset<flatbuffers::String> text(FlatBufferBuilder& builder, std::string_view value) { return builder.CreateString(value.data(), value.size()); }

Offset<flatbuffers::Vector<Offset<flatbuffers::String>>> texts(FlatBufferBuilder& builder, const std::vector<std::string>& values) {
  return builder.CreateVectorOfStrings(values);
}

Offset<flatbuffers::Vector<const schema::Bytes32*>> hashes(FlatBufferBuilder& builder, std::span<const Hash> values) {
  static_assert(sizeof(Hash) == sizeof(schema::Bytes32));
  return builder.CreateVectorOfStructs(reinterpret_cast<const schema::Bytes32*>(values.data()), values.size());
}

Offset<flatbuffers::Vector<std::uint8_t>> nested(FlatBufferBuilder& builder, Bytes bytes) {
  builder.ForceVectorAlignment(bytes.size(), 1, 8);
  return builder.CreateVector(bytes.data(), bytes.size());
}

Offset<flatbuffers::Vector<Offset<schema::Opening>>> openings(FlatBufferBuilder& builder, const std::vector<Opening>& all) {
  std::vector<Offset<schema::Opening>> written;
  for (const Opening& opening : all) {
    const auto plaintext = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(opening.plaintext.data()), opening.plaintext.size());
    const auto salt = raw<schema::Bytes32>(opening.salt);
    written.push_back(schema::CreateOpening(builder, opening.event, opening.part, &salt, plaintext));
  }
  return builder.CreateVector(written);
}

Offset<schema::AppendItem> item(FlatBufferBuilder& builder, const Outgoing& outgoing) {
  const auto opened = outgoing.submission.openings.empty() ? 0 : openings(builder, outgoing.submission.openings);
  return schema::CreateAppendItem(builder, outgoing.request, nested(builder, outgoing.submission.batch), opened);
}

// How many hashes at their end all the proofs have in common.
std::size_t common_end(std::span<const Recorded> results) {
  const Hashes& first = results[0].path;
  std::size_t common = first.size();
  for (const Recorded& each : results.subspan(1)) {
    common = std::min(common, each.path.size());
    std::size_t equal = 0;
    while (equal < common && each.path[each.path.size() - 1 - equal] == first[first.size() - 1 - equal]) ++equal;
    common = equal;
  }
  return common;
}

}  // namespace

Buffer write(const Challenge& challenge) {
  FlatBufferBuilder builder;
  const auto nonce = raw<schema::Bytes32>(challenge.nonce);
  const Limits& l = challenge.limits;
  const auto limits = schema::CreateLimits(builder, l.frame_bytes, l.batch_bytes, l.events_per_batch, l.appends_per_frame, l.appends_in_flight, l.subscriptions);
  const auto origin = text(builder, challenge.origin);
  return finish(builder, schema::CreateChallenge(builder, origin, &nonce, text(builder, challenge.checkpoint), limits));
}

Buffer write(const Welcome& welcome) {
  FlatBufferBuilder builder;
  const auto organisation = text(builder, welcome.organisation);
  const auto roles = texts(builder, welcome.roles);
  const auto scopes = texts(builder, welcome.scopes);
  return finish(builder, schema::CreateWelcome(builder, organisation, roles, scopes, text(builder, welcome.checkpoint), welcome.next.value));
}

Buffer write(const Appended& appended) {
  FlatBufferBuilder builder(512 + 256 * appended.results.size());
  std::vector<Offset<schema::Result>> results;
  results.reserve(appended.results.size());
  for (const auto& each : appended.results) {
    const auto own = hashes(builder, each.own);
    results.push_back(schema::CreateResult(builder, each.request, each.first_position.value, each.entry_index.value, each.recorded_at, own));
  }
  const auto all = builder.CreateVector(results);
  const auto shared = hashes(builder, appended.shared);
  return finish(builder, schema::CreateAppended(builder, text(builder, appended.checkpoint), shared, all));
}

Buffer write_appended(std::string_view checkpoint, std::span<const Recorded> recorded) {
  ENSURE(!recorded.empty());
  const std::size_t common = common_end(recorded);
  Appended appended{checkpoint, std::span(recorded[0].path).last(common), {}};
  appended.results.reserve(recorded.size());
  for (const Recorded& each : recorded)
    appended.results.push_back(
        {each.ticket.request, each.first_position, each.index, each.recorded_at, std::span(each.path).first(each.path.size() - common)});
  return write(appended);
}

Rejected rejected(std::uint64_t request, const Rejection& rejection) {
  Rejected out{request, std::string(name(rejection.error.code)), rejection.error.sentence, {}, rejection.retry_after_ms};
  for (const auto& each : rejection.events)
    out.events.push_back({each.event, std::string(name(each.error.code)), each.error.sentence, each.current, each.position});
  return out;
}

Buffer write(const Rejected& rejected) {
  FlatBufferBuilder builder;
  std::vector<Offset<schema::EventProblem>> problems;
  for (const auto& each : rejected.events) {
    const auto code = text(builder, each.code);
    flatbuffers::Optional<std::uint64_t> position;
    if (each.position) position = each.position->value;
    problems.push_back(schema::CreateEventProblem(builder, each.event, code, text(builder, each.sentence), each.current, position));
  }
  const auto all = problems.empty() ? 0 : builder.CreateVector(problems);
  const auto code = text(builder, rejected.code);
  return finish(builder, schema::CreateRejected(builder, rejected.request, code, text(builder, rejected.sentence), all, rejected.retry_after_ms));
}

Buffer write(const Events& events) {
  std::size_t bytes = 256;
  for (const auto& each : events.events) bytes += each.event.size() + 48;
  FlatBufferBuilder builder(bytes);
  std::vector<Offset<schema::Delivery>> deliveries;
  deliveries.reserve(events.events.size());
  for (const auto& each : events.events)
    deliveries.push_back(schema::CreateDelivery(builder, each.position.value, each.entry_index.value, nested(builder, each.event)));
  return finish(builder, schema::CreateEvents(builder, events.id, builder.CreateVector(deliveries), events.caught_up, events.next.value));
}

Buffer write(const Head& head) {
  FlatBufferBuilder builder;
  return finish(builder, schema::CreateHead(builder, text(builder, head.checkpoint), head.next.value));
}

Buffer write(const Identify& identify) {
  FlatBufferBuilder builder;
  const auto author = raw<schema::Bytes32>(identify.author), nonce = raw<schema::Bytes32>(identify.nonce);
  const auto signature = raw<schema::Signature>(identify.signature);
  return finish(builder, schema::CreateIdentify(builder, &author, &nonce, text(builder, identify.authority), &signature));
}

Buffer write_append(std::span<const Outgoing> outgoing) {
  std::size_t bytes = 256;
  for (const auto& each : outgoing) bytes += each.submission.batch.size() + 64;
  FlatBufferBuilder builder(bytes);
  std::vector<Offset<schema::AppendItem>> items;
  items.reserve(outgoing.size());
  for (const auto& each : outgoing) items.push_back(item(builder, each));
  return finish(builder, schema::CreateAppend(builder, builder.CreateVector(items)));
}

Buffer write(const Subscribe& subscribe) {
  FlatBufferBuilder builder;
  const auto& filter = subscribe.filter;
  static_assert(sizeof(schema::StreamKind) == 1);
  const auto kinds = filter.kinds.empty() ? 0 : builder.CreateVector(reinterpret_cast<const schema::StreamKind*>(filter.kinds.data()), filter.kinds.size());
  const auto types = filter.types.empty() ? 0 : texts(builder, filter.types);
  const auto jurisdictions = filter.jurisdictions.empty() ? 0 : texts(builder, filter.jurisdictions);
  const auto filtered = schema::CreateFilter(builder, kinds, types, jurisdictions);
  const auto stream = raw<schema::Uuid>(subscribe.stream.value_or(StreamId{}));
  return finish(builder, schema::CreateSubscribe(builder, subscribe.id, subscribe.from.value, subscribe.stream ? &stream : nullptr, filtered, subscribe.credit));
}

Buffer write(const Grant& grant) {
  FlatBufferBuilder builder;
  return finish(builder, schema::CreateGrant(builder, grant.id, grant.credit));
}

Buffer write(const Unsubscribe& unsubscribe) {
  FlatBufferBuilder builder;
  return finish(builder, schema::CreateUnsubscribe(builder, unsubscribe.id));
}

Buffer write(const Unseal& unseal) {
  FlatBufferBuilder builder;
  return finish(builder, schema::CreateUnseal(builder, unseal.request, unseal.position.value));
}

Buffer write(const Unsealed& unsealed) {
  FlatBufferBuilder builder;
  return finish(builder, schema::CreateUnsealed(builder, unsealed.request, openings(builder, unsealed.openings)));
}

}  // namespace caseledger::api::frames
