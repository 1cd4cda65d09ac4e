#include "api/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "api/wire.h"
#include "ledger/core/bytes.h"

namespace caseledger::api {

namespace {

using Path = std::filesystem::path;

Result<void> used(const Path& file, const error_code& error) {
  if (!error) return {};
  return fail(Errc::usage, "cannot use " + file.string() + " for TLS: " + error.message());
}

Result<TlsContext> context(asio::ssl::context::method method) {
  auto made = std::make_shared<asio::ssl::context>(method);
  if (SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_3_VERSION) != 1) return fail(Errc::usage, "this OpenSSL cannot speak TLS 1.3");
  SSL_CTX_set_max_early_data(made->native_handle(), 0);
  return made;
}

Result<void> use_pair(asio::ssl::context& context, const Path& certificate, const Path& key) {
  error_code error;
  context.use_certificate_chain_file(certificate.string(), error);
  TRY(used(certificate, error));
  context.use_private_key_file(key.string(), asio::ssl::context::pem, error);
  return used(key, error);
}

Result<void> trust(asio::ssl::context& context, const Path& ca) {
  error_code error;
  context.load_verify_file(ca.string(), error);
  return used(ca, error);
}

}  // namespace

Result<TlsContext> make_tls(const ServerTls& files) {
  TRY_AS(made, context(asio::ssl::context::tls_server));
  TRY(use_pair(*made, files.certificate, files.key));
  if (files.client_ca) {
    TRY(trust(*made, *files.client_ca));
    made->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  }
  return made;
}

Result<TlsContext> make_tls(const ClientTls& files) {
  TRY_AS(made, context(asio::ssl::context::tls_client));
  if (files.ca) {
    TRY(trust(*made, *files.ca));
  } else {
    error_code error;
    made->set_default_verify_paths(error);
    TRY(used("the system's certificates", error));
  }
  if (files.certificate.has_value() != files.key.has_value()) return fail(Errc::usage, "a client certificate and its key go together");
  if (files.certificate) TRY(use_pair(*made, *files.certificate, *files.key));
  made->set_verify_mode(asio::ssl::verify_peer);
  return made;
}

std::optional<HandshakeFault> handshake_fault(const error_code& error, const ssl_st* connection) {
  if (error == beast::error::timeout) return HandshakeFault::timed_out;
  if (error.category() != asio::error::get_ssl_category()) return std::nullopt;
  if (SSL_get_verify_result(connection) != X509_V_OK) return HandshakeFault::bad_certificate;  // whatever OpenSSL met first
  const auto code = static_cast<unsigned long>(error.value());
  if (ERR_GET_LIB(code) != ERR_LIB_SSL) return HandshakeFault::other;
  const int reason = ERR_GET_REASON(code);
  if (reason >= SSL_AD_REASON_OFFSET) return HandshakeFault::by_client;  // an alert of its own
  switch (reason) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return HandshakeFault::no_certificate;
    case SSL_R_BAD_SIGNATURE: return HandshakeFault::bad_certificate;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW: return HandshakeFault::old_version;
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG: return HandshakeFault::not_tls;
    default: return HandshakeFault::other;
  }
}

std::string Wire::exporter() {
  if (!tls()) return {};
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  std::array<std::uint8_t, 32> value;
  ENSURE(SSL_export_keying_material(tls()->native_handle(), value.data(), value.size(), label.data(), label.size(), nullptr, 0, 1) == 1);
  return base64(value);
}

}  // namespace caseledger::api
