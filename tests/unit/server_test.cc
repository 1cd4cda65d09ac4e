// The server over real sockets: sessions, and peers that do not behave.
#include "api/protocol.h"
#include "tests/support/raw_peer.h"
#include "tests/support/test_server.h"

using namespace samples;

namespace {

// Says Identify by hand; the Welcome is heard.
frames::Challenge introduce(RawPeer& peer, const Signer& author, const TestServer& server) {
  const auto first = peer.hear();
  REQUIRE(first);
  const auto frame = frames::read_from_server(first->payload);
  REQUIRE(frame);
  const auto challenge = std::get<frames::Challenge>(*frame);
  frames::Identify identify{author.vkey().key, {1}, server.authority(), {}};
  identify.signature = author.sign(bytes_of(session_text(challenge.origin, identify.authority, challenge.nonce, identify.nonce, no_exporter)));
  peer.say(RawPeer::binary, frames::write(identify));
  const auto second = peer.hear();
  REQUIRE(second);
  const auto welcome = frames::read_from_server(second->payload);
  REQUIRE(welcome);
  CHECK(std::holds_alternative<frames::Welcome>(*welcome));
  return challenge;
}

}  // namespace

TEST_CASE("appends over both subprotocols give receipts that verify") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"}, "org-9");
  TestServer server(ledger);
  const bool json = GENERATE(false, true);
  auto config = server.client_config();
  config.json = json;
  const auto client = server.connect(author, config);
  CHECK(client->welcome().organisation == "org-9");
  std::vector<std::future<Client::Answer>> answers;
  for (int i = 0; i < 300; ++i) {
    const auto stream = new_stream();
    answers.push_back(client->append(ledger.sign(author, {case_opened(stream), case_assigned(stream, 2)})));
  }
  const auto noted_in = new_stream();
  auto noted = case_noted(noted_in, 2, "she was seen");
  answers.push_back(client->append(ledger.sign(author, {case_opened(noted_in)})));
  answers.push_back(client->append(ledger.sign(author, {noted.event}, noted.openings)));
  CHECK(client->flush());
  std::size_t proven = 0;
  for (auto& each : answers) proven += proves(each.get(), ledger.log_vkey());
  CHECK(proven == answers.size());
  CHECK(ledger.state(noted_in).version == 2);
  CHECK(client->checkpoint()->size == ledger->head().size);
}

TEST_CASE("batches of one stream go out in order though they are handed in at once") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  TestServer server(ledger);
  const auto client = server.connect(author);
  const auto stream = new_stream(), other = new_stream();
  std::vector<std::future<Client::Answer>> answers;
  answers.push_back(client->append(ledger.sign(author, {case_opened(stream)})));
  for (Version v = 2; v <= 40; ++v) answers.push_back(client->append(ledger.sign(author, {case_assigned(stream, v)})));
  // Refers to the stream: waits for what it refers to.
  answers.push_back(client->append(ledger.sign(author, {case_opened(other, {.causes = R"([{"stream":")" + to_string(stream) + R"(","version":40}])"})})));
  for (auto& each : answers) {
    const auto answer = each.get();
    INFO((answer ? "" : answer.error().sentence));
    CHECK(proves(answer, ledger.log_vkey()));
  }
}

TEST_CASE("a refusal reaches the caller with its code and its events") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"auditor"});
  TestServer server(ledger);
  const auto client = server.connect(author);
  const auto answer = client->append(ledger.sign(author, {case_opened(new_stream())})).get();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == "not_permitted");
  REQUIRE(answer.error().events.size() == 1);
  CHECK(answer.error().events[0].code == "not_permitted");
  const auto garbage = client->append(Submission{Buffer(100, 1), {}}).get();
  CHECK(garbage.error().code == "malformed");
  CHECK(client->flush());
  CHECK(client->unanswered() == 0);
}

TEST_CASE("a key that is not enrolled is turned away, and so is who wants another ledger") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"}), stranger = Signer::generate("stranger");
  TestServer server(ledger);
  const auto refused = Client::connect(server.client_config(), stranger);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::not_permitted);
  auto config = server.client_config();
  config.log = Signer::generate("ledger.example.org/l/other").vkey();
  const auto other = Client::connect(config, author);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::wrong_origin);
  config.log = Signer::generate(ledger.origin()).vkey();  // the same name with another key
  const auto forged = Client::connect(config, author);
  REQUIRE_FALSE(forged);
  CHECK(forged.error().code == Errc::verification_failed);
}

