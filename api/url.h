// Where a server is: http, https, ws or wss, host, port and path.
#pragma once

#include <string>

#include "ledger/core/result.h"

namespace caseledger::api {

struct Url {
  bool tls = false;
  std::string host;       // without brackets
  std::string port;       // as dialled; 80 or 443 where the address names none
  std::string authority;  // host[:port] as it was written: what the Host header and a session's signature say
  std::string path;       // with the query; empty where there is none
};

// Errors: usage.
Result<Url> parse_url(std::string_view text);

}  // namespace caseledger::api
