// Frames: what is written is what is read, and bytes that lie are refused.
#include <catch2/catch.hpp>
#include <random>

#include "api/frames.h"
#include "ledger/sequencer.h"
#include "session_generated.h"
#include "tests/support/event_samples.h"

using namespace caseledger;
using namespace caseledger::api;

namespace {

Hash hash(std::uint8_t value) {
  Hash out;
  out.bytes.fill(value);
  return out;
}

template <class Frame>
Frame sent_by_client(const Buffer& bytes) {
  const auto frame = frames::read_from_client(bytes);
  INFO((frame ? "" : frame.error().sentence));
  REQUIRE(frame);
  REQUIRE(std::holds_alternative<Frame>(*frame));
  return std::get<Frame>(*frame);
}

template <class Frame>
Frame sent_by_server(const Buffer& bytes) {
  const auto frame = frames::read_from_server(bytes);
  INFO((frame ? "" : frame.error().sentence));
  REQUIRE(frame);
  REQUIRE(std::holds_alternative<Frame>(*frame));
  return std::get<Frame>(*frame);
}

std::vector<Hash> list(std::span<const Hash> hashes) { return {hashes.begin(), hashes.end()}; }

}  // namespace

TEST_CASE("appends keep their batches, aligned, and their openings") {
  std::vector<Submission> submissions;
  for (std::size_t size : {1, 7, 8, 9, 4096}) {
    Submission each{Buffer(size, static_cast<std::uint8_t>(size)), {}};
    for (std::uint16_t i = 0; i < size % 3; ++i) each.openings.push_back({i, static_cast<std::uint16_t>(i + 1), {9}, std::string(5 * i, 'x')});
    submissions.push_back(each);
  }
  std::vector<frames::Outgoing> items;
  for (std::size_t i = 0; i < submissions.size(); ++i) items.push_back({~std::uint64_t{0} - i, submissions[i]});
  const Buffer bytes = frames::write_append(items);
  const auto append = sent_by_client<frames::Append>(bytes);
  REQUIRE(append.items.size() == submissions.size());
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    CHECK(append.items[i].request == ~std::uint64_t{0} - i);
    CHECK(equal(append.items[i].batch, submissions[i].batch));
    CHECK((append.items[i].batch.data() - bytes.data()) % 8 == 0);
    REQUIRE(append.items[i].openings.size() == submissions[i].openings.size());
    for (std::size_t j = 0; j < submissions[i].openings.size(); ++j) {
      CHECK(append.items[i].openings[j].event == j);
      CHECK(append.items[i].openings[j].part == j + 1);
      CHECK(append.items[i].openings[j].salt[0] == 9);
      CHECK(append.items[i].openings[j].plaintext == submissions[i].openings[j].plaintext);
    }
  }
}

TEST_CASE("results share the longest common end of their proofs") {
  const auto recorded = [](std::uint64_t request, std::vector<std::uint8_t> path) {
    Recorded out{{1, request}, {request * 10}, {request}, 99, {}};
    for (const std::uint8_t each : path) out.path.push_back(hash(each));
    return out;
  };
  const auto packed = [](const std::vector<Recorded>& results) {
    const Buffer bytes = frames::write_appended("note", results);
    const auto appended = sent_by_server<frames::Appended>(bytes);
    CHECK(appended.checkpoint == "note");
    for (std::size_t i = 0; i < results.size(); ++i) {
      auto whole = list(appended.results[i].own);
      whole.insert(whole.end(), appended.shared.begin(), appended.shared.end());
      CHECK(whole == results[i].path);
      CHECK(appended.results[i].request == results[i].ticket.request);
      CHECK(appended.results[i].first_position == results[i].first_position);
      CHECK(appended.results[i].entry_index == results[i].index);
      CHECK(appended.results[i].recorded_at == 99);
    }
    return appended.shared.size();
  };
  CHECK(packed({recorded(1, {1, 2, 3})}) == 3);
  CHECK(packed({recorded(1, {1, 2, 3}), recorded(2, {4, 2, 3})}) == 2);
  CHECK(packed({recorded(1, {1, 2, 3}), recorded(2, {4, 2, 3}), recorded(3, {3})}) == 1);
  CHECK(packed({recorded(1, {1, 2, 3}), recorded(2, {1, 2, 4})}) == 0);
  CHECK(packed({recorded(1, {1, 2}), recorded(2, {})}) == 0);
  CHECK(packed({recorded(1, {}), recorded(2, {})}) == 0);
}

