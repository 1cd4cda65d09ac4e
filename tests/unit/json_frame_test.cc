// Session frames as JSON text: caseledger.v1+json.
#include <catch2/catch.hpp>

#include "api/json.h"
#include "ledger/core/batch.h"
#include "tests/support/event_samples.h"

using namespace caseledger;
using namespace caseledger::api;

namespace {

std::string told(std::string_view text) {
  const auto result = frame_from_json(text);
  return result ? "accepted" : std::string(name(result.error().code)) + " | " + result.error().sentence;
}

template <class Build>
Buffer frame_of(Build build) {
  flatbuffers::FlatBufferBuilder builder;
  schema::FinishFrameBuffer(builder, build(builder));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

TEST_CASE("every frame survives bytes to JSON to bytes") {
  for (int type = 1; type <= static_cast<int>(schema::Message::MAX); ++type)
    for (const bool maximal : {false, true})
      for (std::uint64_t seed = 0; seed < 12; ++seed) {
        INFO(schema::EnumNameMessage(static_cast<schema::Message>(type)) << ' ' << maximal << ' ' << seed);
        const Buffer bytes = samples::sample_frame(static_cast<schema::Message>(type), maximal, seed);
        const auto text = frame_to_json(bytes);
        INFO((text ? *text : text.error().sentence));
        REQUIRE(text);
        const auto back = frame_from_json(*text);
        INFO((back ? "" : back.error().sentence));
        REQUIRE(back);
        REQUIRE(*back == bytes);
      }
}

TEST_CASE("a frame is an object with its type: 64-bit numbers as decimal text, bytes as base64, hashes as hexadecimal") {
  const Buffer rejected = frame_of([](auto& builder) {
    const std::vector problems{schema::CreateEventProblemDirect(builder, 3, "version_conflict", "case 0192…: “4”", 6, 18'446'744'073'709'551'615u)};
    const auto message = schema::CreateRejectedDirect(builder, 12, "version_conflict", "nothing was recorded", &problems, 0);
    return schema::CreateFrame(builder, schema::Message::Rejected, message.Union());
  });
  CHECK(*frame_to_json(rejected) ==
        R"({"type":"Rejected","request":"12","code":"version_conflict","sentence":"nothing was recorded","events":[{"event":3,)"
        R"("code":"version_conflict","sentence":"case 0192…: “4”","current_version":6,"position":"18446744073709551615"}],"retry_after_ms":0})");

  const auto head = frame_from_json(R"({"type":"Head","checkpoint":"a\nb\n","next_position":"9007199254740993"})");
  REQUIRE(head);
  const auto* read = schema::GetFrame(head->data())->message_as_Head();
  REQUIRE(read);
  CHECK(read->checkpoint()->str() == "a\nb\n");
  CHECK(read->next_position() == 9'007'199'254'740'993u);

  const auto subscribe = frame_from_json(R"({"type":"Subscribe","id":"1","stream":"0192f0c1-7b1e-7c3a-9d2e-5f60718293a4","filter":{"kinds":["case","alert"]}})");
  REQUIRE(subscribe);
  CHECK(*frame_to_json(*subscribe) ==
        R"({"type":"Subscribe","id":"1","from":"0","stream":"0192f0c1-7b1e-7c3a-9d2e-5f60718293a4","filter":{"kinds":["case","alert"]},"credit":0})");
}

TEST_CASE("a batch in a frame that came as JSON can be read in place") {
  for (std::size_t size = 0; size < 20; ++size) {
    const Buffer batch(size, 7);
    const auto frame = frame_from_json(R"({"type":"Append","items":[{"request":"1","batch":")" + base64(batch) + R"("},{"request":"2","batch":"AAAA"}]})");
    REQUIRE(frame);
    const auto* items = schema::GetFrame(frame->data())->message_as_Append()->items();
    for (const auto* item : *items) CHECK((item->batch()->Data() - frame->data()) % 8 == 0);
    CHECK(equal({items->Get(0)->batch()->Data(), size}, batch));
  }
}

TEST_CASE("a frame that is none is refused with a sentence that begins with the place") {
  CHECK(told(R"({"type":"Unseal","request":"1","position":"2"})") == "accepted");
  CHECK(told("[]") == "malformed | wanted an object");
  CHECK(told("{}") == "malformed | type: is missing");
  CHECK_THAT(told(R"({"type":"Nothing"})"), Catch::StartsWith("value_out_of_range | type: no Message: Challenge, Identify"));
  CHECK(told(R"({"type":7})") == "malformed | type: wanted a name");
  CHECK(told(R"({"type":"Head"})") == "malformed | checkpoint: is missing");
  CHECK(told(R"({"type":"Unseal","request":1})") == "malformed | request: wanted a number as decimal text");
  CHECK(told(R"({"type":"Unseal","request":"01"})") == "malformed | request: not a decimal number");
  CHECK(told(R"({"type":"Unseal","request":"-1"})") == "value_out_of_range | request: does not fit its 64 bits");
  CHECK(told(R"({"type":"Unseal","request":"18446744073709551616"})") == "malformed | request: not a decimal number");
  CHECK(told(R"({"type":"Unseal","requests":"1"})") == R"(malformed | unknown member "requests")");
  CHECK(told(R"({"type":"Append","items":[{"request":"1","batch":"AAAA"},{"request":"1"}]})") == "malformed | items[1].batch: is missing");
  CHECK(told(R"({"type":"Append","items":[{"batch":"AA"}]})") == "malformed | items[0].batch: not base64");
  CHECK(told(R"({"type":"Unsealed","openings":[{"salt":"00","plaintext":""}]})") == "malformed | openings[0].salt: wanted 64 hexadecimal digits");
  CHECK(told(R"({"type":"Grant","id":"1","credit":4294967296})") == "value_out_of_range | credit: does not fit its 32 bits");
}

TEST_CASE("bytes that are no frame, of an unknown type or with text that is none become no JSON") {
  CHECK(frame_to_json({}).error().code == Errc::malformed);
  CHECK(frame_to_json(samples::sample_event(schema::Body::CaseClosed, false, 0)).error().code == Errc::malformed);
  const Buffer unknown = frame_of([](auto& builder) {
    const auto message = schema::CreateGrant(builder, 1, 1);
    return schema::CreateFrame(builder, static_cast<schema::Message>(99), message.Union());
  });
  CHECK(frame_to_json(unknown).error().sentence == "a frame of unknown type 99");
  const Buffer no_text = frame_of([](auto& builder) {
    const auto message = schema::CreateHeadDirect(builder, "\xff", 1);
    return schema::CreateFrame(builder, schema::Message::Head, message.Union());
  });
  CHECK(frame_to_json(no_text).error().sentence == "a frame with text that is no UTF-8");
  const Buffer sample = samples::sample_frame(schema::Message::Events, true, 3);
  for (std::size_t size = 0; size < sample.size(); ++size) CHECK_FALSE(frame_to_json(Bytes(sample).first(size)));
}
