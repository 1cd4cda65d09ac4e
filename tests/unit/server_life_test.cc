// The server's beginning and end, and clients that outlast it.
#include "tests/support/raw_peer.h"
#include "tests/support/test_server.h"

using namespace samples;

TEST_CASE("stopping answers everything that was taken in, and closes with 1001") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  ServerConfig server_config;
  server_config.handshake_within = std::chrono::milliseconds(300);  // a peer by hand answers no close
  TestServer server(ledger, server_config);
  auto config = server.client_config();
  config.give_up_after = std::chrono::milliseconds(300);
  const auto client = server.connect(author, config);
  std::vector<std::future<Client::Answer>> answers;
  for (int i = 0; i < 500; ++i) answers.push_back(client->append(ledger.sign(author, {case_opened(new_stream())})));
  CHECK(eventually([&] { return client->unanswered() < 500; }));
  RawPeer stranger(server.port());
  REQUIRE(stranger.upgrade("caseledger.v1") == 101);
  server.stop();
  CHECK(stranger.hear_close() == 1001);
  // What was answered is recorded; what is recorded and not answered was never taken in by this client's connection.
  std::size_t proven = 0, unknown = 0;
  for (auto& each : answers) {
    const auto answer = each.get();
    if (answer) proven += proves(answer, ledger.log_vkey());
    else unknown += answer.error().code == "unavailable";
  }
  CHECK(proven + unknown == 500);
  CHECK(ledger->head().size == 2 + proven);
  CHECK(eventually([&] { return client->failure().has_value(); }));
}

TEST_CASE("a client outlasts its server: what was unanswered is sent again and recorded once") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  TestServer server(ledger);
  const auto client = server.connect(author);
  std::vector<std::future<Client::Answer>> answers;
  const auto hand_in = [&](int count) {
    for (int i = 0; i < count; ++i) answers.push_back(client->append(ledger.sign(author, {case_opened(new_stream())})));
  };
  hand_in(300);
  for (int round = 0; round < 3; ++round) {
    CHECK(eventually([&] { return answers[answers.size() - 300].wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
    server.stop();
    ledger.close();
    hand_in(100);
    REQUIRE(ledger.open());
    server.start();
    hand_in(200);
    CHECK(eventually([&] { return client->connected(); }));
  }
  CHECK(client->flush());
  std::size_t proven = 0;
  std::set<std::uint64_t> places;
  for (auto& each : answers) {
    const auto answer = each.get();
    proven += proves(answer, ledger.log_vkey());
    if (answer) places.insert(answer->index.value);
  }
  CHECK(proven == answers.size());
  CHECK(places.size() == answers.size());
  CHECK(ledger->head().size == 2 + answers.size());
  CHECK(client->connections() >= 2);
}

TEST_CASE("a subscription goes on where it was after a reconnect") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  TestServer server(ledger);
  const auto client = server.connect(author);
  std::mutex mutex;
  std::vector<std::uint64_t> heard;
  client->subscribe({.from = {0}, .stream = {}, .filter = {}, .credit = 16}, [&](const Client::Told& told) {
    const std::lock_guard lock(mutex);
    for (const auto& each : told.events) heard.push_back(each.position.value);
  });
  const auto all_heard = [&] {
    const std::lock_guard lock(mutex);
    return heard.size() == ledger->head().next.value;
  };
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 60; ++i) ledger.record(author, {case_opened(new_stream())});
    CHECK(eventually(all_heard));
    server.stop();
    for (int i = 0; i < 10; ++i) ledger.record(author, {case_opened(new_stream())});
    server.start();
  }
  CHECK(eventually(all_heard));
  const std::lock_guard lock(mutex);
  for (std::size_t i = 0; i < heard.size(); ++i) CHECK(heard[i] == i);
}