TEST_CASE("what a session is not: each with its close code") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  ServerConfig config;
  config.session.frame_bytes_max = 256 * 1024;
  config.handshake_within = std::chrono::milliseconds(300);  // a peer by hand answers no close
  TestServer server(ledger, config);
  RawPeer peer(server.port());
  REQUIRE(peer.upgrade("caseledger.v1") == 101);
  const std::string grant = R"({"type":"Grant","id":"1","credit":1})";

  SECTION("text on the binary subprotocol: 1003") {
    peer.say(RawPeer::text, bytes_of(grant));
    CHECK(peer.hear_close() == 1003);
  }
  SECTION("garbage before Identify: 1002") {
    peer.say(RawPeer::binary, Buffer(100, 0xff));
    CHECK(peer.hear_close() == 1002);
  }
  SECTION("garbage after Identify: 1002") {
    introduce(peer, author, server);
    peer.say(RawPeer::binary, Buffer(100, 0xff));
    CHECK(peer.hear_close() == 1002);
  }
  SECTION("a frame that is no WebSocket frame: 1002") {
    const Buffer reserved{0xf2, 0x80, 0, 0, 0, 0};
    peer.say_raw(reserved);
    CHECK(peer.hear_close() == 1002);
  }
  SECTION("a large frame is refused by its header before Identify: 1009, and nothing of it is waited for") {
    peer.say_header(RawPeer::binary, 100 * 1024);
    CHECK(peer.hear_close() == 1009);
  }
  SECTION("the largest frame is read after Identify, a larger one is not: 1009") {
    introduce(peer, author, server);
    peer.say(RawPeer::binary, Buffer(256 * 1024, 0xff));
    CHECK(peer.hear_close() == 1002);
    RawPeer other(server.port());
    REQUIRE(other.upgrade("caseledger.v1") == 101);
    introduce(other, author, server);
    other.say_header(RawPeer::binary, 256 * 1024 + 1);
    CHECK(other.hear_close() == 1009);
  }
  SECTION("binary on the JSON subprotocol: 1003; JSON that is no frame: 1002") {
    RawPeer other(server.port());
    REQUIRE(other.upgrade("caseledger.v1+json") == 101);
    const auto challenge = other.hear();
    REQUIRE(challenge);
    CHECK(challenge->opcode == RawPeer::text);
    CHECK_THAT(std::string(text_of(challenge->payload)), Catch::StartsWith(R"({"type":"Challenge","origin":"ledger.example.org/l/test")"));
    other.say(RawPeer::binary, Buffer(10, 1));
    CHECK(other.hear_close() == 1003);
    RawPeer third(server.port());
    REQUIRE(third.upgrade("caseledger.v1+json") == 101);
    third.say(RawPeer::text, bytes_of(std::string_view("{]")));
    CHECK(third.hear_close() == 1002);
    peer.say(RawPeer::binary, {});
    CHECK(peer.hear_close() == 1002);
  }
  CHECK(peer.ended());
  CHECK(eventually([&] { return server.server->counts().connections == 0; }));
}

TEST_CASE("an Identify heard elsewhere is refused with 1008") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  TestServer server(ledger);
  RawPeer first(server.port());
  REQUIRE(first.upgrade("caseledger.v1") == 101);
  const auto challenge = introduce(first, author, server);
  frames::Identify heard{author.vkey().key, {1}, server.authority(), {}};
  heard.signature = author.sign(bytes_of(session_text(challenge.origin, heard.authority, challenge.nonce, heard.nonce, no_exporter)));
  RawPeer second(server.port());
  REQUIRE(second.upgrade("caseledger.v1") == 101);
  second.say(RawPeer::binary, frames::write(heard));
  CHECK(second.hear_close() == 1008);
}

TEST_CASE("subprotocols: the first offered that is spoken, 400 when none fits") {
  TestLedger ledger;
  TestServer server(ledger);
  const auto status = [&](std::string_view offered, std::string_view path = "/v1/session") { return RawPeer(server.port()).upgrade(offered, path); };
  CHECK(status("caseledger.v1") == 101);
  CHECK(status("caseledger.v1+json") == 101);
  CHECK(status("chat, caseledger.v1+json, caseledger.v1") == 101);
  CHECK(status("") == 400);
  CHECK(status("chat") == 400);
  CHECK(status("caseledger.v2, caseledger.v1 x") == 400);
  CHECK(status("caseledger.v1", "/v1/other") == 404);
  CHECK(status("caseledger.v1", "/v1/session?x=1") == 101);
}

