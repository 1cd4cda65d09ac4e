// TLS 1.3 and nothing older, by OpenSSL.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "ledger/core/result.h"

namespace boost::asio::ssl {
class context;
}

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

}  // namespace caseledger::api
