// A served ledger, as commands reach it.
#pragma once

#include <boost/json/value.hpp>

#include "api/cli/asked.h"
#include "api/cli/terminal.h"
#include "api/client.h"

namespace caseledger::api {

std::string percent_encoded(std::string_view text);

// A server's HTTP side.
class HttpServer {
 public:
  // With a key, every request carries a token of its. Errors: usage, those of read_key, those of asking the server which ledger it is.
  static Result<HttpServer> at(const std::string& url, const path& key = {});

  // What stands behind "Bearer ". There has to be a key.
  std::string token() const;

  Result<std::string> get(const std::string& target) const;
  Result<boost::json::value> get_json(const std::string& target) const;

 private:
  explicit HttpServer(std::string base) : base_(std::move(base)) {}
  std::string base_;  // without a slash at the end
  std::string origin_, authority_;
  std::shared_ptr<const Signer> key_;
};

// The log's key: as the user knows it, or the server's own word, which is said on standard error.
Result<Vkey> log_key_of(const Remote& remote);

// The log's keys from one that is trusted on, each proved; that one alone where the server knows of no others.
Result<std::vector<rules::Authority::LogKey>> log_keys_of(const HttpServer& server, const Vkey& trusted);

// A session for a key. Errors: those of read_key and Client::connect.
struct Connection {
  std::unique_ptr<Signer> key;
  Vkey log;
  std::unique_ptr<Client> client;
};
Result<Connection> connect(const Remote& remote, bool in_order = true);

// An event, without its envelope's version, time, precision, handling and operator, at whatever version of its stream comes next: another
// author may be faster. operator_code: empty for the key's name.
struct Next {
  Version version;
  Receipt receipt;
};
Result<Next> append_next(Connection& connection, boost::json::object line, const std::string& operator_code);

// What a server refused, as one error.
Error error_of(const frames::Rejected& rejected);

}  // namespace caseledger::api
