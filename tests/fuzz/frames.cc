// Frames of a session, binary and as JSON.
#include <algorithm>

#include "api/frames.h"
#include "api/json.h"
#include "session_generated.h"
#include "tests/fuzz/parts.h"
#include "tests/support/event_samples.h"

namespace fuzz {

using namespace caseledger;

namespace {

// A filter may ask for kinds of stream that no schema here names, which find nothing; JSON has names alone.
bool has_json(const Result<api::frames::FromClient>& frame) {
  const auto* subscribe = frame ? std::get_if<api::frames::Subscribe>(&*frame) : nullptr;
  return !subscribe || std::ranges::all_of(subscribe->filter.kinds, [](std::uint8_t kind) { return kind != 0 && *schema::EnumNameStreamKind(static_cast<schema::StreamKind>(kind)) != 0; });
}

void read(const Buffer& frame) {
  const auto from_client = api::frames::read_from_client(frame);
  const auto from_server = api::frames::read_from_server(frame);
  expect(!(from_client && from_server), "a frame that both sides may send");
  if (!from_client) expect(!from_client.error().sentence.empty(), "a refusal without a sentence");
  if (!from_server) expect(!from_server.error().sentence.empty(), "a refusal without a sentence");
  if ((!from_client && !from_server) || !has_json(from_client)) return;
  const auto json = api::frame_to_json(frame);
  if (!json) return;  // text that is none has no JSON
  const auto again = api::frame_from_json(*json);
  expect(again.has_value(), "a frame's JSON does not read back");
  expect(api::frame_to_json(*again).value() == *json, "a frame's JSON reads back as another frame");
}

}  // namespace

void run_frame(Bytes input) { read({input.begin(), input.end()}); }

void run_frame_json(Bytes input) {
  const auto frame = api::frame_from_json(text_of(input));
  if (frame) read(*frame);
  else expect(!frame.error().sentence.empty(), "a refusal without a sentence");
}

std::vector<Buffer> frame_seeds() {
  std::vector<Buffer> seeds;
  for (const auto message : schema::EnumValuesMessage())
    if (message != schema::Message::NONE)
      for (const bool maximal : {false, true}) seeds.push_back(samples::sample_frame(message, maximal, 1));
  return seeds;
}

std::vector<Buffer> frame_json_seeds() {
  std::vector<Buffer> seeds;
  for (const Buffer& frame : frame_seeds())
    if (const auto json = api::frame_to_json(frame)) seeds.push_back(seed(*json));
  return seeds;
}

}  // namespace fuzz
