// Connecting to a server: name, address, TCP, TLS.
#pragma once

#include "api/url.h"
#include "api/wire.h"

namespace caseledger::api {

// Errors: unavailable, which may pass; not_permitted (one side does not take the other's certificate).
std::unexpected<Error> cannot_reach(const Url& url, const error_code& error);

// tls: of a wss or https address. The connection has to stand within the time given.
Task<Result<std::unique_ptr<Wire>>> dial(asio::io_context& context, Url url, asio::ssl::context* tls, std::chrono::milliseconds within);

}  // namespace caseledger::api
