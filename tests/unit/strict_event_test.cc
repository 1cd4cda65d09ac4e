// The shape an event's bytes may not have, tried on every field of every event type: unknown, missing, hidden, oversize.
#include <catch2/catch.hpp>

#include "tests/support/event_samples.h"
#include "tests/support/fields.h"

using namespace samples;

namespace {

bool is_vector_of_texts(const Found& found) { return found.type() == reflection::Vector && found.field->type()->element() == reflection::String; }

// Leads a table to another vtable, behind the event.
Buffer with_vtable(const Sample& sample, std::size_t which, const Buffer& vtable) {
  Buffer event = sample.event;
  const std::size_t table = sample.tables.tables[which], at = add(event, vtable);
  store_le(event.data() + table, static_cast<std::int32_t>(static_cast<std::int64_t>(table) - static_cast<std::int64_t>(at)));
  return event;
}

// Its own, with one field more than the schema has.
Buffer with_unknown_field(const Sample& sample, std::size_t which) {
  const std::size_t table = sample.tables.tables[which];
  const Bytes own = Bytes(sample.event).subspan(table - static_cast<std::size_t>(static_cast<std::int64_t>(load_le<std::int32_t>(sample.event.data() + table))));
  Buffer vtable(own.begin(), own.begin() + load_le<std::uint16_t>(own.data()));
  vtable.resize(4 + 2 * (sample.tables.shapes[which]->fields()->size() + 3), 0);
  store_le(vtable.data(), static_cast<std::uint16_t>(vtable.size()));
  store_le(vtable.data() + vtable.size() - 2, std::uint16_t{4});
  return with_vtable(sample, which, vtable);
}

// A correction whose replacement has so many bytes.
Buffer correction(std::size_t bytes) {
  flatbuffers::FlatBufferBuilder builder;
  const Buffer content(bytes, 'x');
  const schema::Ref target;
  const auto replacement = builder.CreateVector(content);
  const auto reason = builder.CreateString("typo");
  const auto body = schema::CreateCorrectionRequested(builder, &target, replacement, reason).Union();
  const auto speaker = builder.CreateString("op-1");
  const schema::Uuid stream;
  const schema::Salt salt;
  schema::EventBuilder event(builder);
  event.add_stream(&stream);
  event.add_kind(schema::StreamKind::case_);
  event.add_version(2);
  event.add_salt(&salt);
  event.add_occurred_at(1'709'665'200'000'000);
  event.add_operator_(speaker);
  event.add_handling(schema::Handling::open);
  event.add_body_type(schema::Body::CorrectionRequested);
  event.add_body(body);
  schema::FinishEventBuffer(builder, event.Finish());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

TEST_CASE("every sample is an event, and a second reader reaches all of it but zeros between") {
  for (const Sample& sample : all_samples()) {
    CHECK(verdict(sample.event) == "accepted");
    for (std::size_t at = 0; at < sample.event.size(); ++at)
      if (!sample.tables.reached[at] && sample.event[at] != 0) FAIL_CHECK("byte " << at);
  }
}

// ── unknown ──

TEST_CASE("a body or an action of a type that is none, or not known, is refused") {
  for (const int member : {0, 89, 90, 128, 255})
    refused_everywhere(Errc::malformed, [&](Buffer& event, const Found& found) {
      event[found.at] = static_cast<std::uint8_t>(member);
      return found.type() == reflection::UType;
    });
}

TEST_CASE("a field that the schema does not have is refused in every table") {
  for (const Sample& sample : all_samples())
    for (std::size_t i = 0; i < sample.tables.tables.size(); ++i) {
      const std::string answer = verdict(with_unknown_field(sample, i));
      INFO(sample.tables.shapes[i]->name()->str() << ": " << answer);
      CHECK(answer.starts_with("malformed"));
      CHECK(answer.find("unknown field") != answer.npos);
    }
}

TEST_CASE("a vtable that is too short for its own sizes is refused in every table") {
  for (const Sample& sample : all_samples())
    for (std::size_t i = 0; i < sample.tables.tables.size(); ++i)
      for (const std::uint8_t bytes : {std::uint8_t{0}, std::uint8_t{2}, std::uint8_t{3}}) CHECK(verdict(with_vtable(sample, i, {bytes, 0, 4, 0, 0, 0, 0, 0})).starts_with("malformed"));
}

// ── missing ──

TEST_CASE("a field that has to be there is missed") {
  refused_everywhere(Errc::malformed, [](Buffer& event, const Found& found) {
    store_le(event.data() + found.slot, std::uint16_t{0});
    const bool zero_is_a_value = !enumeration(*found.field) && !has(*found.field, "time") && !has(*found.field, "min");
    return found.field->required() || (has(*found.field, "must") && !zero_is_a_value);
  });
}

TEST_CASE("a text that has to be there is not empty, nor is any in a vector") {
  refused_everywhere(Errc::malformed, [](Buffer& event, const Found& found) {
    if (found.type() != reflection::String || !found.field->required()) return false;
    redirect(event, found.at, text_bytes(""));
    return true;
  });
  refused_everywhere(Errc::malformed, [](Buffer& event, const Found& found) {
    if (!is_vector_of_texts(found) || found.elements.empty()) return false;
    redirect(event, found.elements.back(), text_bytes(""));
    return true;
  });
}

// ── hidden ──

TEST_CASE("zeros between fields stay zeros") {
  for (const Sample& sample : all_samples())
    for (std::size_t at = 0; at < sample.event.size(); ++at) {
      if (sample.tables.reached[at]) continue;
      Buffer event = sample.event;
      event[at] = 1;
      CHECK(verdict(event) == "malformed: the event hides bytes: no field reaches byte " + std::to_string(at));
    }
}

TEST_CASE("a text, a vector or a table that nothing leads to is found") {
  refused_everywhere(Errc::malformed, [](Buffer& event, const Found& found) {
    if (!found.is_offset() || found.field->required()) return false;
    store_le(event.data() + found.slot, std::uint16_t{0});
    return true;
  });
}

TEST_CASE("nothing stands behind an event") {
  for (const Sample& sample : all_samples())
    for (const std::size_t count : {8, 16, 4096})
      for (const char what : {'\0', '\1', 'x'}) {
        Buffer event = sample.event;
        event.resize(event.size() + count, static_cast<std::uint8_t>(what));
        CHECK(verdict(event).starts_with("malformed: the event hides bytes"));
      }
}

TEST_CASE("a table that is moved behind the event leaves a gap that is found") {
  for (const Sample& sample : all_samples()) {
    Buffer event = sample.event;
    const Buffer whole = event;
    const std::size_t root = load_le<std::uint32_t>(event.data());
    const std::size_t at = add(event, Bytes(whole).subspan(root));
    store_le(event.data(), static_cast<std::uint32_t>(at));
    CHECK(verdict(event) != "accepted");
  }
}

// ── size and frame ──

TEST_CASE("an event is a whole number of 8 bytes") {
  const Buffer event = sample_event(schema::Body::CaseOpened, true, 1);
  for (std::size_t size = 0; size < event.size(); ++size) {
    INFO(size);
    CHECK(verdict({event.begin(), event.begin() + static_cast<std::ptrdiff_t>(size)}).starts_with("malformed"));
  }
  for (std::size_t more = 1; more < 8; ++more) {
    Buffer longer = event;
    longer.resize(event.size() + more);
    CHECK(verdict(longer).starts_with("malformed: an event's size is a multiple of 8"));
  }
}

TEST_CASE("an event has at most 32 KiB, and that is enough for one of just so many") {
  const std::size_t around = correction(1024).size() - 1024;
  CHECK(correction(event_bytes_max - around).size() == event_bytes_max);
  CHECK(verdict(correction(event_bytes_max - around)) == "accepted");
  CHECK(correction(event_bytes_max - around + 8).size() == event_bytes_max + 8);
  CHECK(verdict(correction(event_bytes_max - around + 8)).starts_with("too_large"));
  CHECK(verdict(Buffer(1u << 20, 0)).starts_with("too_large"));
}

TEST_CASE("what is not marked as an event, or leads out of its bytes, is no event") {
  const Buffer event = sample_event(schema::Body::CaseOpened, true, 1);
  for (std::size_t at = 4; at < 8; ++at) {
    Buffer other = event;
    other[at] ^= 0x20;
    CHECK(verdict(other).starts_with("malformed: not an event"));
  }
  for (const std::uint32_t root : {0u, 4u, static_cast<std::uint32_t>(event.size() - 1), static_cast<std::uint32_t>(event.size()), 0x7fffffffu, 0xffffffffu}) {
    Buffer other = event;
    store_le(other.data(), root);
    CHECK(verdict(other).starts_with("malformed"));
  }
  CHECK(verdict({}).starts_with("malformed"));
  CHECK(verdict(Buffer(8, 0)).starts_with("malformed"));
}
