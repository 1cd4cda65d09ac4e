// Batches as they travel: signed by their author, exact to the byte, and refused when they are not.
#include "ledger/core/batch.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/support/samples.h"

using namespace caseledger;
using namespace samples;

namespace {

constexpr std::string_view origin = "ledger.example/tenant-1";

std::vector<std::string> texts_of(const BatchParts& parts) {
  std::vector<std::string> texts;
  for (const Bytes event : parts.events) texts.emplace_back(text_of(event));
  return texts;
}

// A batch with nothing aligned but what FlatBuffers aligns by itself.
Buffer plainly_built(const std::vector<std::string>& events) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<schema::EventBytes>> offsets;
  for (const auto& event : events)
    offsets.push_back(schema::CreateEventBytes(builder, builder.CreateVector(bytes_of(event).data(), event.size())));
  const auto vector = builder.CreateVector(offsets);
  const schema::Bytes32 author{};
  const schema::Signature signature{};
  builder.Finish(schema::CreateBatch(builder, &author, vector, &signature), schema::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

TEST_CASE("a signed batch reads back its author, its signature and the exact bytes of its events") {
  const Signer author = signer("author", 0x60);
  for (std::size_t count : {1, 2, 3, 7, 64}) {
    std::vector<std::string> events;
    for (std::size_t i = 0; i < count; ++i) events.push_back(event_like(std::string(i, 'x')));
    const Buffer batch = sign_batch(views_of(events), origin, author);
    CHECK(text_of(Bytes(batch).subspan(4, 4)) == "CLBT");
    const auto parts = parse_batch(batch);
    REQUIRE(parts);
    CHECK(parts->author == author.vkey().key);
    CHECK(texts_of(*parts) == events);
    const std::string signed_text = batch_text(origin, static_cast<std::uint32_t>(count), tree_head(leaves_of(events)));
    CHECK(verify_ed25519(parts->author, bytes_of(signed_text), parts->signature));
    for (const Bytes event : parts->events) CHECK((event.data() - batch.data()) % 8 == 0);
  }
}

TEST_CASE("the known batch has the known signature") {
  const auto parts = parse_batch(sign_batch(views_of({"event 0", "event 1"}), origin, signer("author", 0x60)));
  REQUIRE(parts);
  CHECK(hex(parts->author) == "174553b456dddfc6908ecab1c101fe6ab21e2baa0617795b7d43a63482993fd5");
  CHECK(hex(parts->signature) ==
        "d81e395c2fdcf1847459a58c5be1af50e959139147c738a639de294189fd106ae43b0e824d21d2112201685b4b74568f3b29db28f6017e536ee30b9c82372903");
}

TEST_CASE("a batch holds 1 to 1,024 events") {
  const Signer author = signer("author", 0x60);
  const auto parse_with = [&](std::size_t count) {
    return parse_batch(sign_batch(views_of(std::vector<std::string>(count, event_like("x"))), origin, author));
  };
  CHECK(parse_with(1)->events.size() == 1);
  CHECK(parse_with(1024)->events.size() == 1024);
  CHECK(parse_with(1025).error().code == Errc::malformed);
  CHECK(parse_with(5000).error().code == Errc::malformed);
  CHECK(parse_batch(plainly_built({})).error().code == Errc::malformed);
}

TEST_CASE("a batch has at most 1,048,576 bytes") {
  const Signer author = signer("author", 0x60);
  const auto batch_with = [&](std::size_t content) { return sign_batch(views_of({std::string(content, 'x')}), origin, author); };
  const std::size_t around = batch_with(1024).size() - 1024;
  const Buffer largest = batch_with(batch_bytes_max - around), beyond = batch_with(batch_bytes_max - around + 8);
  REQUIRE(largest.size() == batch_bytes_max);
  CHECK(parse_batch(largest));
  CHECK(parse_batch(beyond).error().code == Errc::too_large);
}

TEST_CASE("an event that does not start on an 8-byte boundary of its batch is refused") {
  int aligned = 0, refused = 0;
  for (std::size_t length = 8; length < 24; ++length) {
    const Buffer batch = plainly_built({std::string(length, 'x'), std::string(16, 'y')});
    const auto* events = schema::GetBatch(batch.data())->events();
    const bool on_boundaries =
        (events->Get(0)->bytes()->data() - batch.data()) % 8 == 0 && (events->Get(1)->bytes()->data() - batch.data()) % 8 == 0;
    const auto parts = parse_batch(batch);
    REQUIRE(parts.has_value() == on_boundaries);
    on_boundaries ? ++aligned : ++refused;
  }
  CHECK(aligned + refused == 16);
  CHECK(refused > 0);
}

TEST_CASE("what is no FlatBuffers batch is malformed") {
  const Buffer good = sign_batch(views_of({event_like("a"), event_like("b")}), origin, signer("author", 0x60));
  for (std::size_t size = 0; size < 64; ++size) CHECK_FALSE(parse_batch(Bytes(good).first(size)));
  CHECK(parse_batch({}).error().code == Errc::malformed);
  CHECK(parse_batch(Buffer(1000, 0)).error().code == Errc::malformed);
  CHECK(parse_batch(Buffer(1000, 0xff)).error().code == Errc::malformed);
  Buffer session = good;
  std::memcpy(session.data() + 4, "CLFR", 4);
  CHECK(parse_batch(session).error().code == Errc::malformed);
}

TEST_CASE("no damage to a batch breaks its reading: what is still read lies inside it, or its signature no longer holds") {
  const std::vector<std::string> events{event_like("one"), event_like("two"), event_like("three")};
  const Buffer good = sign_batch(views_of(events), origin, signer("author", 0x60));
  const auto holds = [&](const Buffer& batch) {
    const auto parts = parse_batch(batch);
    if (!parts) return;
    Hashes leaves;
    for (const Bytes event : parts->events) {
      RC_ASSERT(event.data() >= batch.data());
      RC_ASSERT(event.data() + event.size() <= batch.data() + batch.size());
      leaves.push_back(leaf_hash(event));
    }
    const std::string text = batch_text(origin, static_cast<std::uint32_t>(leaves.size()), tree_head(leaves));
    if (verify_ed25519(parts->author, bytes_of(text), parts->signature)) RC_ASSERT(texts_of(*parts) == events);
  };
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    Buffer flipped = good;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    REQUIRE_NOTHROW(holds(flipped));
  }
  CHECK(rc::check("several bytes", [&] {
    Buffer damaged = good;
    const auto times = *rc::gen::inRange(1, 12);
    for (int i = 0; i < times; ++i) damaged[*rc::gen::inRange<std::size_t>(0, damaged.size())] = *rc::gen::arbitrary<std::uint8_t>();
    damaged.resize(*rc::gen::element(good.size(), good.size(), good.size() - 8, good.size() + 8));
    holds(damaged);
  }));
}
