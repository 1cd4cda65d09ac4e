#include "api/dial.h"

#include <boost/asio/ssl/host_name_verification.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace caseledger::api {

namespace {

std::unexpected<Error> not_trusted(const Url& url) { return fail(Errc::not_permitted, "the certificate of " + url.authority + " is not by anyone who is trusted here, or of another name"); }

// Of an address that names none, the port that was dialled.
std::string with_port(const Url& url) { return (url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']') + ':' + url.port; }

}  // namespace

std::unexpected<Error> cannot_reach(const Url& url, const error_code& error) {
  if (error.category() == asio::error::get_ssl_category()) switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
      case SSL_R_CERTIFICATE_VERIFY_FAILED: return not_trusted(url);
      case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return fail(Errc::not_permitted, url.authority + " demands a client certificate");
      case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:  // by another authority of the same name
      case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
      case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
      case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN: return fail(Errc::not_permitted, url.authority + " does not take the client certificate: " + error.message());
      default: break;
    }
  return fail(Errc::unavailable, "cannot reach " + with_port(url) + ": " + error.message());
}

using Resolver = asio::ip::basic_resolver<Tcp, Executor>;

Task<Result<std::unique_ptr<Wire>>> dial(asio::io_context& context, Url url, asio::ssl::context* tls, std::chrono::milliseconds within) {
  using Dialled = Result<std::unique_ptr<Wire>>;
  Resolver resolver(context);
  const auto [resolve_error, endpoints] = co_await resolver.async_resolve(url.host, url.port, use_task);
  if (resolve_error) co_return Dialled(cannot_reach(url, resolve_error));
  Socket socket(context);
  auto wire = tls ? std::make_unique<Wire>(std::move(socket), *tls) : std::make_unique<Wire>(std::move(socket));
  wire->tcp().expires_after(within);
  const auto [connect_error, endpoint] = co_await wire->tcp().async_connect(endpoints, use_task);
  if (connect_error) co_return Dialled(cannot_reach(url, connect_error));
  error_code ignored;
  wire->tcp().socket().set_option(Tcp::no_delay(true), ignored);
  if (tls) {
    const asio::ssl::host_name_verification verify_name(url.host);
    wire->tls()->set_verify_callback(verify_name, ignored);
    SSL_set_tlsext_host_name(wire->tls()->native_handle(), url.host.c_str());
    const error_code tls_error = co_await wire->shake_hands(asio::ssl::stream_base::client);
    // What OpenSSL met first need not be what it came to.
    if (tls_error && SSL_get_verify_result(wire->tls()->native_handle()) != X509_V_OK) co_return Dialled(not_trusted(url));
    if (tls_error) co_return Dialled(cannot_reach(url, tls_error));
  }
  co_return Dialled(std::move(wire));
}

}  // namespace caseledger::api