TEST_CASE("a log that shrank or forked while the client was away raises the alarm") {
  TestLedger ledger, other({.origin = ledger.origin()});
  const Signer author = ledger.enrol({"case_system"});
  ledger.record(author, {case_opened(new_stream())});
  TestServer server(ledger);
  auto config = server.client_config();
  const auto checkpoint = open_checkpoint(ledger->head().checkpoint, ledger.log_vkey())->checkpoint;

  config.known = Checkpoint{checkpoint.origin, checkpoint.size + 1, checkpoint.root};
  const auto shrunk = Client::connect(config, author);
  REQUIRE_FALSE(shrunk);
  CHECK(shrunk.error().code == Errc::verification_failed);
  CHECK_THAT(shrunk.error().sentence, Catch::Contains("has shrunk: it had 4 entries and now shows 3"));

  config.known = Checkpoint{checkpoint.origin, checkpoint.size, sha256({})};
  const auto forked = Client::connect(config, author);
  REQUIRE_FALSE(forked);
  CHECK_THAT(forked.error().sentence, Catch::Contains("forked"));

  config.known = checkpoint;
  bool asked = false;
  config.consistent = [&](const Checkpoint& old, const Checkpoint& grown) -> Result<void> {
    asked = true;
    CHECK(old == checkpoint);
    CHECK(grown.size == checkpoint.size + 1);
    return {};
  };
  CHECK(Client::connect(config, author));
  CHECK_FALSE(asked);
  ledger.record(author, {case_opened(new_stream())});
  CHECK(Client::connect(config, author));
  CHECK(asked);
  config.consistent = [](const Checkpoint&, const Checkpoint&) -> Result<void> { return fail(Errc::verification_failed, "no proof"); };
  CHECK(Client::connect(config, author).error().sentence == "no proof");
}

TEST_CASE("a key revoked while it is connected is sent away and does not come back") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  TestServer server(ledger);
  const auto client = server.connect(author);
  ledger.revoke(author.vkey());
  CHECK(eventually([&] { return client->failure().has_value(); }));
  CHECK(client->failure()->code == Errc::not_permitted);
  CHECK(client->append(ledger.sign(author, {case_opened(new_stream())})).get().error().code == "not_permitted");
}

// ── the beginning ──

TEST_CASE("listening beyond loopback in clear is refused unless TLS ends before us") {
  TestLedger ledger;
  OutcomeRelay relay;
  const auto started = [&](ServerConfig config) {
    config.port = 0;
    auto server = Server::start(std::move(config), *ledger, relay, [](const Request&) { return Response{}; }, system_clock());
    return server ? Errc{} : server.error().code;
  };
  ServerConfig config;
  CHECK(started(config) == Errc{});
  config.address = "0.0.0.0";
  CHECK(started(config) == Errc::usage);
  config.address = "::";
  CHECK(started(config) == Errc::usage);
  config.tls_proxy = true;
  config.address = "0.0.0.0";
  CHECK(started(config) == Errc{});
  config.address = "ledger.example.org";
  CHECK(started(config) == Errc::usage);
  config.address = "127.0.0.1";
  config.tls = ServerTls{"/no/such/certificate", "/no/such/key", {}};
  CHECK(started(config) == Errc::usage);
}

TEST_CASE("a port that is taken is an error with a sentence") {
  TestLedger ledger;
  TestServer server(ledger);
  OutcomeRelay relay;
  ServerConfig config;
  config.port = server.port();
  const auto second = Server::start(config, *ledger, relay, [](const Request&) { return Response{}; }, system_clock());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::io);
  CHECK_THAT(second.error().sentence, Catch::Contains("cannot listen at 127.0.0.1:"));
}

TEST_CASE("several io threads share the sessions") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  ServerConfig config;
  config.io_threads = 3;
  TestServer server(ledger, config);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 5; ++i) clients.push_back(server.connect(author));
  std::vector<std::future<Client::Answer>> answers;
  for (int i = 0; i < 200; ++i) answers.push_back(clients[static_cast<std::size_t>(i) % 5]->append(ledger.sign(author, {case_opened(new_stream())})));
  for (auto& each : answers) CHECK(proves(each.get(), ledger.log_vkey()));
  CHECK(server.server->counts().sessions == 5);
}

TEST_CASE("connections: the greatest number is served, one more is told to come again, and who comes behind it is closed") {
  TestLedger ledger;
  const auto author = ledger.enrol({"case_system"});
  ServerConfig config;
  config.connections_max = 3;
  config.turned_away_max = 1;
  TestServer server(ledger, config);
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(std::make_unique<RawPeer>(server.port()));
    CHECK(peers.back()->upgrade("caseledger.v1") == 101);
  }
  auto fourth = std::make_unique<RawPeer>(server.port());
  RawPeer unheard(server.port());
  CHECK(unheard.ended());
  CHECK(fourth->upgrade("caseledger.v1") == 503);
  CHECK(fourth->ended());
  CHECK(eventually([&] {  // once the fourth has left
    const auto client = Client::connect(server.client_config(), author);
    return !client && client.error().code == Errc::overloaded && client.error().sentence == "all 3 connections of the server are taken; try again in a second";
  }));
  CHECK(server.server->counts().connections == 3);
  peers.pop_back();
  CHECK(eventually([&] { return server.server->counts().connections == 2; }));
  RawPeer fifth(server.port());
  CHECK(fifth.upgrade("caseledger.v1") == 101);
}