TEST_CASE("a peer that goes silent is let go; one that answers pings stays") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  ServerConfig config;
  config.peer_silence_max = std::chrono::milliseconds(600);
  TestServer server(ledger, config);
  RawPeer silent(server.port()), alive(server.port());
  silent.answers_pings = false;
  REQUIRE(silent.upgrade("caseledger.v1") == 101);
  introduce(silent, author, server);
  const auto client = server.connect(author);
  CHECK(eventually([&] { return server.server->counts().sessions == 2; }));
  CHECK(silent.ended());
  CHECK(eventually([&] { return server.server->counts().sessions == 1; }));
  CHECK(client->connections() == 1);
  CHECK(proves(client->append(ledger.sign(author, {case_opened(new_stream())})).get(), ledger.log_vkey()));
}

TEST_CASE("who does not identify in time is sent away with 1013") {
  TestLedger ledger;
  ServerConfig config;
  config.tick = std::chrono::milliseconds(20);
  config.session.identify_within = std::chrono::milliseconds(100);
  TestServer server(ledger, config);
  RawPeer peer(server.port());
  REQUIRE(peer.upgrade("caseledger.v1") == 101);
  CHECK(peer.hear_close() == 1013);
}

TEST_CASE("a slow reader neither delays others nor grows without bound, and is sent away in the end") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  for (int i = 0; i < 40; ++i) {  // about 10 MB: more than socket buffers take
    std::vector<Buffer> events;
    for (int j = 0; j < 800; ++j) events.push_back(case_opened(new_stream()));
    ledger.record(author, events);
  }
  ServerConfig config;
  config.tick = std::chrono::milliseconds(20);
  config.session.unread_max = std::chrono::milliseconds(1500);
  config.handshake_within = std::chrono::milliseconds(200);
  TestServer server(ledger, config);
  RawPeer slow(server.port());
  slow.shrink_receive_buffer();
  REQUIRE(slow.upgrade("caseledger.v1") == 101);
  introduce(slow, author, server);
  slow.say(RawPeer::binary, frames::write(frames::Subscribe{1, {0}, {}, {}, 1'000'000}));
  const auto client = server.connect(author);
  for (int i = 0; i < 20; ++i) CHECK(proves(client->append(ledger.sign(author, {case_opened(new_stream())})).get(), ledger.log_vkey()));
  CHECK(server.server->counts().sessions == 2);
  CHECK(eventually([&] { return server.server->counts().sessions == 1; }));
  CHECK(proves(client->append(ledger.sign(author, {case_opened(new_stream())})).get(), ledger.log_vkey()));
}

TEST_CASE("a flood of appends from one who reads no answers is not read from, and all is answered when it reads") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  ServerConfig config;
  config.queued_bytes_max = 10'000;
  config.session.appends_in_flight_max = 4;
  TestServer server(ledger, config);
  RawPeer peer(server.port());
  REQUIRE(peer.upgrade("caseledger.v1") == 101);
  introduce(peer, author, server);
  const Submission batch = ledger.sign(author, {case_opened(new_stream())});
  std::uint64_t request = 0;
  for (int i = 0; i < 50; ++i) {
    std::vector<frames::Outgoing> items;
    for (int j = 0; j < 20; ++j) items.push_back({++request, batch});
    peer.say(RawPeer::binary, frames::write_append(items));
  }
  std::set<std::uint64_t> answered;
  std::size_t overloaded = 0;
  while (answered.size() < request) {
    const auto message = peer.hear();
    REQUIRE(message);
    const auto frame = frames::read_from_server(message->payload);
    REQUIRE(frame);
    if (const auto* rejected = std::get_if<frames::Rejected>(&*frame)) {
      CHECK(rejected->code == "overloaded");
      ++overloaded;
      CHECK(answered.insert(rejected->request).second);
    } else {
      for (const auto& each : std::get<frames::Appended>(*frame).results) CHECK(answered.insert(each.request).second);
    }
  }
  CHECK(overloaded > 0);
}
