// The server over TLS.
#include <map>
#include <mutex>
#include <openssl/ssl.h>

#include "api/http_client.h"
#include "tests/support/certificates.h"
#include "tests/support/raw_peer.h"
#include "tests/support/test_server.h"

using namespace samples;

namespace {

bool shakes_hands(const TestServer& server, int version_at_most) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), version_at_most);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> connection(BIO_new_ssl_connect(context.get()), BIO_free_all);
  BIO_set_conn_hostname(connection.get(), server.authority().c_str());
  return BIO_do_connect(connection.get()) == 1 && BIO_do_handshake(connection.get()) == 1;
}

}  // namespace

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
  CHECK(http_get(server.url("http")).error().sentence == server.authority() + " hung up without an answer; it may want https://");
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
  CHECK(http_get(url, get).error().sentence.ends_with(" demands a client certificate"));
  get.tls.certificate = certificates.client;
  CHECK(http_get(url, get).error().code == Errc::usage);  // without its key
  get.tls.key = certificates.client_key;
  CHECK(http_get(url, get));
  const Certificates others;  // the same names, by another authority
  get.tls.certificate = others.client, get.tls.key = others.client_key;
  CHECK(http_get(url, get).error().code == Errc::not_permitted);
  get.tls = {.ca = others.ca, .certificate = certificates.client, .key = certificates.client_key};
  CHECK(http_get(url, get).error().code == Errc::not_permitted);
}

TEST_CASE("TLS 1.3 is spoken, and nothing older") {
  TestLedger ledger;
  const Certificates certificates;
  ServerConfig config;
  config.tls = ServerTls{certificates.server, certificates.server_key, {}};
  TestServer server(ledger, config);
  CHECK(shakes_hands(server, TLS1_3_VERSION));
  CHECK_FALSE(shakes_hands(server, TLS1_2_VERSION));
}

TEST_CASE("a handshake that was refused is told by its reason, one that succeeded or was left is not") {
  TestLedger ledger;
  const Certificates certificates, others;
  std::mutex mutex;
  std::map<HandshakeFault, int> refused;
  ServerConfig config;
  config.tls = ServerTls{certificates.server, certificates.server_key, certificates.ca};
  config.handshake_within = std::chrono::milliseconds(500);
  config.handshake_refused = [&](HandshakeFault fault) {
    const std::lock_guard lock(mutex);
    ++refused[fault];
  };
  TestServer server(ledger, config);
  const auto count = [&](HandshakeFault fault) {
    const std::lock_guard lock(mutex);
    return refused[fault];
  };
  const std::string url = "https://localhost:" + std::to_string(server.port()) + "/a";
  GetConfig get;
  get.tls = {.ca = certificates.ca, .certificate = certificates.client, .key = certificates.client_key};
  CHECK(http_get(url, get));
  { const RawPeer gone(server.port()); }
  get.tls.certificate.reset(), get.tls.key.reset();
  CHECK_FALSE(http_get(url, get));
  get.tls.certificate = others.client, get.tls.key = others.client_key;
  CHECK_FALSE(http_get(url, get));
  get.tls = {.ca = others.ca, .certificate = certificates.client, .key = certificates.client_key};
  CHECK_FALSE(http_get(url, get));
  CHECK_FALSE(shakes_hands(server, TLS1_2_VERSION));
  for (const std::string_view rubbish : {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\x16\x03rubbish that begins like a handshake", "no such protocol"}) {
    RawPeer peer(server.port());
    peer.say_raw(bytes_of(rubbish));
    CHECK(peer.ended());
  }
  RawPeer silent(server.port());
  CHECK(silent.ended());
  CHECK(eventually([&] { return server.server->counts().connections == 0; }));
  CHECK(count(HandshakeFault::no_certificate) == 1);
  CHECK(count(HandshakeFault::bad_certificate) == 1);
  CHECK(count(HandshakeFault::by_client) == 1);
  CHECK(count(HandshakeFault::old_version) == 1);
  CHECK(count(HandshakeFault::not_tls) == 3);
  CHECK(count(HandshakeFault::timed_out) == 1);
  CHECK(count(HandshakeFault::other) == 0);
}
