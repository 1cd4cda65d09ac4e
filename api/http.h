// A request and its response as routes see them: plain values, without sockets.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace caseledger::api {

struct Request {
  std::string method;  // "GET"; HEAD is asked of routes as GET and loses its body on the way out
  std::string path;    // as sent, without the query: still percent-encoded, begins with '/'
  std::string query;   // behind the '?', without it
  std::map<std::string, std::string> headers;  // names in lower case; several of a name joined by ", "
  std::string body;
  bool remote_loopback = false;  // the peer's address, not what a proxy says
  std::string remote = {};       // that address; of IPv6 the first 64 bits, which is what one subscriber has
  std::span<const std::string> authorities = {};  // host[:port] under which whoever took the request may be dialled
};

struct Response {
  unsigned status = 200;
  std::string content_type;  // none where the body is empty
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Called on the io threads: has to be safe from several at once, and quick.
using Routes = std::function<Response(const Request&)>;

}  // namespace caseledger::api
