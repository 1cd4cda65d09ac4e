// TLS 1.3 and nothing older, by OpenSSL.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "api/auth_fault.h"
#include "ledger/core/result.h"

namespace boost::asio::ssl {
class context;
}
namespace boost::system {
class error_code;
}
struct ssl_st;

namespace caseledger::api {

// PEM files of a server: its chain, its key, and whom client certificates have to be signed by, if they are asked for.
struct ServerTls {
  std::filesystem::path certificate, key;
  std::optional<std::filesystem::path> client_ca;
};

// PEM files of a client: whom to trust (without: what the system trusts), and its own certificate for mutual TLS.
struct ClientTls {
  std::optional<std::filesystem::path> ca;
  std::optional<std::filesystem::path> certificate, key;
};

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Errors: usage (with the file that cannot be used).
Result<TlsContext> make_tls(const ServerTls& files);
Result<TlsContext> make_tls(const ClientTls& files);

// Why a server's handshake came to nothing. None where it succeeded, and where the other side went away: nobody refused it.
std::optional<HandshakeFault> handshake_fault(const boost::system::error_code& error, const ssl_st* connection);

}  // namespace caseledger::api
