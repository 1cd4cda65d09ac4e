// Events and batches as bytes, and events as NDJSON.
#include <boost/json.hpp>

#include "api/json.h"
#include "ledger/rules/stream.h"
#include "ledger/verify.h"
#include "tests/fuzz/parts.h"
#include "tests/support/event_samples.h"

namespace fuzz {

using namespace caseledger;

namespace {

void no_chance(std::span<std::uint8_t> salt) { std::ranges::fill(salt, std::uint8_t{7}); }

// Whatever the strict form lets in, everything behind it can read.
void read(const Buffer& event) {
  const EventView view = view_event(event);
  (void)check_event(view);
  expect(rules::apply({}, view, Position{0}).version == view.version, "a stream's state is not at the event's version");
  const std::string json = api::to_text(api::event_to_json(view));
  const auto again = api::event_from_json(json, no_chance);
  expect(again.has_value(), "an event's JSON does not read back");
  expect(api::to_text(api::event_to_json(view_event(again->event))) == json, "an event's JSON reads back as another event");
}

const std::string origin = "ledger.example.org/l/fuzz";

}  // namespace

void run_event(Bytes input) {
  const Buffer event(input.begin(), input.end());  // aligned, and of exactly its size
  std::vector<FoundRef> refs;
  const auto strict = check_event_bytes(event, refs);
  if (strict) read(event);
  else expect(!strict.error().sentence.empty(), "a refusal without a sentence");
}

void run_batch(Bytes input) {
  Buffer batch(input.begin(), input.end());
  if (const auto parts = parse_batch(batch); !parts) expect(!parts.error().sentence.empty(), "a refusal without a sentence");
  const auto verified = verify(Submission{std::move(batch), {}}, origin);
  if (!verified) expect(!verified.error().error.sentence.empty(), "a refusal without a sentence");
}

void run_ndjson(Bytes input) {
  const auto draft = api::event_from_json(text_of(input), no_chance);
  if (!draft) return expect(!draft.error().sentence.empty(), "a refusal without a sentence");
  std::vector<FoundRef> refs;
  expect(check_event_bytes(draft->event, refs).has_value(), "NDJSON made an event that the strict form refuses");
  read(draft->event);
}

std::vector<Buffer> event_seeds() {
  std::vector<Buffer> seeds;
  for (const auto type : samples::event_types())
    for (const bool maximal : {false, true}) seeds.push_back(samples::sample_event(type, maximal, 1));
  return seeds;
}

std::vector<Buffer> batch_seeds() {
  const auto author = Signer::from_seed("author.example.org", std::array<std::uint8_t, 32>{1}).value();
  std::vector<Buffer> seeds;
  const auto events = event_seeds();
  for (std::size_t i = 0; i + 3 < events.size(); i += 20) {
    const std::vector<Bytes> some(events.begin() + static_cast<std::ptrdiff_t>(i), events.begin() + static_cast<std::ptrdiff_t>(i) + 3);
    seeds.push_back(sign_batch(some, origin, author));
  }
  return seeds;
}

std::vector<Buffer> ndjson_seeds() {
  std::vector<Buffer> seeds;
  for (const Buffer& event : event_seeds()) seeds.push_back(seed(api::to_text(api::event_to_json(view_event(event)))));
  seeds.push_back(seed(
      R"({"stream":"018cc251-f400-7b20-a3b1-63c23b0f8ff2","kind":"case","version":2,"type":"CaseStatusNoted","occurred_at":"2024-03-05T14:00:00-05:00","precision":"minute","operator":"op-1",)"
      R"("handling":"internal","body":{"category":"contact"},"sealed":[{"subject":"018cc251-f400-7b20-a3b1-63c23b0f8ff3","handling":"child_sensitive","fields":{"note":{"a":[1,"b"]}}}]})"));
  return seeds;
}

}  // namespace fuzz
