// Events with bytes changed at random: check_event_bytes never stumbles, and whatever it accepts can be read by everything behind it.
#include <catch2/catch.hpp>
#include <random>

#include "api/json.h"
#include "ledger/rules/stream.h"
#include "ledger/verify.h"
#include "tests/support/event_samples.h"

using namespace samples;
using namespace caseledger;

namespace {

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {
    for (const auto type : event_types())
      for (const bool maximal : {false, true}) events_.push_back(sample_event(type, maximal, 1 + below(50)));
  }

  // Another event with one to four changes: of exactly its size, so that a sanitizer sees a read beyond it.
  Buffer next() {
    Buffer event = events_[below(events_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(event);
    event.resize(event.size() / 8 * 8);
    event.shrink_to_fit();
    return event;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }

  void change(Buffer& event) {
    if (event.size() < 16) return;
    switch (below(8)) {
      case 0: event[below(event.size())] ^= static_cast<std::uint8_t>(1u << below(8)); break;
      case 1: event[below(event.size())] = static_cast<std::uint8_t>(random_()); break;
      case 2: store_le(&event[below(event.size() / 2) * 2], static_cast<std::uint16_t>(below(64))); break;
      case 3: store_le(&event[below(event.size() / 4) * 4], static_cast<std::uint32_t>(below(2 * event.size()))); break;
      case 4: store_le(&event[below(event.size() / 4) * 4], static_cast<std::uint32_t>(random_())); break;
      case 5: splice(event, events_[below(events_.size())]); break;
      case 6: event.resize(event.size() - 8 * below(std::min<std::size_t>(event.size() / 8, 4))); break;
      default: event.resize(event.size() + 8 * below(4), static_cast<std::uint8_t>(random_() % 2)); break;
    }
  }

  // A stretch of another event, over this one.
  void splice(Buffer& event, const Buffer& other) {
    const std::size_t from = below(other.size() / 4) * 4, to = below(event.size() / 4) * 4;
    const std::size_t count = std::min({1 + below(64), other.size() - from, event.size() - to});
    std::copy_n(other.begin() + static_cast<std::ptrdiff_t>(from), count, event.begin() + static_cast<std::ptrdiff_t>(to));
  }

  std::mt19937_64 random_;
  std::vector<Buffer> events_;
};

// Reads all there is to read.
void read(const Buffer& event) {
  const EventView view = view_event(event);
  const auto json = api::to_text(api::event_to_json(view));
  (void)check_event(view);
  const auto state = rules::apply({}, view, Position{0});
  CHECK(state.version == view.version);
  const auto again = api::event_from_json(json, [](std::span<std::uint8_t>) { FAIL("an event has its salt"); });
  INFO(json);
  INFO((again ? "" : again.error().sentence));
  REQUIRE(again);
  CHECK(api::to_text(api::event_to_json(view_event(again->event))) == json);
}

void fuzz(std::uint64_t seed, unsigned rounds) {
  Mutator mutator(seed);
  unsigned accepted = 0;
  std::vector<FoundRef> refs;
  for (unsigned round = 0; round < rounds; ++round) {
    const Buffer event = mutator.next();
    refs.clear();
    const auto answer = check_event_bytes(event, refs);
    if (answer) {
      ++accepted;
      INFO("seed " << seed << ", round " << round);
      read(event);
    } else if (answer.error().sentence.empty()) {
      FAIL_CHECK("seed " << seed << ", round " << round << ": a refusal without a sentence");
    }
  }
  CHECK(accepted > rounds / 100);  // salts, digests and numbers may be anything
}

}  // namespace

TEST_CASE("events changed at random are refused with a sentence, or else can be read") { fuzz(1, 200'000); }

TEST_CASE("events changed at random, for as long as it takes", "[.][fuzz]") {
  for (std::uint64_t seed = 2; seed < 52; ++seed) fuzz(seed, 200'000);
}
