// The server's HTTP, and whom it takes in how often.
#include "api/http_client.h"
#include "tests/support/raw_peer.h"
#include "tests/support/test_server.h"

using namespace samples;

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
  const std::string chunked = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(status(chunked + "1;" + std::string(900, 'x') + "\r\na\r\n0\r\n\r\n") == "HTTP/1.1 200");
  for (const std::string begun : {"1;", "0\r\nX: "}) CHECK(status(chunked + begun + std::string(3000, 'x')) == "HTTP/1.1 431");  // and never ends
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
  CHECK(gone.error().code == Errc::unavailable);
  CHECK(gone.error().sentence == "cannot reach " + server.authority() + ": Connection refused");
  const auto nowhere = http_get("http://ledger.invalid");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().code == Errc::unavailable);
  CHECK_THAT(nowhere.error().sentence, Catch::StartsWith("cannot reach ledger.invalid:80: Host not found"));
  CHECK(http_get("ftp://127.0.0.1").error().code == Errc::usage);
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