TEST_CASE("the other frames come back as they were") {
  const auto rejected = sent_by_server<frames::Rejected>(
      frames::write(frames::Rejected{7, "version_conflict", "“no”", {{3, "already_recorded", "there", 9, Position{12}}, {4, "future", "then", 0, {}}}, 250}));
  CHECK(rejected.code == "version_conflict");
  CHECK(rejected.retry_after_ms == 250);
  REQUIRE(rejected.events.size() == 2);
  CHECK(rejected.events[0].position == Position{12});
  CHECK(rejected.events[0].current == 9);
  CHECK_FALSE(rejected.events[1].position);

  StreamId stream;
  stream.bytes.fill(6);
  const auto subscribe = sent_by_client<frames::Subscribe>(frames::write(frames::Subscribe{5, {77}, stream, {{4, 13}, {"CaseOpened"}, {"US", "CA-ON"}}, 12}));
  CHECK(subscribe.from.value == 77);
  CHECK(subscribe.stream == stream);
  CHECK(subscribe.filter.kinds == std::vector<std::uint8_t>{4, 13});
  CHECK(subscribe.filter.types == std::vector<std::string>{"CaseOpened"});
  CHECK(subscribe.filter.jurisdictions == std::vector<std::string>{"US", "CA-ON"});
  CHECK(subscribe.credit == 12);
  CHECK_FALSE(sent_by_client<frames::Subscribe>(frames::write(frames::Subscribe{5, {77}, {}, {}, 12})).stream);

  const Buffer one(33, 1), two(64, 2);
  const Buffer bytes = frames::write(frames::Events{8, {{{1}, {2}, one}, {{3}, {4}, two}}, true, {5}});
  const auto events = sent_by_server<frames::Events>(bytes);
  REQUIRE(events.events.size() == 2);
  CHECK(equal(events.events[0].event, one));
  CHECK(equal(events.events[1].event, two));
  CHECK((events.events[1].event.data() - bytes.data()) % 8 == 0);
  CHECK(events.caught_up);
  CHECK(events.next.value == 5);

  const auto head = sent_by_server<frames::Head>(frames::write(frames::Head{"a\nb", {3}}));
  CHECK(head.checkpoint == "a\nb");
  const auto welcome = sent_by_server<frames::Welcome>(frames::write(frames::Welcome{"org", {"analyst"}, {"US-TX", "group:D"}, "note", {9}}));
  CHECK(welcome.scopes == std::vector<std::string>{"US-TX", "group:D"});
  CHECK(sent_by_client<frames::Grant>(frames::write(frames::Grant{1, 2})).credit == 2);
  CHECK(sent_by_client<frames::Unsubscribe>(frames::write(frames::Unsubscribe{3})).id == 3);
  CHECK(sent_by_client<frames::Unseal>(frames::write(frames::Unseal{3, {4}})).position.value == 4);
}

TEST_CASE("every frame is read by the side it is meant for, and refused by the other") {
  using schema::Message;
  const std::set<Message> clients{Message::Identify, Message::Append, Message::Subscribe, Message::Grant, Message::Unsubscribe, Message::Unseal};
  for (int number = 1; number <= static_cast<int>(Message::MAX); ++number) {
    const auto type = static_cast<Message>(number);
    INFO(schema::EnumNameMessage(type));
    const Buffer bytes = samples::sample_frame(type, true, 1);
    const auto by_client = frames::read_from_client(bytes);
    const auto by_server = frames::read_from_server(bytes);
    CHECK(by_client.has_value() == clients.contains(type));
    CHECK(by_server.has_value() == !clients.contains(type));
    if (!by_client) CHECK_THAT(by_client.error().sentence, Catch::Contains("goes the other way"));
  }
}

TEST_CASE("a frame that names the same bytes many times holds no more than its size") {
  flatbuffers::FlatBufferBuilder builder;
  const Buffer large(1 << 20, 7);
  builder.ForceVectorAlignment(large.size(), 1, 8);
  const auto batch = builder.CreateVector(large.data(), large.size());
  std::vector<flatbuffers::Offset<schema::AppendItem>> items;
  for (std::uint64_t request = 0; request < 200; ++request) items.push_back(schema::CreateAppendItem(builder, request, batch));
  const auto append = schema::CreateAppendDirect(builder, &items);
  schema::FinishFrameBuffer(builder, schema::CreateFrame(builder, schema::Message::Append, append.Union()));
  const auto frame = frames::read_from_client({builder.GetBufferPointer(), builder.GetSize()});
  REQUIRE_FALSE(frame);
  CHECK_THAT(frame.error().sentence, Catch::Contains("the same bytes twice"));
}

TEST_CASE("an Append that is empty, a batch out of place, and a type nobody knows are refused") {
  CHECK_FALSE(frames::read_from_client(frames::write_append({})));
  flatbuffers::FlatBufferBuilder builder;
  const Buffer batch(16, 1);
  builder.ForceVectorAlignment(batch.size() + 4, 1, 8);  // begins four bytes off
  const auto vector = builder.CreateVector(batch.data(), batch.size());
  std::vector<flatbuffers::Offset<schema::AppendItem>> items{schema::CreateAppendItem(builder, 1, vector)};
  const auto append = schema::CreateAppendDirect(builder, &items);
  schema::FinishFrameBuffer(builder, schema::CreateFrame(builder, schema::Message::Append, append.Union()));
  const auto frame = frames::read_from_client({builder.GetBufferPointer(), builder.GetSize()});
  REQUIRE_FALSE(frame);
  CHECK_THAT(frame.error().sentence, Catch::Contains("8-byte boundary"));

  flatbuffers::FlatBufferBuilder other;
  schema::FinishFrameBuffer(other, schema::CreateFrame(other, static_cast<schema::Message>(99), schema::CreateGrant(other, 1, 1).Union()));
  CHECK(frames::read_from_client({other.GetBufferPointer(), other.GetSize()}).error().sentence == "a frame of unknown type 99");
}

TEST_CASE("frames with flipped, cut and appended bytes are read or refused, and never read beyond") {
  std::mt19937_64 random(1);
  for (int number = 1; number <= static_cast<int>(schema::Message::MAX); ++number) {
    const Buffer sample = samples::sample_frame(static_cast<schema::Message>(number), true, 2);
    for (int round = 0; round < 2000; ++round) {
      Buffer bytes = sample;
      for (int flips = 0; flips <= round % 4; ++flips) bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1u << random() % 8);
      if (round % 3 == 0) bytes.resize(random() % bytes.size());
      const Buffer exact(bytes);  // an allocation of its own: beyond it a sanitizer sees
      (void)frames::read_from_client(exact);
      (void)frames::read_from_server(exact);
    }
  }
}
