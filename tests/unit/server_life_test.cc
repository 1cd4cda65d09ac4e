// The server's beginning and end, its HTTP, and clients that outlast it.
#include <openssl/ssl.h>

#include "api/http_client.h"
#include "tests/support/certificates.h"
#include "tests/support/raw_peer.h"
#include "tests/support/test_server.h"

using namespace samples;

// ── the end ──

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
    else unknown += answer.error().code == "io";
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

TEST_CASE("connections: the greatest number is served, one more is closed") {
  TestLedger ledger;
  ServerConfig config;
  config.connections_max = 3;
  TestServer server(ledger, config);
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(std::make_unique<RawPeer>(server.port()));
    CHECK(peers.back()->upgrade("caseledger.v1") == 101);
  }
  RawPeer fourth(server.port());
  CHECK(fourth.ended());
  peers.pop_back();
  CHECK(eventually([&] { return server.server->counts().connections == 2; }));
  RawPeer fifth(server.port());
  CHECK(fifth.upgrade("caseledger.v1") == 101);
}

// ── HTTP ──

TEST_CASE("HTTP requests reach the routes, several on one connection") {
  TestLedger ledger;
  TestServer server(ledger);
  RawPeer peer(server.port());
  const std::string first = peer.ask("GET /v1/figures/T1?as_of=12 HTTP/1.1\r\nHost: localhost\r\nX-Thing: a\r\nx-thing: b\r\n\r\n");
  CHECK_THAT(first, Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(first, Catch::EndsWith("GET /v1/figures/T1?as_of=12 "));
  CHECK_THAT(first, Catch::Contains("X-Loopback: yes"));
  CHECK_THAT(peer.ask("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody"), Catch::EndsWith("POST /x? body"));
  const std::string head = peer.ask("HEAD /y HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK_THAT(head, Catch::Contains("Content-Length: 8\r\n"));
  CHECK_THAT(head, Catch::EndsWith("\r\n\r\n"));
  CHECK_THAT(peer.ask("GET /z HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), Catch::Contains("Connection: close"));
  CHECK(peer.ended());
}

TEST_CASE("HTTP that is too large or none is told so") {
  TestLedger ledger;
  ServerConfig config;
  config.http_header_bytes_max = 1024;
  config.http_body_bytes_max = 100;
  TestServer server(ledger, config);
  const auto status = [&](const std::string& request) { return RawPeer(server.port()).ask(request).substr(0, 12); };
  CHECK(status("GET /a HTTP/1.1\r\nX: " + std::string(900, 'x') + "\r\n\r\n") == "HTTP/1.1 200");
  CHECK(status("GET /a HTTP/1.1\r\nX: " + std::string(1100, 'x') + "\r\n\r\n") == "HTTP/1.1 431");
  CHECK(status("POST /a HTTP/1.1\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x')) == "HTTP/1.1 200");
  CHECK(status("POST /a HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x')) == "HTTP/1.1 413");
  CHECK(status("SSH-2.0-OpenSSH_9.2\r\n\r\n") == "HTTP/1.1 400");
  CHECK(status("GET http://elsewhere/a HTTP/1.1\r\n\r\n") == "HTTP/1.1 400");
  server.routes = [](const Request&) -> Response { throw std::runtime_error("broken"); };
  CHECK(status("GET /a HTTP/1.1\r\n\r\n") == "HTTP/1.1 500");
}

TEST_CASE("a request that never ends is given up, an idle connection is closed by stopping") {
  TestLedger ledger;
  ServerConfig config;
  config.http_idle_max = std::chrono::milliseconds(200);
  TestServer server(ledger, config);
  RawPeer slow(server.port());
  slow.say_raw(bytes_of(std::string_view("GET / HTTP/1.1\r\nHost:")));
  CHECK(slow.ended());
  CHECK(eventually([&] { return server.server->counts().connections == 0; }));
}

TEST_CASE("http_get fetches, and says where it cannot") {
  TestLedger ledger;
  TestServer server(ledger);
  const auto got = http_get(server.url("http") + "/checkpoint?x=1");
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(got->body == "GET /checkpoint?x=1 ");
  CHECK(got->content_type == "text/plain");
  server.stop();
  const auto gone = http_get(server.url("http"));
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == Errc::io);
  CHECK_THAT(gone.error().sentence, Catch::StartsWith("cannot reach 127.0.0.1:"));
  CHECK(http_get("ftp://127.0.0.1").error().code == Errc::usage);
}

// ── TLS ──

TEST_CASE("over TLS the session is bound to its connection, and names are verified") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const Certificates certificates;
  ServerConfig config;
  config.tls = ServerTls{certificates.server, certificates.server_key, {}};
  TestServer server(ledger, config);
  auto wanted = server.client_config();
  wanted.url = "wss://localhost:" + std::to_string(server.port());
  wanted.tls.ca = certificates.ca;
  for (const bool json : {false, true}) {
    wanted.json = json;
    const auto client = server.connect(author, wanted);
    CHECK(proves(client->append(ledger.sign(author, {case_opened(new_stream())})).get(), ledger.log_vkey()));
  }
  GetConfig get;
  get.tls.ca = certificates.ca;
  const auto got = http_get("https://localhost:" + std::to_string(server.port()) + "/a", get);
  REQUIRE(got);
  CHECK(got->body == "GET /a? ");
  CHECK_FALSE(http_get("https://localhost:" + std::to_string(server.port()) + "/a"));  // signed by nobody the system knows
  wanted.url = "wss://127.0.0.1:" + std::to_string(server.port());                   // not a name in the certificate
  CHECK_FALSE(Client::connect(wanted, author));
  CHECK_FALSE(Client::connect(server.client_config(), author));                      // in clear
}

TEST_CASE("mutual TLS lets in only who has a certificate of the client authority") {
  TestLedger ledger;
  const Signer author = ledger.enrol({"case_system"});
  const Certificates certificates;
  ServerConfig config;
  config.tls = ServerTls{certificates.server, certificates.server_key, certificates.ca};
  TestServer server(ledger, config);
  auto wanted = server.client_config();
  wanted.url = "wss://localhost:" + std::to_string(server.port());
  wanted.tls.ca = certificates.ca;
  CHECK_FALSE(Client::connect(wanted, author));
  wanted.tls.certificate = certificates.client;
  wanted.tls.key = certificates.client_key;
  const auto client = server.connect(author, wanted);
  CHECK(proves(client->append(ledger.sign(author, {case_opened(new_stream())})).get(), ledger.log_vkey()));
}

TEST_CASE("reads over HTTP need the certificate too where it is demanded") {
  TestLedger ledger;
  const Certificates certificates;
  ServerConfig config;
  config.tls = ServerTls{certificates.server, certificates.server_key, certificates.ca};
  TestServer server(ledger, config);
  const std::string url = "https://localhost:" + std::to_string(server.port()) + "/a";
  GetConfig get;
  get.tls.ca = certificates.ca;
  CHECK_FALSE(http_get(url, get));
  get.tls.certificate = certificates.client;
  CHECK(http_get(url, get).error().code == Errc::usage);  // without its key
  get.tls.key = certificates.client_key;
  CHECK(http_get(url, get));
  const Certificates others;  // the same names, by another authority
  get.tls.certificate = others.client, get.tls.key = others.client_key;
  CHECK_FALSE(http_get(url, get));
}

TEST_CASE("TLS 1.3 is spoken, and nothing older") {
  TestLedger ledger;
  const Certificates certificates;
  ServerConfig config;
  config.tls = ServerTls{certificates.server, certificates.server_key, {}};
  TestServer server(ledger, config);
  const auto handshake = [&](int version) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), version);
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> connection(BIO_new_ssl_connect(context.get()), BIO_free_all);
    BIO_set_conn_hostname(connection.get(), server.authority().c_str());
    return BIO_do_connect(connection.get()) == 1 && BIO_do_handshake(connection.get()) == 1;
  };
  CHECK(handshake(TLS1_3_VERSION));
  CHECK_FALSE(handshake(TLS1_2_VERSION));
}

// ── who reads, how often ──

TEST_CASE("a subscriber is told the events of its own organisation and what is shared with it") {
  TestLedger ledger;
  const Signer home = ledger.enrol({"case_system"}, "org-1"), guest = ledger.enrol({"case_system"}, "org-2"), auditor = ledger.enrol({"auditor"}, "office");
  const auto file = new_stream(), own = new_stream();
  const Position first = ledger.record(home, {case_opened(file)}).first_position;
  ledger.record(guest, {case_opened(own)});
  TestServer server(ledger);
  const auto told_to = [&](const Signer& key, std::optional<StreamId> stream) {
    const auto client = server.connect(key);
    std::mutex mutex;
    std::vector<std::uint64_t> positions;
    bool caught_up = false;
    client->subscribe({first, stream, {}, 100}, [&](const Client::Told& told) {
      const std::lock_guard lock(mutex);
      for (const auto& each : told.events) positions.push_back(each.position.value - first.value);
      caught_up = caught_up || told.caught_up;
    });
    CHECK(eventually([&] {
      const std::lock_guard lock(mutex);
      return caught_up;
    }));
    client->close();
    return positions;
  };
  using Told = std::vector<std::uint64_t>;
  CHECK(told_to(home, {}) == Told{0});
  CHECK(told_to(guest, {}) == Told{1});
  CHECK(told_to(auditor, {}) == Told{0, 1});
  CHECK(told_to(guest, file).empty());
  ledger.record(home, {event("AccessGranted", "case", file, 2, R"({"organisation":"org-2","reason_code":"joint"})")});
  CHECK(told_to(guest, {}) == Told{0, 1, 2});
  CHECK(told_to(guest, file) == Told{0, 2});
}

TEST_CASE("an address that opens sessions too often is answered 429 and when to come again") {
  TestLedger ledger;
  ServerConfig config;
  config.openings_of_address = {.per_second = 1, .burst = 2};
  TestServer server(ledger, config);
  for (int i = 0; i < 2; ++i) CHECK(RawPeer(server.port()).upgrade("caseledger.v1") == 101);
  CHECK(RawPeer(server.port()).upgrade("caseledger.v1") == 429);
  config.tls_proxy = true;  // everyone comes from the proxy's address
  TestServer proxied(ledger, config);
  for (int i = 0; i < 4; ++i) CHECK(RawPeer(proxied.port()).upgrade("caseledger.v1") == 101);
}

TEST_CASE("routes are told where a request came from, and as whom the server may be dialled") {
  TestLedger ledger;
  ServerConfig config;
  config.authorities = {"ledger.example.org", "ledger.example.org:8443"};
  TestServer server(ledger, config);
  server.routes = [](const Request& request) {
    std::string said = request.remote;
    for (const auto& each : request.authorities) said += ' ' + each;
    return Response{200, "text/plain", {}, said};
  };
  CHECK(http_get(server.url("http"))->body == "127.0.0.1 ledger.example.org ledger.example.org:8443");
}
