// HTTP as plain values: what a route is given and what it gives back. No sockets here.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace caseledger::api {

struct Request {
  std::string method;                          // "GET"
  std::string path;                            // without the query, not decoded
  std::string query;                           // behind the '?', not decoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  bool from_loopback = false;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

}  // namespace caseledger::api
