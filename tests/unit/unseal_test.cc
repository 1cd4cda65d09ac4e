// Unsealing: what was put in sealed is read back only against the reader's own durable word.
#include <catch2/catch.hpp>

#include "tests/support/dialogue.h"
#include "tests/support/test_server.h"

using namespace samples;
using namespace caseledger;

namespace {

// A case with one sealed note, and those who would read it.
struct Files {
  TestLedger ledger;
  Signer desk = ledger.enrol({"case_system"}), analyst = ledger.enrol({"analyst"});
  StreamId stream = new_stream(), access = new_stream();
  Version views = 0;

  Files() {
    ledger.record(desk, {case_opened(stream)});
    note("was seen at the station");
  }
  void note(std::string_view text) {
    const auto noted = case_noted(stream, ledger.state(stream).version + 1, text);
    ledger.record(desk, {noted.event}, noted.openings);
  }
  SubjectId subject(Version version) {
    const auto event = ledger->log().event(ledger.state(stream).last);
    REQUIRE(view_event(event->bytes).version == version);
    return uuid_of(*view_event(event->bytes).fields->parts()->Get(0)->subject());
  }

  static std::string part(const StreamId& of, Version version, unsigned number) {
    return R"({"event":{"stream":")" + to_string(of) + R"(","version":)" + std::to_string(version) + R"(},"part":)" + std::to_string(number) + "}";
  }
  Position view(const Signer& reader, std::string parts) {
    return ledger.record(reader, {event("RecordViewed", "access", access, ++views, R"({"is_owner":true,"parts":[)" + parts + "]}")}).first_position;
  }
};

}  // namespace

TEST_CASE("a reader's own record of viewing opens the parts it names, once it is durable", "[unseal]") {
  Files files;
  files.note("left with an uncle");
  Dialogue talk(files.ledger);
  talk.open(files.analyst);
  talk.say(frames::Unseal{1, files.ledger->head().next});
  CHECK(talk.expect<frames::Rejected>().code == "not_found");
  CHECK(talk.silent());

  const auto viewed = files.view(files.analyst, Files::part(files.stream, 3, 0) + ',' + Files::part(files.stream, 2, 0));
  talk.refresh();
  talk.say(frames::Unseal{2, viewed});
  const auto& unsealed = talk.expect<frames::Unsealed>();
  CHECK(unsealed.request == 2);
  REQUIRE(unsealed.openings.size() == 2);
  CHECK(unsealed.openings[0].event == 0);
  CHECK(unsealed.openings[0].plaintext == R"({"note":"left with an uncle"})");
  CHECK(unsealed.openings[1].event == 1);
  CHECK(unsealed.openings[1].plaintext == R"({"note":"was seen at the station"})");
  const auto event = files.ledger->log().event(files.ledger.state(files.stream).last);
  Hash committed;
  std::memcpy(committed.bytes.data(), view_event(event->bytes).fields->parts()->Get(0)->commitment(), 32);
  CHECK(part_commitment(unsealed.openings[0].salt, unsealed.openings[0].plaintext) == committed);
  CHECK(talk->queued_bytes() == 0);
}

TEST_CASE("a part far back in a long stream is found", "[unseal]") {
  Files files;
  for (int i = 0; i < 150; ++i) files.ledger.record(files.desk, {case_assigned(files.stream, files.ledger.state(files.stream).version + 1)});
  Dialogue talk(files.ledger);
  talk.open(files.analyst);
  talk.say(frames::Unseal{1, files.view(files.analyst, Files::part(files.stream, 2, 0))});
  CHECK(talk.expect<frames::Unsealed>().openings.at(0).plaintext == R"({"note":"was seen at the station"})");
}

