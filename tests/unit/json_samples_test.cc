// The JSON forms of every event type there is: samples made from the schemas survive bytes to JSON to bytes.
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>
#include <set>

#include "api/json.h"
#include "tests/support/event_samples.h"

using namespace caseledger;
using namespace caseledger::api;
namespace json = boost::json;

namespace {

// A sample names its salt, so nothing is left to chance.
void no_chance(std::span<std::uint8_t>) { FAIL("random bytes were asked for"); }

Result<Draft> read(const json::value& event) { return event_from_json(to_text(event), no_chance); }

json::object written(Bytes event) {
  std::vector<FoundRef> refs;
  const auto checked = check_event_bytes(event, refs);
  INFO((checked ? "" : checked.error().sentence));
  REQUIRE(checked);
  return event_to_json(view_event(event));
}

}  // namespace

TEST_CASE("every event type survives bytes to JSON to bytes") {
  for (const auto type : samples::event_types())
    for (const bool maximal : {false, true})
      for (std::uint64_t seed = 0; seed < 12; ++seed) {
        INFO(event_type(type)->name << (maximal ? ", maximal, " : ", minimal, ") << seed);
        const Buffer bytes = samples::sample_event(type, maximal, seed);
        const json::object event = written(bytes);
        INFO(to_text(event));
        const auto back = read(event);
        INFO((back ? "" : back.error().sentence));
        REQUIRE(back);
        REQUIRE(back->event == bytes);
        REQUIRE(back->openings.empty());
      }
}

TEST_CASE("whatever bytes are an event can be said in JSON, and read back say the same") {
  std::size_t accepted = 0;
  for (const auto type : samples::event_types()) {
    const Buffer sample = samples::sample_event(type, true, 5);
    for (std::size_t i = 0; i < sample.size(); ++i)
      for (const auto change : std::to_array<std::uint8_t>({0x01, 0x80})) {
        Buffer bytes = sample;
        bytes[i] ^= change;
        std::vector<FoundRef> refs;
        if (!check_event_bytes(bytes, refs)) continue;
        ++accepted;
        const json::object event = event_to_json(view_event(bytes));
        const auto back = read(event);
        INFO(event_type(type)->name << " byte " << i << ": " << to_text(event) << (back ? "" : back.error().sentence));
        REQUIRE(back);
        REQUIRE(event_to_json(view_event(back->event)) == event);
      }
  }
  CHECK(accepted > 10'000);
}

TEST_CASE("every action of a proposal is among the samples") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Buffer bytes = samples::sample_event(schema::Body::ProposalMade, true, seed);
    seen.emplace(written(bytes).at("body").at("action").at("type").as_string());
  }
  CHECK(seen.size() == static_cast<std::size_t>(schema::Action::MAX));
}

TEST_CASE("an event is laid out as generated code would lay it out") {
  const std::string stream_text = "0192f0c1-7b1e-7c3a-9d2e-5f60718293a4";
  const auto draft = event_from_json(R"({"stream":")" + stream_text + R"(","kind":"case","version":7,"type":"CaseReopened","salt":"AAECAwQFBgcICQoLDA0ODw==",
      "occurred_at":"2024-03-05T14:00:00Z","operator":"op-17","handling":"internal",
      "body":{"reason_code":"lost_again","prior_close_event_id":{"stream":")" + stream_text + R"(","version":6}}})", no_chance);
  REQUIRE(draft);

  schema::Uuid stream;
  std::memcpy(static_cast<void*>(&stream), parse_uuid(stream_text)->bytes.data(), sizeof stream);
  schema::Salt salt;
  for (std::uint8_t i = 0; i < sizeof salt; ++i) reinterpret_cast<std::uint8_t*>(&salt)[i] = i;
  const schema::Ref closed(stream, 6);
  flatbuffers::FlatBufferBuilder builder;
  const auto op = builder.CreateString("op-17");
  const auto body = schema::CreateCaseReopened(builder, schema::ReopenReason::lost_again, &closed);
  const auto event = schema::CreateEvent(builder, &stream, schema::StreamKind::case_, 7, &salt, parse_rfc3339("2024-03-05T14:00:00Z")->at, 0,
                                         schema::Precision::us, flatbuffers::nullopt, op, false, 0, 0, 0, 0, schema::Handling::internal, 0, 0, 0,
                                         schema::Body::CaseReopened, body.Union());
  schema::FinishEventBuffer(builder, event);
  CHECK(hex(draft->event) == hex({builder.GetBufferPointer(), builder.GetSize()}));
}