TEST_CASE("nothing is opened for the wrong reader, against the wrong event, or much later", "[unseal]") {
  Files files;
  Dialogue talk(files.ledger);
  talk.open(files.analyst);
  const auto refused = [&](Dialogue& by, Position position) {
    by.refresh();
    by.say(frames::Unseal{7, position});
    const auto& rejected = by.expect<frames::Rejected>();
    CHECK(rejected.request == 7);
    return rejected.code;
  };
  CHECK(refused(talk, files.ledger.state(files.stream).last) == "not_permitted");  // no RecordViewed
  const auto viewed = files.view(files.analyst, Files::part(files.stream, 2, 0));

  const auto other = files.ledger.enrol({"supervisor"});
  Dialogue others(files.ledger);
  others.open(other);
  CHECK(refused(others, viewed) == "not_permitted");  // another's

  talk.may_read = [](const EventView& event) { return event.kind != StreamKind::case_; };
  CHECK(refused(talk, viewed) == "not_permitted");  // not for this reader
  talk.may_read = [](const EventView&) { return true; };
  talk.later = 16ll * 60 * 1'000'000;
  CHECK(refused(talk, viewed) == "not_permitted");  // said too long ago
  talk.later = 14ll * 60 * 1'000'000;
  talk.say(frames::Unseal{8, viewed});
  CHECK(talk.expect<frames::Unsealed>().openings.size() == 1);

  CHECK(refused(talk, files.view(files.analyst, Files::part(files.stream, 2, 1))) == "value_out_of_range");  // no such part
  CHECK(refused(talk, files.view(files.analyst, Files::part(files.stream, 1, 0))) == "value_out_of_range");  // nothing sealed
  CHECK(refused(talk, files.view(files.analyst, Files::part(files.stream, 0, 0))) == "not_found");           // the stream itself
  CHECK(refused(talk, files.view(files.analyst, "")) == "value_out_of_range");
}

TEST_CASE("a case system's key, though it may say that it viewed, opens nothing", "[unseal]") {
  Files files;
  Dialogue talk(files.ledger);
  talk.open(files.desk);
  talk.say(frames::Unseal{1, files.view(files.desk, Files::part(files.stream, 2, 0))});
  const auto& rejected = talk.expect<frames::Rejected>();
  CHECK(rejected.code == "not_permitted");
  CHECK_THAT(rejected.sentence, Catch::Contains("analysts, supervisors and privacy officers"));
}

TEST_CASE("as many parts as a record of viewing may name open at once", "[unseal]") {
  Files files;
  Dialogue talk(files.ledger);
  talk.open(files.analyst);
  std::string parts = Files::part(files.stream, 2, 0);
  for (std::size_t i = 1; i < viewed_parts_max; ++i) parts += ',' + Files::part(files.stream, 2, 0);
  talk.say(frames::Unseal{1, files.view(files.analyst, parts)});
  CHECK(talk.expect<frames::Unsealed>().openings.size() == viewed_parts_max);
  CHECK_THROWS_WITH(files.view(files.analyst, parts + ',' + Files::part(files.stream, 2, 0)), Catch::Contains("at most 64"));
}

TEST_CASE("erased parts are left out; where none is left the answer is that they are erased", "[unseal]") {
  Files files;
  files.note("left with an uncle");
  Dialogue talk(files.ledger);
  talk.open(files.analyst);
  const auto both = files.view(files.analyst, Files::part(files.stream, 2, 0) + ',' + Files::part(files.stream, 3, 0));
  const auto one = files.view(files.analyst, Files::part(files.stream, 3, 0));
  REQUIRE(files.ledger->vault().erase(std::vector{files.subject(3)}));
  talk.say(frames::Unseal{1, both});
  const auto& unsealed = talk.expect<frames::Unsealed>();
  REQUIRE(unsealed.openings.size() == 1);
  CHECK(unsealed.openings[0].event == 0);
  talk.say(frames::Unseal{2, one});
  const auto& rejected = talk.expect<frames::Rejected>();
  CHECK(rejected.code == "not_found");
  CHECK_THAT(rejected.sentence, Catch::StartsWith("erased"));
}

TEST_CASE("a client unseals over its connection, asks again over the next one, and leaves no question open when it closes", "[unseal]") {
  Files files;
  const auto viewed = files.view(files.analyst, Files::part(files.stream, 2, 0));
  TestServer server(files.ledger);
  const auto client = server.connect(files.analyst);
  const auto opened = client->unseal(viewed).get();
  REQUIRE(opened);
  CHECK(opened->at(0).plaintext == R"({"note":"was seen at the station"})");
  const auto refused = client->unseal(files.ledger.state(files.stream).last).get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "not_permitted");

  server.stop();
  REQUIRE(eventually([&] { return !client->connected(); }));
  auto asked = client->unseal(viewed);
  server.start();
  CHECK(asked.get());
  server.stop();
  auto open = client->unseal(viewed);
  client->close();
  CHECK(open.get().error().code == "io");
  CHECK(client->unseal(viewed).get().error().code == "io");
}
